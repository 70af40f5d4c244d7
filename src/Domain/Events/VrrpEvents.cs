using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Events;

/// <summary>An instance runs with this configuration: with the recorded inputs, all that a replay needs. Recorded at the start and at each reload.</summary>
/// <param name="Phase">After a reload: the state in which it goes on; null: it starts.</param>
/// <param name="Former">The name that a reload took from it; null: it has the one that it had.</param>
[EventAlias("instance_configured")]
public sealed record InstanceConfigured(
    string Node, string Instance, string Interface, RouterAddress Source, IReadOnlyList<string> VirtualAddresses, IReadOnlyList<string> Peers, VrrpConfig Config,
    VrrpPhase? Phase = null, string? Former = null)
    : IInstanceEvent;

/// <summary>The fields that every transition shares.</summary>
public interface ITransitionEvent : IInstanceEvent
{
    byte Vrid { get; }

    VrrpPhase From { get; }

    TransitionReason Reason { get; }

    /// <summary>Effective priority at that moment.</summary>
    byte Priority { get; }

    /// <summary>Monotonic time since boot at which the machine decided.</summary>
    TimeSpan At { get; }
}

/// <summary>The instance answers for its virtual addresses from here on.</summary>
/// <param name="LastMaster">The Master heard last before; empty if none was heard.</param>
/// <param name="LastMasterPriority">Its priority.</param>
/// <param name="LastHeard">When it was heard last, monotonic; null if never.</param>
/// <param name="Due">When the Master-down timer was due; null where no timer decided.</param>
[EventAlias("instance_became_master")]
public sealed record InstanceBecameMaster(
    string Node, string Instance, byte Vrid, VrrpPhase From, TransitionReason Reason, byte Priority, TimeSpan At,
    RouterAddress LastMaster, byte LastMasterPriority, TimeSpan? LastHeard, TimeSpan? Due)
    : ITransitionEvent;

/// <summary>The instance waits for the Master from here on.</summary>
/// <param name="Peer">The router whose advertisement made it so; empty if none did.</param>
[EventAlias("instance_became_backup")]
public sealed record InstanceBecameBackup(
    string Node, string Instance, byte Vrid, VrrpPhase From, TransitionReason Reason, byte Priority, TimeSpan At, RouterAddress Peer, byte PeerPriority)
    : ITransitionEvent;

/// <summary>The instance cannot take part.</summary>
[EventAlias("instance_entered_fault")]
public sealed record InstanceEnteredFault(
    string Node, string Instance, byte Vrid, VrrpPhase From, TransitionReason Reason, byte Priority, TimeSpan At, FaultReasons Faults)
    : ITransitionEvent;

/// <summary>The instance was stopped with the daemon, or a reload has removed it. From Master: it resigned with priority 0.</summary>
[EventAlias("instance_stopped")]
public sealed record InstanceStopped(
    string Node, string Instance, byte Vrid, VrrpPhase From, TransitionReason Reason, byte Priority, TimeSpan At)
    : ITransitionEvent;

/// <summary>The effective priority changed.</summary>
/// <param name="Contributions">What each tracker adds or takes, by its name; empty for the base alone.</param>
[EventAlias("priority_changed")]
public sealed record PriorityChanged(
    string Node, string Instance, byte From, byte To, byte Base, IReadOnlyDictionary<string, int> Contributions) : IInstanceEvent;

/// <summary>What one peer sent in ten quiet seconds.</summary>
/// <param name="Peer">Sender of the advertisements; our own address for those that we sent.</param>
/// <param name="From">Monotonic start of the window.</param>
/// <param name="MinGap">Smallest time between two of them; null with fewer than two.</param>
[EventAlias("advertisement_digest")]
public sealed record AdvertisementDigest(
    string Node, string Instance, RouterAddress Peer, TimeSpan From, TimeSpan To, int Count, TimeSpan? MinGap, TimeSpan? MaxGap, byte LastPriority)
    : IInstanceEvent;

/// <summary>The window of inputs that led to a transition or anomaly, and the state at its start. Replaying them through the same machine must give the recorded end.</summary>
/// <param name="Inputs">Oldest first.</param>
/// <param name="Before">State before the first input.</param>
/// <param name="After">State after the last.</param>
/// <param name="Truncated">Earlier inputs since the instance's start are not in the window.</param>
[EventAlias("inputs_recorded")]
public sealed record InputsRecorded(
    string Node, string Instance, VrrpState Before, IReadOnlyList<RecordedInput> Inputs, VrrpState After, bool Truncated) : IInstanceEvent;

/// <summary>Packets for this virtual router that were dropped, since the last such event (at most one in ten seconds and reason).</summary>
[EventAlias("advertisements_rejected")]
public sealed record AdvertisementsRejected(
    string Node, string Instance, RouterAddress Peer, string Reason, string Detail, int Count) : IInstanceEvent;

/// <summary>A Master heard another Master of lower (or equal, losing) priority and told it so. The first two times are told at once, then what came in ten seconds together.</summary>
/// <param name="Count">Advertisements heard; null: one.</param>
/// <param name="From">When the first of <paramref name="Count"/> was heard, monotonic; null: when this was recorded.</param>
/// <param name="To">When the last was.</param>
[EventAlias("lower_priority_master_heard")]
public sealed record LowerPriorityMasterHeard(
    string Node, string Instance, RouterAddress Peer, byte PeerPriority, byte Priority, int? Count = null, TimeSpan? From = null, TimeSpan? To = null)
    : IInstanceEvent;

/// <summary>
/// The loop woke later than a timer of this instance was due, by more than <see cref="Tolerated"/>. The timer fired then, unless an advertisement that had waited set it anew.
/// </summary>
[EventAlias("timer_late")]
public sealed record TimerLate(string Node, string Instance, TimeSpan Due, TimeSpan Lateness) : IInstanceEvent
{
    /// <summary>Whatever the interval, 5 ms are not late.</summary>
    public static readonly TimeSpan Smallest = TimeSpan.FromMilliseconds(5);

    /// <summary>An instance's timer that is late by no more is not told of: a tenth of its advertisement interval, at least <see cref="Smallest"/>.</summary>
    public static TimeSpan Tolerated(VrrpConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        TimeSpan tenth = config.AdverInterval / 10;
        return tenth > Smallest ? tenth : Smallest;
    }
}
