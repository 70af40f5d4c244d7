namespace Keepalived.Es.Domain.Configuration.Language;

/// <summary>When an include that finds nothing is an error: the word of <c>include_check</c> for each.</summary>
[Flags]
internal enum IncludeChecks
{
    None = 0,
    Readable = 1,
    Match = 2,
    WildcardMatch = 4,
    BraceMatch = 8,
    All = Readable | Match | WildcardMatch | BraceMatch,
}

/// <summary>The arguments of <c>include_check</c>.</summary>
internal static class IncludeCheckWords
{
    internal const string Allowed = "readable, match, wildcard_match and brace_match";

    /// <param name="unknown">The first word that is none of <see cref="Allowed"/>.</param>
    internal static IncludeChecks Apply(Statement statement, IncludeChecks current, out Word? unknown)
    {
        unknown = null;
        if (statement.Words.Length == 1)
        {
            return IncludeChecks.All;
        }

        IncludeChecks words = IncludeChecks.None;
        char sign = statement.Words[1].Text[..1] is "+" or "-" ? statement.Words[1].Text[0] : '=';
        foreach (Word word in statement.Words.Skip(1))
        {
            switch (word.Text.TrimStart('+', '-'))
            {
                case "readable": words |= IncludeChecks.Readable; break;
                case "match": words |= IncludeChecks.Match; break;
                case "wildcard_match": words |= IncludeChecks.WildcardMatch; break;
                case "brace_match": words |= IncludeChecks.BraceMatch; break;
                case "": break;
                default: unknown ??= word; break;
            }
        }

        return sign switch { '+' => current | words, '-' => current & ~words, _ => words };
    }
}
