using System.Text.Json.Serialization;

namespace Keepalived.Es.Domain.Vrrp;

/// <summary>State of a virtual router. RFC 9568 calls Master "Active"; Fault is keepalived's own.</summary>
public enum VrrpPhase : byte
{
    Initialize,
    Backup,
    Master,
    Fault,
}

/// <summary>Why an instance may not take part. It leaves Fault when all are clear.</summary>
[Flags]
public enum FaultReasons : ushort
{
    None = 0,

    /// <summary>The interface is administratively down or has no carrier.</summary>
    InterfaceDown = 1,

    /// <summary>The interface does not exist (yet).</summary>
    InterfaceMissing = 2,

    /// <summary>The interface has no address to send from.</summary>
    NoSourceAddress = 4,

    /// <summary>A member of its sync group is in Fault.</summary>
    SyncGroup = 8,

    /// <summary>A tracked interface, script, file or process of weight 0 failed.</summary>
    Tracker = 16,

    /// <summary>A configured <c>unicast_fault_no_peer</c> instance has no peer.</summary>
    NoPeer = 32,

    /// <summary>A broken invariant of our own: the instance is stopped, the others go on.</summary>
    Internal = 64,

    /// <summary>
    /// A tracked script of weight 0 has given no result yet: an instance that starts waits in Initialize, and nobody is notified; one in Fault stays there; one that
    /// runs is not taken down by it (a script that a reload brings).
    /// </summary>
    TrackerPending = 128,
}

/// <summary>Why an instance changed its phase.</summary>
public enum TransitionReason : byte
{
    None,

    /// <summary>The daemon started.</summary>
    Started,

    /// <summary>Priority 255 and <c>state MASTER</c>: the address owner is Master at once (RFC 9568 section 6.4.1).</summary>
    AddressOwner,

    /// <summary>No acceptable advertisement for Master_Down_Interval (RFC 9568 section 6.4.2).</summary>
    MasterDownTimerExpired,

    /// <summary>The Master resigned with priority 0; Skew_Time has passed since.</summary>
    MasterResigned,

    /// <summary>The Master is alive, of lower priority, and we preempt.</summary>
    PreemptedLowerPriority,

    /// <summary>As Master heard a higher priority (RFC 9568 section 6.4.3).</summary>
    HigherPriorityAdvertisement,

    /// <summary>As Master heard an equal priority from a higher address (RFC 9568 section 6.4.3).</summary>
    EqualPriorityHigherAddress,

    /// <summary>A fault reason came up.</summary>
    FaultDetected,

    /// <summary>The last fault reason went away.</summary>
    FaultCleared,

    /// <summary>The sync group moved as a whole.</summary>
    SyncGroup,

    /// <summary>The daemon stops.</summary>
    Shutdown,

    /// <summary>A reload brought a configuration without the instance.</summary>
    Removed,
}

/// <summary>What the instance has heard last, to tell why its Master-down timer fires.</summary>
public enum DownTimerBasis : byte
{
    /// <summary>Nothing since the timer was started on entering Backup.</summary>
    Entered,

    /// <summary>An accepted advertisement of the Master.</summary>
    MasterHeard,

    /// <summary>A resignation (priority 0).</summary>
    Resigned,

    /// <summary>A discarded advertisement of a Master with a lower priority.</summary>
    LowerPriorityDiscarded,
}

/// <summary>One advertisement as the machine sees it, after <see cref="AdvertisementCodec"/> has accepted the packet.</summary>
/// <param name="Source">Sender's primary address.</param>
/// <param name="Priority">0 (resigns) to 255.</param>
/// <param name="AdverInterval">Interval that the sender announced.</param>
public readonly record struct Advertisement(RouterAddress Source, byte Priority, TimeSpan AdverInterval);

/// <summary>All that an instance remembers. A value: equal states behave alike. Times are monotonic since boot; <see cref="Never"/> means "not set".</summary>
public readonly record struct VrrpState
{
    /// <summary>A deadline that is not set.</summary>
    public static readonly TimeSpan Never = TimeSpan.MaxValue;

    public VrrpState()
    {
    }

    public VrrpPhase Phase { get; init; }

    /// <summary>Master: next advertisement. Backup: Master down. Initialize: end of the start-up delay.</summary>
    public TimeSpan Deadline { get; init; } = Never;

    /// <summary>Effective priority: base plus the trackers' weights, 1 to 254; 255 for the owner.</summary>
    public byte Priority { get; init; }

    /// <summary>Interval learned from the Master (version 3) or our own.</summary>
    public TimeSpan MasterAdverInterval { get; init; }

    /// <summary>Why the instance may not take part; in Backup and Master <see cref="FaultReasons.None"/> or <see cref="FaultReasons.TrackerPending"/>.</summary>
    public FaultReasons Faults { get; init; }

    /// <summary>Our own primary address, which decides between equal priorities.</summary>
    public RouterAddress Source { get; init; }

    /// <summary>The Master heard last; in Master phase our own.</summary>
    public RouterAddress Master { get; init; }

    /// <summary>Priority that this Master announced.</summary>
    public byte MasterPriority { get; init; }

    /// <summary>When an advertisement of anybody else was heard last.</summary>
    public TimeSpan LastHeard { get; init; } = Never;

    /// <summary>What the running Master-down timer rests on.</summary>
    public DownTimerBasis DownTimerBasis { get; init; }

    /// <summary>Until then a lower-priority Master is left alone; set by the first lower advertisement when <c>preempt_delay</c> is configured.</summary>
    public TimeSpan PreemptAt { get; init; } = Never;

    /// <summary>Second gratuitous ARP burst.</summary>
    public TimeSpan GarpDeadline { get; init; } = Never;

    /// <summary>Messages for each address in that burst.</summary>
    public int GarpRepeat { get; init; }

    /// <summary>Next refresh burst.</summary>
    public TimeSpan GarpRefreshDeadline { get; init; } = Never;

    /// <summary>Member of a sync group that would be Master as soon as the group is.</summary>
    public bool WantsMaster { get; init; }

    /// <summary>The earliest of all deadlines, or <see cref="Never"/>.</summary>
    [JsonIgnore]
    public TimeSpan NextDeadline
    {
        get
        {
            TimeSpan next = Deadline < GarpDeadline ? Deadline : GarpDeadline;
            return next < GarpRefreshDeadline ? next : GarpRefreshDeadline;
        }
    }
}
