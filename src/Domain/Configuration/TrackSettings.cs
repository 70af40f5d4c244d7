namespace Keepalived.Es.Domain.Configuration;

/// <summary>A <c>vrrp_script</c>: a command that is run again and again, and whose result instances track.</summary>
public sealed record VrrpScriptSettings
{
    public required string Name { get; init; }

    public required SourceSpan Span { get; init; }

    /// <summary><c>script</c>, with <c>user</c>.</summary>
    public required ScriptCommand Script { get; init; }

    /// <summary><c>interval</c>, from start to start; above zero, to 4294 s. Default 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>timeout</c>: a run that takes longer is ended and has failed. Above zero, to 4294 s. Default: the interval.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>weight</c>, -253 to 253. 0, the default: a failure is a reason for Fault.</summary>
    public int Weight { get; init; }

    /// <summary><c>weight N reverse</c>: success and failure change places.</summary>
    public bool Reverse { get; init; }

    /// <summary><c>rise</c>: successes in succession until it is up, at least 1.</summary>
    public int Rise { get; init; } = 1;

    /// <summary><c>fall</c>: failures in succession until it is down, at least 1.</summary>
    public int Fall { get; init; } = 1;

    /// <summary><c>init_fail</c>: it has to succeed <see cref="Rise"/> times before it is up for the first time, too.</summary>
    public bool InitFail { get; init; }
}

/// <summary>An entry of <c>track_script</c>.</summary>
/// <param name="Script">Name of the <c>vrrp_script</c>.</param>
/// <param name="Weight">Weight in force: the entry's, otherwise the script's.</param>
/// <param name="Reverse">Likewise.</param>
public sealed record TrackedScript(string Script, SourceSpan Span, int Weight, bool Reverse);
