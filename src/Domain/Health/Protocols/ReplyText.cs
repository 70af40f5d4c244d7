using System.Text;

namespace Keepalived.Es.Domain.Health.Protocols;

/// <summary>What a server has said, made fit for a message of one line.</summary>
public static class ReplyText
{
    /// <summary>Characters shown, at most.</summary>
    public const int Limit = 80;

    /// <summary>The beginning, with <c>?</c> for what cannot be printed.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        bool isCut = text.Length > Limit;
        var shown = new StringBuilder(Limit + 1);
        foreach (char c in isCut ? text[..Limit] : text)
        {
            shown.Append(c is >= ' ' and < (char)127 ? c : '?');
        }

        return shown.Append(isCut ? "…" : "").ToString();
    }
}
