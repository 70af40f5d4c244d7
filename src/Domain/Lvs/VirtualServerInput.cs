namespace Keepalived.Es.Domain.Lvs;

public enum VirtualServerInputKind : byte
{
    /// <summary>The daemon starts it.</summary>
    Start,

    /// <summary>One more check of a real server fails.</summary>
    CheckWentDown,

    /// <summary>One of its checks no longer fails.</summary>
    CheckWentUp,

    /// <summary>A check that counted as failing from the start (<c>alpha</c>) has failed its first try.</summary>
    CheckStayedDown,

    /// <summary>A check asks for <see cref="VirtualServerInput.Value"/> as base weight.</summary>
    WeightAsked,

    /// <summary>What tracked files add is now <see cref="VirtualServerInput.Value"/>, and <see cref="VirtualServerInput.Failed"/> of them fail it.</summary>
    FilesChanged,

    /// <summary>An operator takes a server out of service until <see cref="VirtualServerInput.Until"/>.</summary>
    Drained,

    /// <summary>An operator puts it back.</summary>
    Undrained,

    /// <summary>A deadline of the state has been reached.</summary>
    DeadlineReached,

    /// <summary>Its configuration has changed: the quorum is judged by the new one.</summary>
    Reconsidered,

    /// <summary>The daemon stops it.</summary>
    Stop,
}

/// <summary>One thing that happened to a virtual server. Only the fields that the kind names are set.</summary>
/// <param name="Server">Number of the real server, from 0.</param>
public readonly record struct VirtualServerInput(VirtualServerInputKind Kind, int Server = 0)
{
    public long Value { get; init; }

    public int Failed { get; init; }

    /// <summary>Monotonic time since boot.</summary>
    public TimeSpan Until { get; init; }
}

public enum VirtualServerEffectKind : byte
{
    /// <summary>The services come into being.</summary>
    AddServices,

    /// <summary>They go.</summary>
    RemoveServices,

    /// <summary>A real server joins the pool with <see cref="VirtualServerEffect.Weight"/>.</summary>
    AddDestination,

    /// <summary>Its weight in the pool is now <see cref="VirtualServerEffect.Weight"/>.</summary>
    SetDestination,

    /// <summary>It leaves the pool.</summary>
    RemoveDestination,

    /// <summary>The same for the sorry server.</summary>
    AddSorry,

    SetSorry,

    RemoveSorry,

    /// <summary>A real server is alive: record, <c>notify_up</c>, FIFO, mail.</summary>
    RealServerUp,

    /// <summary>It is not: record, <c>notify_down</c>, FIFO, mail.</summary>
    RealServerDown,

    /// <summary>Record, <c>quorum_up</c>, FIFO, mail. Also at the start.</summary>
    QuorumGained,

    /// <summary>Record, <c>quorum_down</c>, FIFO, mail. Also at the start.</summary>
    QuorumLost,

    /// <summary>The effective weight changed: record.</summary>
    WeightChanged,

    /// <summary>Record that a server is out of service, or back.</summary>
    DrainChanged,
}

/// <summary>One thing for the shell to do; in order.</summary>
/// <param name="Server">Number of the real server, from 0.</param>
/// <param name="Weight">New weight.</param>
/// <param name="OldWeight">Of <see cref="VirtualServerEffectKind.WeightChanged"/>.</param>
public readonly record struct VirtualServerEffect(VirtualServerEffectKind Kind, int Server = -1, int Weight = 0, int OldWeight = 0);
