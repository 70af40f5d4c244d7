namespace Keepalived.Es.Domain.Configuration.Language;

internal sealed partial class Preprocessor
{
    /// <summary><c>@id rest</c> and <c>@^id rest</c>: the rest when the condition holds. Chained conditions are read in turn.</summary>
    private SourceLine? AfterCondition(SourceLine line, LineCursor? following)
    {
        string text = line.Text;
        int end = 1;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        bool negated = end > 1 && text[1] == '^';
        ReadOnlySpan<char> id = text.AsSpan((negated ? 2 : 1)..end);
        bool equal = _options.ConfigId.Length > 0 && id.SequenceEqual(_options.ConfigId);
        SourceLine rest = line.Slice(end).Trim();
        if (equal != negated)
        {
            return rest;
        }

        SkipDefinitionLines(rest, following);
        return null;
    }

    /// <summary>The further lines of a multi-line definition go with the line that starts it.</summary>
    private static void SkipDefinitionLines(SourceLine line, LineCursor? following)
    {
        ReadOnlySpan<char> text = line.Text;
        while (text is ['@', ..] && text.IndexOf(' ') is var blank and > 0)
        {
            text = text[blank..].TrimStart();
        }

        if (IsDefinition(text, out _) && text[^1] == '\\')
        {
            while (following?.Next() is { } next && WithoutComment(next, copiedText: true).Trim().Text.EndsWith('\\'))
            {
            }
        }
    }
}
