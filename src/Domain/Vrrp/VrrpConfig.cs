using System.Text.Json.Serialization;

namespace Keepalived.Es.Domain.Vrrp;

/// <summary>When a Master repeats its gratuitous ARP (keepalived.conf(5), <c>garp_*</c>).</summary>
/// <param name="MasterRepeat">Messages for each address in a burst, at least 1. Default 5.</param>
/// <param name="MasterDelay">Wait before the second burst after becoming Master; zero: none. Default 5 s.</param>
/// <param name="Refresh">Period of refresh bursts while Master; zero: off, the default.</param>
/// <param name="RefreshRepeat">Messages for each address in a refresh. Default 1.</param>
/// <param name="LowerPriorityRepeat">Messages after a lower-priority advertisement; 0: none. Default: <paramref name="MasterRepeat"/>.</param>
/// <param name="LowerPriorityDelay">Wait before the second of those bursts; zero: none. Default: <paramref name="MasterDelay"/>.</param>
public sealed record GratuitousArpSchedule(
    int MasterRepeat = 5,
    TimeSpan MasterDelay = default,
    TimeSpan Refresh = default,
    int RefreshRepeat = 1,
    int LowerPriorityRepeat = 5,
    TimeSpan LowerPriorityDelay = default)
{
    /// <summary>keepalived's defaults: five messages at once, five more after 5 s.</summary>
    public static readonly GratuitousArpSchedule Default =
        new(MasterDelay: TimeSpan.FromSeconds(5), LowerPriorityDelay: TimeSpan.FromSeconds(5));
}

/// <summary>What <see cref="VrrpMachine"/> must know of one <c>vrrp_instance</c>. It is recorded with the instance, so that a replay needs nothing else.</summary>
public sealed record VrrpConfig
{
    /// <summary>Name of the <c>vrrp_instance</c>.</summary>
    public required string Instance { get; init; }

    /// <summary>Virtual router identifier, 1 to 255.</summary>
    public required byte Vrid { get; init; }

    /// <summary>2 (RFC 3768) or 3 (RFC 9568).</summary>
    public byte Version { get; init; } = 2;

    /// <summary>Base priority, 1 to 254, or 255 for the address owner.</summary>
    public byte Priority { get; init; } = 100;

    /// <summary>Adver_Interval. Version 2: whole seconds, 1 to 255. Version 3: 10 ms to 40.95 s in steps of 10 ms.</summary>
    public TimeSpan AdverInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>down_timer_adverts</c>: intervals without an advertisement until the Master counts as down, 1 to 100.</summary>
    public int DownTimerAdverts { get; init; } = 3;

    /// <summary>Preempt_Mode. False: <c>nopreempt</c>, a live Master of lower priority is left alone.</summary>
    public bool Preempt { get; init; } = true;

    /// <summary><c>preempt_delay</c>: wait, from the first lower-priority advertisement, before preempting. 0 to 1000 s.</summary>
    public TimeSpan PreemptDelay { get; init; }

    /// <summary><c>state MASTER</c>. Acts only together with priority 255: the owner is Master at once.</summary>
    public bool StartAsMaster { get; init; }

    /// <summary><c>vrrp_startup_delay</c>: no timer starts and no advertisement counts until then.</summary>
    public TimeSpan StartupDelay { get; init; }

    /// <summary>Member of a <c>vrrp_sync_group</c>: asks the group before it becomes Master.</summary>
    public bool InSyncGroup { get; init; }

    /// <summary><c>lower_prio_no_advert</c>: a Master does not answer a lower-priority advertisement with its own.</summary>
    public bool LowerPriorityNoAdvert { get; init; }

    /// <summary><c>higher_prio_send_advert</c>: a Master that loses to a higher advertisement sends one last of its own.</summary>
    public bool HigherPrioritySendAdvert { get; init; }

    /// <summary><c>owner_ignore_adverts</c>: the address owner (255) drops every advertisement.</summary>
    public bool OwnerIgnoreAdverts { get; init; }

    public GratuitousArpSchedule Garp { get; init; } = GratuitousArpSchedule.Default;

    /// <summary>The address owner (priority 255) is immune to weights and to preemption rules.</summary>
    [JsonIgnore]
    public bool IsOwner => Priority == 255;
}
