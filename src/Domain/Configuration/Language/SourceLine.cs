using System.Text;

namespace Keepalived.Es.Domain.Configuration.Language;

/// <summary>Where a piece of a line's text comes from.</summary>
/// <param name="Start">Index in the line's text.</param>
/// <param name="Length">Length in the file: of the piece itself when it was copied, of the <c>$NAME</c> that it replaced otherwise.</param>
internal readonly record struct Piece(int Start, string File, int Line, int Column, int Length, PieceKind Kind);

internal enum PieceKind : byte
{
    /// <summary>Stands in the file as it is.</summary>
    Copied,

    /// <summary>Came in the place of a definition's use, and reports that place.</summary>
    Substituted,

    /// <summary>As <see cref="Substituted"/>, and never starts a comment.</summary>
    Literal,
}

/// <summary>A line of text that knows where each of its characters stood.</summary>
internal sealed class SourceLine(string text, Piece[] pieces)
{
    internal SourceLine(string text, string file, int line)
        : this(text, [new Piece(0, file, line, 1, text.Length, PieceKind.Copied)])
    {
    }

    internal string Text { get; } = text;

    internal SourceSpan SpanOf(int start, int length)
    {
        int first = PieceAt(start);
        Piece begin = pieces[first];
        int column = ColumnIn(begin, start);
        if (length == 0)
        {
            return new SourceSpan(begin.File, begin.Line, column, 0);
        }

        Piece end = pieces[PieceAt(start + length - 1)];
        int endColumn = end.Kind == PieceKind.Copied ? ColumnIn(end, start + length - 1) + 1 : end.Column + end.Length;
        bool sameLine = end.Line == begin.Line && endColumn >= column && string.Equals(end.File, begin.File, StringComparison.Ordinal);
        return new SourceSpan(begin.File, begin.Line, column, sameLine ? endColumn - column : begin.Column + begin.Length - column);
    }

    internal SourceLine Slice(int start) => Slice(start, Text.Length - start);

    internal SourceLine Slice(int start, int length)
    {
        if (start == 0 && length == Text.Length)
        {
            return this;
        }

        var builder = new SourceLineBuilder();
        builder.Append(this, start, length);
        return builder.ToLine();
    }

    /// <summary>The part without blanks at either end; this line itself when there are none.</summary>
    internal SourceLine Trim()
    {
        int start = 0;
        int end = Text.Length;
        while (start < end && char.IsWhiteSpace(Text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(Text[end - 1]))
        {
            end--;
        }

        return Slice(start, end - start);
    }

    internal PieceKind KindAt(int index) => pieces[PieceAt(index)].Kind;

    internal void CopyPieces(int start, int length, int target, List<Piece> into)
    {
        int first = PieceAt(start);
        for (int i = first; i < pieces.Length && (i == first || pieces[i].Start < start + length); i++)
        {
            Piece piece = pieces[i];
            int skipped = Math.Max(0, start - piece.Start);
            int from = piece.Start + skipped - start + target;
            into.Add(piece.Kind == PieceKind.Copied
                ? piece with { Start = from, Column = piece.Column + skipped, Length = piece.Length - skipped }
                : piece with { Start = from });
        }
    }

    private static int ColumnIn(Piece piece, int index) => piece.Kind == PieceKind.Copied ? piece.Column + index - piece.Start : piece.Column;

    private int PieceAt(int index)
    {
        int low = 0;
        int high = pieces.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (pieces[middle].Start <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}

/// <summary>Puts a line together from pieces of others.</summary>
internal sealed class SourceLineBuilder
{
    private readonly StringBuilder _text = new();
    private readonly List<Piece> _pieces = [];

    internal int Length => _text.Length;

    internal void Append(SourceLine line, int start, int length)
    {
        if (length > 0 || _pieces.Count == 0)
        {
            line.CopyPieces(start, length, _text.Length, _pieces);
            _text.Append(line.Text, start, length);
        }
    }

    /// <summary>Appends text that stands for what is at <paramref name="use"/>.</summary>
    internal void AppendInPlaceOf(SourceSpan use, ReadOnlySpan<char> text, PieceKind kind)
    {
        _pieces.Add(new Piece(_text.Length, use.File, use.Line, use.Column, use.Length, kind));
        _text.Append(text);
    }

    internal SourceLine ToLine() => new(_text.ToString(), [.. _pieces]);
}
