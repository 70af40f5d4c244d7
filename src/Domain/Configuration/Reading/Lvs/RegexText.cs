using System.Globalization;
using System.Text;
using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>
/// Reads the word behind <c>regex</c>: quotes as in a shell, and the escapes of keepalived.conf(5), which come before those of PCRE2: what PCRE2 shall
/// see as <c>\d</c> is written <c>\\d</c>.
/// </summary>
internal static class RegexText
{
    internal static string? Read(Statement statement, DiagnosticLog log)
    {
        string text = statement.Line.Text[statement.ArgumentsStart..statement.ArgumentsEnd].Trim();
        SourceSpan span = statement.Words.Length > 1 ? statement.SpanFrom(1) : statement.EndSpan;
        if (text.Length == 0)
        {
            log.Error(DiagnosticCodes.MissingValue, span, "regex needs a pattern");
            return null;
        }

        var pattern = new StringBuilder();
        char? quote = null;
        int at = 0;
        while (at < text.Length && (quote is not null || !char.IsWhiteSpace(text[at])))
        {
            char c = text[at];
            if (c == '\\' && at + 1 < text.Length)
            {
                pattern.Append(Escape(text, ref at));
            }
            else if (c == quote || (quote is null && c is '"' or '\''))
            {
                quote = quote is null ? c : null;
                at++;
            }
            else
            {
                pattern.Append(c);
                at++;
            }
        }

        if (quote is not null)
        {
            log.Error(DiagnosticCodes.UnterminatedQuote, span, "a quote in the pattern of regex is not closed");
            return null;
        }

        if (at < text.Length)
        {
            log.Warning(DiagnosticCodes.ExtraWords, span, "what follows the pattern of regex is ignored; a pattern with blanks stands in quotes");
        }

        return pattern.ToString();
    }

    /// <summary>The character of an escape that begins at <paramref name="at"/>, which is moved behind it.</summary>
    private static char Escape(string text, ref int at)
    {
        char c = text[at + 1];
        at += 2;
        switch (c)
        {
            case 'a':
                return '\a';
            case 'b':
                return '\b';
            case 'E':
                return '\e';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'c' when at < text.Length:
                return (char)(text[at++] & 0x1F);
            case 'x':
                return Number(text, ref at, 2, 16);
            case >= '0' and <= '7':
                at--;
                return Number(text, ref at, 3, 8);
            default:
                return c;
        }
    }

    private static char Number(string text, ref int at, int digits, int radix)
    {
        int value = 0;
        for (int read = 0; read < digits && at < text.Length; read++)
        {
            int digit = char.IsAsciiHexDigit(text[at]) ? int.Parse(text.AsSpan(at, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : radix;
            if (digit >= radix)
            {
                break;
            }

            value = (value * radix) + digit;
            at++;
        }

        return (char)(value & 0xFF);
    }
}
