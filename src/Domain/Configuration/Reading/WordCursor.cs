using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Walks the words of an entry: an option, its values, the next option.</summary>
internal sealed class WordCursor(Statement statement, DiagnosticLog log)
{
    private int _next;

    internal bool AtEnd => _next >= statement.Words.Length;

    internal Word Take() => statement.Words[_next++];

    internal string Peek => AtEnd ? "" : statement.Words[_next].Text;

    internal SourceSpan SpanOf(Word word) => statement.SpanOf(word);

    /// <summary>The value of an option; a missing one is reported.</summary>
    internal Word? Value(Word option)
    {
        if (!AtEnd)
        {
            return Take();
        }

        log.Error(DiagnosticCodes.MissingValue, statement.SpanOf(option), $"{option.Text} needs a value");
        return null;
    }

    /// <summary>An option that no reader acts on: known ones are skipped with their values and named, others are an error.</summary>
    internal void Skip(Word option, string entry)
    {
        SourceSpan span = statement.SpanOf(option);
        if (TrySkipValues(option, entry))
        {
            log.Warning(DiagnosticCodes.NotYetInForce, span, $"'{option.Text}' of the {entry} is not yet in force: the entry is used without it");
        }
        else
        {
            ReportUnknown(option, entry);
        }
    }

    /// <summary>What follows an unknown word cannot be told apart from its values: the rest of the entry is left alone.</summary>
    internal void ReportUnknown(Word option, string entry)
    {
        _next = statement.Words.Length;
        IReadOnlyList<string> near = ConfigKeywords.Nearest(entry, option.Text);
        string hint = near.Count == 0 ? "" : $", did you mean {string.Join(" or ", near.Select(word => $"'{word}'"))}?";
        log.Error(DiagnosticCodes.UnknownKeyword, statement.SpanOf(option), $"unknown word '{option.Text}' in this {entry}{hint}");
    }

    /// <returns>False: no such option.</returns>
    internal bool TrySkipValues(Word option, string entry)
    {
        if (ConfigKeywords.Find(entry, option.Text) is not { } keyword)
        {
            return false;
        }

        if ((keyword.Kind == KeywordKind.Lockable && Peek == "lock") || (option.Text is "via" or "as" && Peek is "inet" or "inet6" or "to"))
        {
            Take();
        }

        if (keyword.Kind is KeywordKind.Value or KeywordKind.Lockable)
        {
            Value(option);
        }

        while (keyword.Kind == KeywordKind.Rest && !AtEnd)
        {
            Take();
        }

        return true;
    }
}
