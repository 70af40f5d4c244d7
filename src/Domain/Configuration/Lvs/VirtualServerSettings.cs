using System.Collections.Immutable;
using Keepalived.Es.Domain.Lvs;

namespace Keepalived.Es.Domain.Configuration.Lvs;

/// <summary>One <c>virtual_server</c>, defaults filled in; a group has several addresses.</summary>
public sealed record VirtualServerSettings
{
    /// <summary>Where the block begins, for messages.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>As keepalived names it in FIFO lines, mail and logs: <c>[192.0.2.1]:tcp:80</c>, <c>FWM 1</c>, <c>[group]:0</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>snmp_name</c>: what people call it, beside its name in events and status; null: none.</summary>
    public string? Label { get; init; }

    /// <summary><c>virtual_server group NAME</c>; null: not of a group.</summary>
    public string? Group { get; init; }

    /// <summary>The IPVS services, in the order of the file; more than one only for a group.</summary>
    public required ImmutableArray<ServiceKey> Services { get; init; }

    /// <summary>With <c>nftables_ipvs</c>: the addresses of the group, which <see cref="Services"/> has one mark for; otherwise empty.</summary>
    public ImmutableArray<ServiceKey> MarkedAddresses { get; init; } = [];

    /// <summary><c>lvs_sched</c>, flags, persistence: the same for all <see cref="Services"/>.</summary>
    public required ServiceOptions Options { get; init; }

    /// <summary><c>real_server</c> blocks in the order of the file.</summary>
    public ImmutableArray<RealServerSettings> RealServers { get; init; } = [];

    /// <summary><c>sorry_server</c>; null: none.</summary>
    public SorryServerSettings? SorryServer { get; init; }

    /// <summary><c>quorum</c>: sum of the weights of live real servers that is enough; at least 1, at most the sum of all. Default 1.</summary>
    public long Quorum { get; init; } = 1;

    /// <summary><c>hysteresis</c>: below <see cref="Quorum"/>. Default 0.</summary>
    public long Hysteresis { get; init; }

    /// <summary><c>alpha</c> of the virtual server: without a first success the quorum counts as lost.</summary>
    public bool Alpha { get; init; }

    /// <summary><c>omega</c>: at the stop what is up is notified as down.</summary>
    public bool Omega { get; init; }

    /// <summary><c>ha_suspend</c>: checks rest while the address is not on this host.</summary>
    public bool HaSuspend { get; init; }

    /// <summary><c>quorum_up</c>; null: none.</summary>
    public ScriptCommand? QuorumUp { get; init; }

    /// <summary><c>quorum_down</c>; null: none.</summary>
    public ScriptCommand? QuorumDown { get; init; }

    /// <summary><c>smtp_alert</c>, otherwise <c>smtp_alert_checker</c>, otherwise <c>smtp_alert</c> of global_defs.</summary>
    public bool SmtpAlert { get; init; }
}

/// <summary>One <c>real_server</c>, the values of its virtual server and the defaults filled in.</summary>
public sealed record RealServerSettings
{
    public required SourceSpan Span { get; init; }

    public required DestinationKey Key { get; init; }

    /// <summary><c>snmp_name</c>: what people call it, beside its name in events and status; null: none.</summary>
    public string? Label { get; init; }

    /// <summary><c>weight</c>, 0 to 2147483647. Default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary><c>lvs_method</c>.</summary>
    public Forwarding Forwarding { get; init; } = Forwarding.Nat;

    /// <summary><c>uthreshold</c>: connections above which the kernel sends no new ones; 0: no limit.</summary>
    public uint UpperThreshold { get; init; }

    /// <summary><c>lthreshold</c>: connections below which the kernel sends new ones again; 0: none.</summary>
    public uint LowerThreshold { get; init; }

    /// <summary><c>inhibit_on_failure</c>: weight 0 instead of removal.</summary>
    public bool InhibitOnFailure { get; init; }

    /// <summary><c>smtp_alert</c>, otherwise <c>smtp_alert_checker</c>, otherwise <c>smtp_alert</c> of global_defs, otherwise on.</summary>
    public bool SmtpAlert { get; init; } = true;

    /// <summary><c>notify_up</c>; null: none.</summary>
    public ScriptCommand? NotifyUp { get; init; }

    /// <summary><c>notify_down</c>; null: none.</summary>
    public ScriptCommand? NotifyDown { get; init; }

    /// <summary>All must succeed; none: the server always counts as alive.</summary>
    public ImmutableArray<CheckSettings> Checks { get; init; } = [];
}

/// <summary><c>sorry_server</c>: takes the place of the real servers while the quorum is lost. It is not checked.</summary>
/// <param name="Inhibit"><c>sorry_server_inhibit</c>: kept with weight 0 while it is not needed.</param>
public sealed record SorryServerSettings(DestinationKey Key, SourceSpan Span, Forwarding Forwarding, bool Inhibit = false);
