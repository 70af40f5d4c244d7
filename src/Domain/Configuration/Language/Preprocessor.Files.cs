namespace Keepalived.Es.Domain.Configuration.Language;

/// <content>The lines of a file, and the blocks among them that were read before.</content>
internal sealed partial class Preprocessor
{
    private const string RememberedKeyword = "virtual_server";

    private readonly List<KnownBlock> _known = [];

    /// <summary>Blocks for the next reading.</summary>
    internal IReadOnlyList<KnownBlock> Known => _known;

    /// <summary>How things stood before a line that may be the head of a block for the next reading.</summary>
    private sealed record Mark(int Position, int Line, string Head, int Text, long Work, int Lines, int Root, int Said);

    private void ProcessFile(string name, string text)
    {
        var cursor = new FileCursor(_log, _options.Limits, name, text);
        Mark? mark = null;
        while (!_stopped)
        {
            if (_statements.IsAtRoot)
            {
                string? head = cursor.LineThatStartsWith(RememberedKeyword);
                if (head is not null && TryRecall(cursor, head))
                {
                    continue;
                }

                mark = head is null
                    ? null
                    : new Mark(cursor.Position, cursor.Line, head, _statements.TextLength, _work, _lines, _statements.Root.Count, _log.Said);
            }

            if (cursor.Next() is not { } line)
            {
                return;
            }

            ProcessLine(WithoutComment(line, copiedText: true), cursor);
            if (mark is not null && _statements.IsAtRoot)
            {
                Remember(mark, cursor);
            }
        }
    }

    private bool TryRecall(FileCursor cursor, string head)
    {
        if (_memory?.Find(cursor.Name, head) is not { } known
            || !cursor.GoesOnWith(known.Source)
            || _work + known.Work > _options.Limits.Work
            || _lines + known.Lines > _options.Limits.Lines)
        {
            return false;
        }

        KnownBlock here = known.At(cursor.Line + 1);
        var line = new SourceLine(head, cursor.Name, here.Line);
        _statements.AddKnown(new Statement(line, [new Word(RememberedKeyword, 0, RememberedKeyword.Length, false)], head.Length) { Block = [], Known = here });
        (_work, _lines) = (_work + known.Work, _lines + known.Lines);
        cursor.Skip(known.Source.Length, known.LineCount);
        _known.Add(here);
        return true;
    }

    private void Remember(Mark mark, FileCursor cursor)
    {
        string source = cursor.TextFrom(mark.Position);
        if (_log.Said != mark.Said || _statements.Root.Count != mark.Root + 1 || !source.EndsWith('\n') || !KnownBlock.IsPlain(source))
        {
            return;
        }

        Statement head = _statements.Root[^1];
        if (head.Block is not null && head.Keyword == RememberedKeyword)
        {
            head.Known = new KnownBlock(
                cursor.Name, mark.Line + 1, cursor.Line - mark.Line, mark.Head, source, _statements.TextFrom(mark.Text), _work - mark.Work, _lines - mark.Lines);
            _known.Add(head.Known);
        }
    }

    /// <summary>Lines that are still to be read.</summary>
    private abstract class LineCursor
    {
        internal abstract SourceLine? Next();
    }

    /// <summary>The lines of a definition.</summary>
    private sealed class ListCursor(IReadOnlyList<SourceLine> lines) : LineCursor
    {
        private int _next;

        internal override SourceLine? Next() => _next < lines.Count ? lines[_next++] : null;
    }

    /// <summary>The lines of a file; those that cannot be used are reported and passed over.</summary>
    private sealed class FileCursor(DiagnosticLog log, ReadLimits limits, string name, string text) : LineCursor
    {
        internal string Name => name;

        internal int Position { get; private set; } = text.Length - text.AsSpan().TrimStart('\uFEFF').Length;

        /// <summary>Lines so far.</summary>
        internal int Line { get; private set; }

        /// <returns>The line that comes next; null: it begins otherwise.</returns>
        internal string? LineThatStartsWith(string word) =>
            text.AsSpan(Position).StartsWith(word, StringComparison.Ordinal) ? text[Position..EndOfLine()] : null;

        internal bool GoesOnWith(string source) => text.AsSpan(Position).StartsWith(source, StringComparison.Ordinal);

        internal void Skip(int characters, int lines) => (Position, Line) = (Position + characters, Line + lines);

        internal string TextFrom(int start) => text[start..Position];

        internal override SourceLine? Next()
        {
            while (Position < text.Length)
            {
                int end = EndOfLine();
                ReadOnlySpan<char> raw = text.AsSpan(Position..end).TrimEnd('\r');
                Skip(Math.Min(end + 1, text.Length) - Position, 1);
                if (IsUsable(raw))
                {
                    return new SourceLine(raw.ToString(), name, Line);
                }
            }

            return null;
        }

        private int EndOfLine() => text.IndexOf('\n', Position) is >= 0 and var end ? end : text.Length;

        private bool IsUsable(ReadOnlySpan<char> raw)
        {
            if (raw.Length > limits.LineLength)
            {
                log.Error(
                    DiagnosticCodes.LimitReached,
                    new SourceSpan(name, Line, 1, raw.Length),
                    $"the line has {raw.Length} characters, allowed {limits.LineLength}; it is left out");
                return false;
            }

            if (raw.IndexOf('\0') is var nul and >= 0)
            {
                log.Error(DiagnosticCodes.NulCharacter, new SourceSpan(name, Line, nul + 1, 1), "the line holds a NUL character; it is left out");
                return false;
            }

            return true;
        }
    }
}
