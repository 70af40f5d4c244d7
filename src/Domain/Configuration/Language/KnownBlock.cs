using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Configuration.Language;

/// <summary>A root block of plain lines: no definition, condition, sequence or include in it, and nothing to say about it.</summary>
/// <param name="File">As in the places of diagnostics.</param>
/// <param name="Line">Of its head, from 1.</param>
/// <param name="LineCount">Lines in the file.</param>
/// <param name="Head">Its first line, as it is in the file.</param>
/// <param name="Source">All of it with its last line feed, as it is in the file.</param>
/// <param name="Text">What it adds to the consolidated text.</param>
/// <param name="Work">What it takes of <see cref="ReadLimits.Work"/>.</param>
/// <param name="Lines">What it takes of <see cref="ReadLimits.Lines"/>.</param>
internal sealed record KnownBlock(string File, int Line, int LineCount, string Head, string Source, string Text, long Work, int Lines)
{
    /// <summary>What the block means; null: not known yet, or not by the block alone.</summary>
    internal VirtualServerSettings? Settings { get; set; }

    /// <summary>What of <c>global_defs</c> went into <see cref="Settings"/>.</summary>
    internal (bool? SmtpAlert, bool LogAllFailures) Surroundings { get; set; }

    /// <summary>A text in which some character may start something that acts beyond the line, or stands for something else, is not plain.</summary>
    internal static bool IsPlain(string source) =>
        source.AsSpan().IndexOfAny('$', '@', '~') < 0 && !source.Contains("include", StringComparison.Ordinal);

    /// <summary>The same block at another line.</summary>
    internal KnownBlock At(int line) =>
        line == Line ? this : this with { Line = line, Settings = PlaceShift.Of(Settings!, line - Line), Surroundings = Surroundings };
}
