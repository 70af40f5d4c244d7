using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Checkers.Interop;

/// <summary>pcre2api(3), 8-bit library.</summary>
internal static unsafe partial class Pcre2
{
    internal const int PCRE2_ERROR_NOMATCH = -1;
    internal const uint PCRE2_JIT_COMPLETE = 1;
    internal const uint PCRE2_USE_OFFSET_LIMIT = 0x00800000;
    internal const int MessageBytes = 256;

    private const string Library = "libpcre2-8.so.0";

    [LibraryImport(Library)]
    internal static partial nint pcre2_compile_8(byte* pattern, nuint length, uint options, int* error, nuint* errorOffset, nint context);

    [LibraryImport(Library)]
    internal static partial void pcre2_code_free_8(nint code);

    [LibraryImport(Library)]
    internal static partial int pcre2_jit_compile_8(nint code, uint options);

    [LibraryImport(Library)]
    internal static partial nint pcre2_jit_stack_create_8(nuint start, nuint maximum, nint context);

    [LibraryImport(Library)]
    internal static partial void pcre2_jit_stack_assign_8(nint matchContext, nint callback, nint stack);

    [LibraryImport(Library)]
    internal static partial void pcre2_jit_stack_free_8(nint stack);

    [LibraryImport(Library)]
    internal static partial nint pcre2_match_data_create_from_pattern_8(nint code, nint context);

    [LibraryImport(Library)]
    internal static partial void pcre2_match_data_free_8(nint data);

    [LibraryImport(Library)]
    internal static partial nint pcre2_match_context_create_8(nint context);

    [LibraryImport(Library)]
    internal static partial void pcre2_match_context_free_8(nint context);

    [LibraryImport(Library)]
    internal static partial int pcre2_set_match_limit_8(nint matchContext, uint limit);

    [LibraryImport(Library)]
    internal static partial int pcre2_set_heap_limit_8(nint matchContext, uint kibibytes);

    [LibraryImport(Library)]
    internal static partial int pcre2_set_offset_limit_8(nint matchContext, nuint limit);

    [LibraryImport(Library)]
    internal static partial int pcre2_match_8(nint code, byte* subject, nuint length, nuint start, uint options, nint data, nint matchContext);

    [LibraryImport(Library)]
    internal static partial int pcre2_get_error_message_8(int error, byte* buffer, nuint length);
}
