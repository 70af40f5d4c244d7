namespace Keepalived.Es.Domain.Health;

/// <summary>What a check says of its real server.</summary>
public enum CheckStatus : byte
{
    /// <summary>It succeeds, or it has not been tried yet and counts as succeeding.</summary>
    Up,

    /// <summary>It fails, or it has not succeeded yet and <c>alpha</c> lets it count as failing.</summary>
    Down,
}

/// <summary>What a check is doing.</summary>
public enum CheckPhase : byte
{
    /// <summary>Until <see cref="CheckState.Deadline"/>.</summary>
    Waiting,

    /// <summary>A try is under way.</summary>
    Asking,

    /// <summary><c>ha_suspend</c>: nothing is asked, and what was known stays.</summary>
    Suspended,
}

/// <summary>All that is remembered of one check between its tries.</summary>
/// <param name="Deadline">Next try; <see cref="Never"/> while one is under way or nothing is asked. Monotonic time since boot.</param>
/// <param name="Failures">Tries that failed in succession while Up.</param>
/// <param name="Successes">Rounds that succeeded in succession while Down.</param>
/// <param name="Step">Url that the next try asks for, from 0.</param>
/// <param name="HasRun">A try has given a result.</param>
public readonly record struct CheckState(CheckStatus Status, CheckPhase Phase, TimeSpan Deadline, long Failures, int Successes, int Step, bool HasRun)
{
    public static readonly TimeSpan Never = TimeSpan.MaxValue;
}
