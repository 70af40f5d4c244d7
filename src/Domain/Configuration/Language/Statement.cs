namespace Keepalived.Es.Domain.Configuration.Language;

/// <summary>One word of a line. A quoted word's text is without its quotes; its place is with them.</summary>
internal readonly record struct Word(string Text, int Start, int Length, bool Quoted);

/// <summary>A line of words, with the block that follows it if there is one.</summary>
internal sealed class Statement(SourceLine line, Word[] words, int end)
{
    internal SourceLine Line { get; } = line;

    /// <summary>The keyword and what follows it; never empty.</summary>
    internal Word[] Words { get; } = words;

    internal string Keyword => Words[0].Text;

    internal SourceSpan Span => SpanOf(Words[0]);

    /// <summary>Null: no block was opened.</summary>
    internal List<Statement>? Block { get; set; }

    /// <summary>The block was read before, or may be known to the next reading; null: neither.</summary>
    internal KnownBlock? Known { get; set; }

    /// <summary>The text after the keyword, up to a brace or the end of the line.</summary>
    internal int ArgumentsStart => Words[0].Start + Words[0].Length;

    internal int ArgumentsEnd { get; } = end;

    internal SourceSpan SpanOf(Word word) => Line.SpanOf(word.Start, word.Length);

    /// <summary>The place right after the last word.</summary>
    internal SourceSpan EndSpan => Line.SpanOf(Words[^1].Start + Words[^1].Length, 0);

    /// <summary>From word <paramref name="first"/> to the last.</summary>
    internal SourceSpan SpanFrom(int first) => Line.SpanOf(Words[first].Start, Words[^1].Start + Words[^1].Length - Words[first].Start);
}
