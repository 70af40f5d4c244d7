using System.Text;
using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>
/// Reads a command, its user and its group. Quotes, single or double, around the first word make it a whole command line; without
/// them it is the program alone, and the next words are user and group.
/// </summary>
internal static class ScriptReader
{
    internal static ScriptCommand? Read(Statement statement, DiagnosticLog log)
    {
        string text = statement.Line.Text[statement.ArgumentsStart..statement.ArgumentsEnd].Trim();
        SourceSpan span = statement.Words.Length > 1 ? statement.SpanFrom(1) : statement.EndSpan;
        if (Split(text, stopAfterFirst: true, out int rest) is not { } first)
        {
            log.Error(DiagnosticCodes.BadScript, span, $"a quote in the command of {statement.Keyword} is not closed");
            return null;
        }

        if (first.Count == 0)
        {
            log.Error(DiagnosticCodes.MissingValue, span, $"{statement.Keyword} needs a command");
            return null;
        }

        bool quoted = text[0] is '"' or '\'';
        List<string>? command = quoted ? Split(first[0], stopAfterFirst: false, out _) : first;
        if (command is null or [] || command[0].Length == 0)
        {
            log.Error(DiagnosticCodes.BadScript, span, $"the command of {statement.Keyword} is empty or has a quote that is not closed");
            return null;
        }

        string[] owner = text[rest..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (owner.Length > 2)
        {
            log.Warning(
                DiagnosticCodes.ExtraWords,
                span,
                $"words behind the user and group of {statement.Keyword} are ignored; arguments belong within the quotes of the command");
        }

        return new ScriptCommand([.. command], span, owner.ElementAtOrDefault(0), owner.ElementAtOrDefault(1)?.TrimStart(':'));
    }

    /// <summary>A command that may be given once; <paramref name="before"/> stays when it is given again.</summary>
    internal static ScriptCommand? Once(ScriptCommand? before, Statement statement, DiagnosticLog log)
    {
        ScriptCommand? script = Read(statement, log);
        if (before is null || script is null)
        {
            return before ?? script;
        }

        log.Error(DiagnosticCodes.Repeated, statement.Span, $"{statement.Keyword} is already given at {before.Span}: only one command can be run");
        return before;
    }

    /// <summary>The command of a <c>vrrp_script</c>: every word belongs to it, and user and group have a line of their own.</summary>
    internal static ScriptCommand? ReadTracked(Statement statement, DiagnosticLog log)
    {
        string text = statement.Line.Text[statement.ArgumentsStart..statement.ArgumentsEnd].Trim();
        SourceSpan span = statement.Words.Length > 1 ? statement.SpanFrom(1) : statement.EndSpan;
        List<string>? words = Split(text, stopAfterFirst: false, out _);
        if (words is [{ Length: > 0 } whole] && text[0] is '"' or '\'')
        {
            words = Split(whole, stopAfterFirst: false, out _);
        }

        if (words is [{ Length: > 0 }, ..])
        {
            return new ScriptCommand([.. words], span);
        }

        (string code, string problem) = text.Length == 0
            ? (DiagnosticCodes.MissingValue, "script needs a command")
            : (DiagnosticCodes.BadScript, "the command of script is empty or has a quote that is not closed");
        log.Error(code, span, problem);
        return null;
    }

    /// <summary>Words, with quoted parts kept together. Null: a quote is open at the end.</summary>
    private static List<string>? Split(string text, bool stopAfterFirst, out int rest)
    {
        List<string> words = [];
        rest = 0;
        while (rest < text.Length && !(stopAfterFirst && words.Count == 1))
        {
            if (char.IsWhiteSpace(text[rest]))
            {
                rest++;
                continue;
            }

            var word = new StringBuilder();
            while (rest < text.Length && !char.IsWhiteSpace(text[rest]))
            {
                if (text[rest] is not ('"' or '\''))
                {
                    word.Append(text[rest++]);
                    continue;
                }

                int close = text.IndexOf(text[rest], rest + 1);
                if (close < 0)
                {
                    return null;
                }

                word.Append(text, rest + 1, close - rest - 1);
                rest = close + 1;
            }

            words.Add(word.ToString());
        }

        return words;
    }
}
