namespace Keepalived.Es.Scripting.Hooks;

/// <summary>How notify scripts are run: what <c>node.yaml</c> says under <c>hooks</c>.</summary>
public sealed record HookPolicy
{
    /// <summary><c>notify-overlap</c>: all at once, as keepalived does. Default: those of one owner one after the other.</summary>
    public bool Overlap { get; init; }

    /// <summary><c>time-limit</c>, 1 s to 1 h. Default 60 s.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>stop-wait</c>: what still runs that long after the stop is ended, 0 to 10 min. Default 10 s.</summary>
    public TimeSpan StopWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>retry.attempts</c>: repetitions of a script that failed, 0 to 10. Default 0.</summary>
    public int Retries { get; init; }

    /// <summary><c>retry.delay</c>: wait before a repetition, 0.1 s to 60 s. Default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);
}
