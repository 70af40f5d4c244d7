namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>How a call of a hook in JavaScript ended.</summary>
/// <param name="Ok">The function came back.</param>
/// <param name="Duration">From its turn to its end.</param>
public sealed record JavaScriptOutcome(bool Ok, TimeSpan Duration)
{
    /// <summary>The file does not define the function, which is no error: one file serves several events. <see cref="Ok"/> is false.</summary>
    public bool NotDefined { get; init; }

    /// <summary>What the function gave back, as JSON; <c>null</c> as text when it gave nothing.</summary>
    public string? ResultJson { get; init; }

    /// <summary>The limit that ended it, one of <see cref="Limits"/>; null: none did.</summary>
    public string? Limit { get; init; }

    /// <summary>What went wrong, in one or more lines; null when nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>The file that <see cref="Line"/> counts in: the one that was compiled where a source map names it.</summary>
    public string? File { get; init; }

    /// <summary>Line of the error, from 1; null when it is not known.</summary>
    public int? Line { get; init; }

    /// <summary>Column of the error, from 1, in UTF-16 units.</summary>
    public int? Column { get; init; }

    /// <summary>What it logged, a line for each call.</summary>
    public string Output { get; init; } = "";

    /// <summary>File, line and column, as far as known: <c>/etc/hook.js:3:5</c>.</summary>
    public string Place => Line is null ? File ?? "" : Column is null ? $"{File}:{Line}" : $"{File}:{Line}:{Column}";
}
