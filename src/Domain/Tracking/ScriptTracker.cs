namespace Keepalived.Es.Domain.Tracking;

/// <summary>What is known of a tracked script.</summary>
public enum TrackStatus : byte
{
    /// <summary>It has not given a result yet.</summary>
    Unknown,

    Up,

    Down,
}

/// <summary>How a run of a track script ended. Only <see cref="Succeeded"/> counts as success.</summary>
public enum TrackResultKind : byte
{
    /// <summary>Exit code 0, or <c>true</c>.</summary>
    Succeeded,

    /// <summary>Another exit code, or <c>false</c>.</summary>
    Failed,

    /// <summary>A signal of somebody else ended it.</summary>
    Signalled,

    /// <summary>It ran longer than <c>timeout</c> and was ended.</summary>
    TimedOut,

    /// <summary>It could not be started.</summary>
    NotStarted,
}

/// <summary>All that is remembered of a tracked script between its runs.</summary>
/// <param name="Status">What holds now.</param>
/// <param name="Count">Between 0 and rise + fall - 1; up from <c>rise</c> on.</param>
public readonly record struct ScriptTrackState(TrackStatus Status, int Count);

/// <summary>
/// Rise and fall of a <c>vrrp_script</c> (keepalived.conf(5)): <c>fall</c> failures in succession make it Down, <c>rise</c> successes Up. The
/// first result of all counts at once; with <c>init_fail</c> a first success does not.
/// </summary>
public static class ScriptTracker
{
    /// <summary>Before the first run.</summary>
    /// <param name="rise">At least 1.</param>
    /// <param name="initFail"><c>init_fail</c>: <c>rise</c> successes are needed from the start on.</param>
    public static ScriptTrackState Initial(int rise, bool initFail) => new(TrackStatus.Unknown, initFail ? 0 : rise - 1);

    /// <summary>After a reload of the same command: what was known holds; where <c>rise</c> or <c>fall</c> have changed, counting begins anew.</summary>
    /// <param name="rise">At least 1.</param>
    /// <param name="fall">At least 1.</param>
    /// <param name="state">Before.</param>
    /// <param name="sameCounts">Neither <c>rise</c> nor <c>fall</c> has changed.</param>
    public static ScriptTrackState Carry(int rise, int fall, ScriptTrackState state, bool sameCounts) =>
        sameCounts ? state : state.Status switch
        {
            TrackStatus.Up => new ScriptTrackState(TrackStatus.Up, rise + fall - 1),
            TrackStatus.Down => new ScriptTrackState(TrackStatus.Down, 0),
            _ => state with { Count = Math.Min(state.Count, rise - 1) },
        };

    /// <param name="rise">At least 1.</param>
    /// <param name="fall">At least 1.</param>
    /// <param name="state">Before.</param>
    /// <param name="succeeded">The result of a run.</param>
    public static ScriptTrackState Step(int rise, int fall, ScriptTrackState state, bool succeeded)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rise, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(fall, 1);
        int highest = rise + fall - 1;
        return (state.Status, succeeded) switch
        {
            (TrackStatus.Up, true) => state with { Count = highest },
            (_, true) when state.Count + 1 >= rise => new ScriptTrackState(TrackStatus.Up, highest),
            (_, true) => state with { Count = state.Count + 1 },
            (TrackStatus.Up, false) when state.Count > rise => state with { Count = state.Count - 1 },
            _ => new ScriptTrackState(TrackStatus.Down, 0),
        };
    }
}
