namespace Keepalived.Es.Domain.Configuration.Language;

internal sealed partial class Preprocessor
{
    /// <summary>Cuts a comment off, and turns <c>\#</c> and <c>\!</c> into the character itself.</summary>
    /// <param name="copiedText">True: characters of the file count. False: those that came from definitions; the others were dealt with before.</param>
    private static SourceLine WithoutComment(SourceLine line, bool copiedText)
    {
        string text = line.Text;
        if (text.AsSpan().IndexOfAny('#', '!') < 0)
        {
            return line;
        }

        SourceLineBuilder? kept = null;
        int from = 0;
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && text[i] is '#' or '!' && line.KindAt(i) == (copiedText ? PieceKind.Copied : PieceKind.Substituted))
            {
                if (quoted)
                {
                    continue;
                }

                if (!copiedText || i == 0 || text[i - 1] != '\\')
                {
                    return Kept(line, kept, from, i);
                }

                kept ??= new SourceLineBuilder();
                kept.Append(line, from, i - 1 - from);
                from = i;
            }
        }

        return Kept(line, kept, from, text.Length);
    }

    private static SourceLine Kept(SourceLine line, SourceLineBuilder? kept, int from, int end)
    {
        if (kept is null)
        {
            return line.Slice(0, end);
        }

        kept.Append(line, from, end - from);
        return kept.ToLine();
    }
}
