using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;
using static Keepalived.Es.NodeRuntime.Checkers.Interop.Pcre2;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>A <c>regex</c> of a url, in PCRE2's syntax by Debian's libpcre2-8. One match at a time.</summary>
internal sealed unsafe class BodyPattern : IDisposable
{
    /// <summary>Bytes of the body from <c>regex_min_offset</c> on that are looked at.</summary>
    internal const int SubjectLimit = 1024 * 1024;

    /// <summary>Steps of the matcher: a pattern that backtracks without end fails after about a tenth of a second.</summary>
    private const uint MatchLimit = 1_000_000;

    private const uint HeapLimitKib = 16 * 1024;

    private static readonly string[] OptionNames =                // PCRE2_ALLOW_EMPTY_CLASS is bit 0, and so on
    [
        "allow_empty_class", "alt_bsux", "auto_callout", "caseless", "dollar_endonly", "dotall", "dupnames", "extended", "firstline",
        "match_unset_backref", "multiline", "never_ucp", "never_utf", "no_auto_capture", "no_auto_possess", "no_dotstar_anchor",
        "no_start_optimize", "ucp", "ungreedy", "utf", "never_backslash_c", "alt_circumflex", "alt_verbnames", "use_offset_limit",
    ];

    private nint _code;
    private nint _data;
    private nint _context;
    private nint _stack;

    /// <exception cref="ProbeSetupException">The pattern or an option is none, or the library is not there.</exception>
    internal BodyPattern(HttpRegexSettings settings)
    {
        Settings = settings;
        try
        {
            Compile();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new ProbeSetupException("regex needs libpcre2-8.so.0, which is not there: install libpcre2-8-0", e);
        }
    }

    internal HttpRegexSettings Settings { get; }

    /// <summary>Looks for the pattern.</summary>
    /// <param name="subject">The body, as far as it is behind <c>regex_min_offset</c>.</param>
    /// <param name="offset">Bytes of the answer before it.</param>
    /// <param name="error">Why it could not be looked for to the end; null: it could.</param>
    internal bool Finds(ReadOnlySpan<byte> subject, long offset, out string? error)
    {
        error = null;
        if (Settings.MaximumOffset is { } maximum)
        {
            if (maximum < offset)
            {
                return false;
            }

            _ = pcre2_set_offset_limit_8(_context, (nuint)(maximum - offset));
        }

        int result;
        fixed (byte* bytes = subject.IsEmpty ? [0] : subject)
        {
            result = pcre2_match_8(_code, bytes, (nuint)subject.Length, 0, 0, _data, _context);
        }

        error = result >= PCRE2_ERROR_NOMATCH ? null : Message(result);
        return result >= 0;
    }

    public void Dispose()
    {
        if (_code != 0)
        {
            pcre2_match_data_free_8(_data);
            pcre2_match_context_free_8(_context);
            if (_stack != 0)
            {
                pcre2_jit_stack_free_8(_stack);
            }

            pcre2_code_free_8(_code);
            _code = 0;
        }
    }

    private static string Message(int error)
    {
        Span<byte> buffer = stackalloc byte[MessageBytes];
        fixed (byte* bytes = buffer)
        {
            int length = pcre2_get_error_message_8(error, bytes, MessageBytes);
            return length >= 0 ? Encoding.UTF8.GetString(buffer[..length]) : $"error {error}";
        }
    }

    private void Compile()
    {
        byte[] pattern = Encoding.UTF8.GetBytes(Settings.Pattern);
        int error;
        nuint offset;
        fixed (byte* bytes = pattern.Length == 0 ? [0] : pattern)
        {
            _code = pcre2_compile_8(bytes, (nuint)pattern.Length, Options(), &error, &offset, 0);
        }

        if (_code == 0)
        {
            throw new ProbeSetupException($"regex '{Settings.Pattern}': {Message(error)}, at byte {offset}");
        }

        _ = pcre2_jit_compile_8(_code, PCRE2_JIT_COMPLETE);      // where it cannot, the interpreter matches
        _data = pcre2_match_data_create_from_pattern_8(_code, 0);
        _context = pcre2_match_context_create_8(0);
        _ = pcre2_set_match_limit_8(_context, MatchLimit);
        _ = pcre2_set_heap_limit_8(_context, HeapLimitKib);
        if (Settings.StackMaximum > 0)
        {
            _stack = pcre2_jit_stack_create_8((nuint)Math.Max(1, Settings.StackStart), (nuint)Settings.StackMaximum, 0);
            pcre2_jit_stack_assign_8(_context, 0, _stack);
        }
    }

    private uint Options()
    {
        uint options = Settings.MaximumOffset is null ? 0 : PCRE2_USE_OFFSET_LIMIT;
        foreach (string name in Settings.Options)
        {
            int bit = Array.IndexOf(OptionNames, name);
            options |= bit >= 0
                ? 1u << bit
                : throw new ProbeSetupException($"regex_options '{name}' is unknown, allowed: {string.Join(", ", OptionNames)}");
        }

        return options;
    }
}
