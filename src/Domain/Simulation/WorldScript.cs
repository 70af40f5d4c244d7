using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Simulation;

/// <summary>A machine of a <see cref="ScriptedWorld"/> as it stands at the world's zero.</summary>
/// <param name="IsRunning">False: its daemon does not run until a <see cref="WorldEventKind.Start"/>.</param>
/// <param name="NextAdvertisement">Of a Master: when it sends next, from zero; null: at once.</param>
/// <param name="Contribution">Sum of what its trackers add to or take from the priority.</param>
public sealed record WorldRouter(
    VrrpConfig Config, RouterAddress Address, bool IsRunning, VrrpPhase Phase, TimeSpan? NextAdvertisement = null, int Contribution = 0,
    FaultReasons Faults = FaultReasons.None);

public enum WorldEventKind : byte
{
    /// <summary>The daemon starts, with these faults.</summary>
    Start,

    /// <summary>kill -9, or the host dies.</summary>
    Kill,

    /// <summary>SIGTERM: it resigns.</summary>
    Stop,

    /// <summary>Its fault reasons are these from here on.</summary>
    Faults,

    /// <summary>The trackers' contributions to its priority sum up to this from here on.</summary>
    Contribution,

    /// <summary>What it sends no longer reaches the other.</summary>
    Cut,

    /// <summary>It does again.</summary>
    Mend,

    /// <summary>What it sends waits on its way to the other.</summary>
    Hold,

    /// <summary>What was held arrives, in its order; what is sent from here on takes its usual time.</summary>
    Release,

    /// <summary>Its loop does not wake: what reaches it waits, and its timers do not fire.</summary>
    Stall,

    /// <summary>It does again, and takes first what waited, then its timers.</summary>
    Wake,
}

/// <summary>Something that happens to a machine.</summary>
/// <param name="At">From the world's zero.</param>
/// <param name="Router">Index of the machine.</param>
/// <param name="Other">Of a cut or a hold: index of the receiver.</param>
public readonly record struct WorldEvent(
    TimeSpan At, WorldEventKind Kind, int Router, int Other = -1, FaultReasons Faults = FaultReasons.None, int Contribution = 0);

/// <summary>A machine changed its phase; a kill counts as a change to Initialize without a reason.</summary>
public readonly record struct WorldTransition(TimeSpan At, int Router, VrrpPhase From, VrrpPhase To, TransitionReason Reason);
