using System.Collections.Frozen;
using System.Globalization;
using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads a <c>url</c> block.</summary>
internal sealed class UrlReader(ValueReader values, KeywordGate gate)
{
    private const int StatusMinimum = 100;
    private const int StatusMaximum = 599;
    private const int DigestLength = 32;

    /// <summary>Names of PCRE2's options that keepalived.conf(5) allows.</summary>
    private static readonly FrozenSet<string> RegexOptions = FrozenSet.Create(
        "allow_empty_class", "alt_bsux", "auto_callout", "caseless", "dollar_endonly", "dotall", "dupnames", "extended", "firstline",
        "match_unset_backref", "multiline", "never_ucp", "never_utf", "no_auto_capture", "no_auto_possess", "no_dotstar_anchor", "no_start_optimize",
        "ucp", "ungreedy", "utf", "never_backslash_c", "alt_circumflex", "alt_verbnames", "use_offset_limit");

    private readonly ValueReader _values = values;

    internal UrlDraft Read(Statement head, string check)
    {
        var draft = new UrlDraft(head);
        _values.IgnoreFrom(head, 1);
        foreach (Statement statement in head.Block ?? [])
        {
            if (gate.Admits(statement, $"{RealServerReader.Block}/{check}/url"))
            {
                ReadLine(draft, statement);
            }
        }

        return draft;
    }

    private void ReadLine(UrlDraft draft, Statement statement)
    {
        if (statement.Keyword.StartsWith("regex_", StringComparison.Ordinal))
        {
            draft.RegexOptionAt ??= statement.Span;
        }

        switch (statement.Keyword)
        {
            case "path":
                draft.Path = ReadPath(statement) ?? draft.Path;
                break;
            case "digest":
                draft.Digest = ReadDigest(draft, statement) ?? draft.Digest;
                break;
            case "status_code":
                ReadStatusCodes(draft, statement);
                break;
            case "virtualhost":
                draft.VirtualHost = _values.One(statement)?.Text ?? draft.VirtualHost;
                break;
            case "tls_compliant":
                draft.TlsCompliant = _values.Boolean(statement) ?? draft.TlsCompliant;
                break;
            case "regex":
                draft.Regex = RegexText.Read(statement, _values.Log) ?? draft.Regex;
                break;
            case "regex_no_match":
                draft.RegexNoMatch = _values.Flag(statement);
                break;
            case "regex_options":
                ReadRegexOptions(draft, statement);
                break;
            case "regex_min_offset":
                draft.RegexMinimum = _values.Integer(statement, 0, int.MaxValue) ?? draft.RegexMinimum;
                break;
            case "regex_max_offset":
                draft.RegexMaximum = _values.Integer(statement, 0, int.MaxValue) ?? draft.RegexMaximum;
                break;
            default:
                ReadRegexStack(draft, statement);
                break;
        }
    }

    private string? ReadPath(Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return null;
        }

        if (word.Text.Length > 0 && !word.Text.Any(c => char.IsControl(c) || c == ' '))
        {
            return word.Text;
        }

        _values.Log.Error(DiagnosticCodes.BadName, statement.SpanOf(word), $"path '{word.Text}' is empty or has blanks, which a request line cannot carry");
        return null;
    }

    private string? ReadDigest(UrlDraft draft, Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return null;
        }

        if (draft.Digest is not null)
        {
            _values.Log.Error(DiagnosticCodes.Repeated, statement.Span, "digest is given twice: a url has one");
            return null;
        }

        if (word.Text.Length == DigestLength && word.Text.All(char.IsAsciiHexDigit))
        {
            return word.Text.ToLower(CultureInfo.InvariantCulture);
        }

        _values.Log.Error(
            DiagnosticCodes.BadEntry, statement.SpanOf(word), $"digest '{word.Text}' is not {DigestLength} hexadecimal digits, as keepalived-es --genhash prints them");
        return null;
    }

    private void ReadStatusCodes(UrlDraft draft, Statement statement)
    {
        if (statement.Words.Length < 2)
        {
            _values.One(statement);
        }

        foreach (Word word in statement.Words.Skip(1))
        {
            string[] ends = word.Text.Split('-');
            if (ends.Length <= 2 && Status(ends[0]) is { } first && Status(ends[^1]) is { } last && first <= last)
            {
                draft.StatusCodes.Add((first, last));
            }
            else
            {
                _values.Log.Error(
                    DiagnosticCodes.OutOfRange,
                    statement.SpanOf(word),
                    $"status_code '{word.Text}' is not a code or a range, allowed {StatusMinimum} to {StatusMaximum}, as in 200-204 301");
            }
        }
    }

    private static int? Status(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code is >= StatusMinimum and <= StatusMaximum ? code : null;

    private void ReadRegexOptions(UrlDraft draft, Statement statement)
    {
        foreach (Word word in statement.Words.Skip(1))
        {
            if (RegexOptions.Contains(word.Text))
            {
                draft.RegexOptions = draft.RegexOptions.Add(word.Text);
            }
            else
            {
                _values.Log.Error(
                    DiagnosticCodes.UnknownValue,
                    statement.SpanOf(word),
                    $"regex_options '{word.Text}' is unknown, allowed {string.Join(' ', RegexOptions.Order(StringComparer.Ordinal))}");
            }
        }
    }

    private void ReadRegexStack(UrlDraft draft, Statement statement)
    {
        if (statement.Words.Length < 3)
        {
            _values.Log.Error(DiagnosticCodes.MissingValue, statement.EndSpan, "regex_stack needs two numbers of bytes, START and MAXIMUM");
            return;
        }

        _values.IgnoreFrom(statement, 3);
        if (_values.Integer(statement, statement.Words[1], "start of regex_stack", 1, int.MaxValue) is { } start
            && _values.Integer(statement, statement.Words[2], "maximum of regex_stack", start, int.MaxValue) is { } maximum)
        {
            draft.RegexStack = (start, maximum);
        }
    }
}
