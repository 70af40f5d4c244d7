namespace Keepalived.Es.Domain.Configuration.Language;

/// <summary>Which words of a line must not be shown. Errs on the side of hiding: a mistyped keyword in a block of secrets hides its value too.</summary>
internal static class Secrets
{
    internal const string Mask = "********";

    /// <summary>How many words from the left may be shown.</summary>
    /// <param name="block">Keyword of the block the line stands in; empty at the root.</param>
    internal static int VisibleWords(IReadOnlyList<Word> words, string block)
    {
        int visible = block switch
        {
            "authentication" => InAuthentication(words),
            "auth_hmac" => words[0].Text switch { "key" or "active_key" or "time_window" or "anti_replay" or "mode" => 2, _ => 0 },
            "SSL" => words[0].Text is "ca" or "certificate" or "key" ? words.Count : 1,
            _ => IsSecretBlock(words[0].Text) ? 1 : words.Count,
        };
        for (int i = 0; i < Math.Min(visible, words.Count); i++)
        {
            if (words[i].Text is "auth_pass")
            {
                return i + 1;
            }
        }

        return visible;
    }

    private static int InAuthentication(IReadOnlyList<Word> words) => words switch
    {
        [{ Text: "auth_type" }, { Text: "PASS" or "AH" }, ..] => 2,
        [{ Text: "auth_type" or "auth_pass" }, ..] => 1,
        _ => words[0].Text.StartsWith("auth_", StringComparison.Ordinal) ? 1 : 0,
    };

    /// <summary>In a block of secrets a word that is no keyword may be a secret on the wrong line.</summary>
    internal static bool IsSecretBlock(string block) => block is "authentication" or "auth_hmac" or "SSL";
}
