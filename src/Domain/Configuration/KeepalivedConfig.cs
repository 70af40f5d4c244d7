using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration;

/// <summary>A whole configuration, checked: what the daemon runs.</summary>
public sealed record KeepalivedConfig
{
    public GlobalSettings Global { get; init; } = new();

    public ImmutableArray<VrrpInstanceSettings> Instances { get; init; } = [];

    public ImmutableArray<SyncGroupSettings> SyncGroups { get; init; } = [];

    /// <summary><c>vrrp_script</c> blocks that an instance tracks.</summary>
    public ImmutableArray<VrrpScriptSettings> Scripts { get; init; } = [];

    /// <summary><c>static_ipaddress</c>: kept for the daemon's lifetime.</summary>
    public ImmutableArray<AddressEntry> StaticAddresses { get; init; } = [];

    /// <summary><c>static_routes</c>: kept for the daemon's lifetime.</summary>
    public ImmutableArray<RouteEntry> StaticRoutes { get; init; } = [];

    /// <summary><c>virtual_server</c> blocks and what belongs to them.</summary>
    public LvsSettings Lvs { get; init; } = new();
}

/// <summary>What <c>global_defs</c> and the root keywords set, as far as it is in force.</summary>
public sealed record GlobalSettings
{
    /// <summary>Null: the host's name.</summary>
    public string? RouterId { get; init; }

    /// <summary>Default 224.0.0.18.</summary>
    public RouterAddress MulticastGroup4 { get; init; } = RouterAddress.Parse("224.0.0.18");

    public string DefaultInterface { get; init; } = "eth0";

    /// <summary><c>dynamic_interfaces</c>: an interface may come into being later.</summary>
    public bool DynamicInterfaces { get; init; }

    /// <summary><c>instance NAME</c>: part of pid files' names and the log ident.</summary>
    public string? InstanceName { get; init; }

    /// <summary><c>use_pid_dir</c>.</summary>
    public bool UsePidDirectory { get; init; }

    /// <summary><c>vrrp_process_name</c>, or keepalived_vrrp with <c>process_names</c>: name of the VRRP loop's thread; null: vrrp.</summary>
    public string? VrrpThreadName { get; init; }

    /// <summary><c>vrrp_priority</c>: nice value, -20 to 19; null: untouched.</summary>
    public int? ProcessPriority { get; init; }

    /// <summary><c>vrrp_rt_priority</c>: SCHED_RR priority, 1 to 99; null: off.</summary>
    public int? RealTimePriority { get; init; }

    /// <summary><c>vrrp_no_swap</c>: mlockall.</summary>
    public bool NoSwap { get; init; }

    /// <summary>
    /// <c>vrrp_rlimit_rttime</c> in microseconds; null: no limit. keepalived's default of 10,000 is not ours: the kernel ends a process at it, and
    /// a collection of garbage may take as long.
    /// </summary>
    public long? RealTimeLimitMicroseconds { get; init; }

    /// <summary><c>vrrp_cpu_affinity</c>; empty: all.</summary>
    public ImmutableArray<int> CpuAffinity { get; init; } = [];

    /// <summary><c>log_unknown_vrids</c>.</summary>
    public bool LogUnknownVrids { get; init; }

    /// <summary><c>enable_script_security</c>.</summary>
    public bool ScriptSecurity { get; init; }

    /// <summary><c>script_user</c>: user name; null: the daemon's own.</summary>
    public string? ScriptUser { get; init; }

    /// <summary>Group of <c>script_user</c>; null: the user's primary group.</summary>
    public string? ScriptGroup { get; init; }

    /// <summary><c>startup_script</c>: run, and waited for, before anything else; null: none.</summary>
    public LifeScript? StartupScript { get; init; }

    /// <summary><c>shutdown_script</c>: run after everything else; null: none.</summary>
    public LifeScript? ShutdownScript { get; init; }

    /// <summary><c>notify_fifo</c>; null: none.</summary>
    public FifoSettings? Fifo { get; init; }

    /// <summary><c>vrrp_notify_fifo</c>; null: none.</summary>
    public FifoSettings? VrrpFifo { get; init; }

    /// <summary><c>fifo_write_vrrp_states_on_reload</c>: the FIFOs are told again what holds after a reload.</summary>
    public bool WriteStatesOnReload { get; init; }

    /// <summary><c>reload_check_config LOG</c>: the file that the diagnostics of a reload are written to; null: the log alone.</summary>
    public string? ReloadLog { get; init; }

    public MailSettings Mail { get; init; } = new();
}

/// <summary>One <c>vrrp_instance</c>, defaults filled in.</summary>
public sealed record VrrpInstanceSettings
{
    /// <summary>What the machine knows, name, VRID, priority and timers among it.</summary>
    public required VrrpConfig Vrrp { get; init; }

    /// <summary>Where the block begins, for messages.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary><c>interface</c>: at most 15 characters.</summary>
    public required string Interface { get; init; }

    /// <summary><c>mcast_src_ip</c> or <c>unicast_src_ip</c>; <see cref="RouterAddress.None"/>: the interface's primary address.</summary>
    public RouterAddress SourceAddress { get; init; }

    /// <summary><c>track_src_ip</c>: Fault while the configured source address is absent.</summary>
    public bool TrackSourceAddress { get; init; }

    /// <summary>Group of the advertisements unless <see cref="UnicastPeers"/> has any.</summary>
    public RouterAddress MulticastGroup { get; init; }

    /// <summary>Not empty: unicast.</summary>
    public ImmutableArray<UnicastPeer> UnicastPeers { get; init; } = [];

    /// <summary><c>unicast_ttl</c>, 0 to 255. Default 255.</summary>
    public byte UnicastTtl { get; init; } = 255;

    /// <summary><c>unicast_fault_no_peer</c>.</summary>
    public bool UnicastFaultNoPeer { get; init; }

    /// <summary><c>check_unicast_src</c>: drop advertisements of others than the peers.</summary>
    public bool CheckUnicastSource { get; init; }

    /// <summary><c>auth_type PASS</c>: the password, at most 8 bytes; null: none. Never written to an event, a log or a page.</summary>
    public string? Password { get; init; }

    /// <summary><c>v3_checksum_as_v2</c>: no pseudo header in the checksum of version 3 over IPv4.</summary>
    public bool Version3ChecksumAsVersion2 { get; init; }

    /// <summary><c>skip_check_adv_addr</c>.</summary>
    public bool SkipCheckAdvertisedAddresses { get; init; }

    /// <summary><c>dont_track_primary</c>: ignore the state of the own interface.</summary>
    public bool DontTrackPrimary { get; init; }

    /// <summary><c>virtual_ipaddress</c>, in the order of the file: these are advertised.</summary>
    public ImmutableArray<AddressEntry> VirtualAddresses { get; init; } = [];

    /// <summary><c>virtual_ipaddress_excluded</c>: held, not advertised.</summary>
    public ImmutableArray<AddressEntry> ExcludedAddresses { get; init; } = [];

    public NotifyScripts Notify { get; init; } = NotifyScripts.None;

    /// <summary><c>track_script</c> of the instance and of its sync group.</summary>
    public ImmutableArray<TrackedScript> TrackScripts { get; init; } = [];

    /// <summary><c>smtp_alert</c>, otherwise <c>smtp_alert_vrrp</c>, otherwise the global <c>smtp_alert</c>.</summary>
    public bool SmtpAlert { get; init; }

    /// <summary><c>notify_priority_changes</c> of the instance, its group or <c>global_defs</c>: a new priority goes to the FIFOs.</summary>
    public bool NotifyPriorityChanges { get; init; }
}

/// <summary>One entry of <c>unicast_peer</c>.</summary>
/// <param name="MinimumTtl">0 to 255; default 0.</param>
/// <param name="MaximumTtl">0 to 255; default 255.</param>
public sealed record UnicastPeer(RouterAddress Address, byte MinimumTtl = 0, byte MaximumTtl = 255);

/// <summary>One <c>vrrp_sync_group</c>.</summary>
/// <param name="Members">Instances in the order of the file, which is the order of switching.</param>
/// <param name="SmtpAlert"><c>smtp_alert</c>, otherwise <c>smtp_alert_vrrp</c>, otherwise the global <c>smtp_alert</c>.</param>
public sealed record SyncGroupSettings(string Name, SourceSpan Span, ImmutableArray<string> Members, NotifyScripts Notify, bool SmtpAlert = false);

/// <summary>An address entry of <c>virtual_ipaddress</c>, <c>virtual_ipaddress_excluded</c> or <c>static_ipaddress</c>.</summary>
/// <param name="Address">IPv4 or IPv6.</param>
/// <param name="PrefixLength">Default 32 (IPv4) or 128 (IPv6).</param>
/// <param name="Device"><c>dev</c>; null: the instance's interface, or the default interface for a static address.</param>
/// <param name="Scope">rtnetlink's scope value: 0 global, 200 site, 253 link, 254 host, 255 nowhere.</param>
/// <param name="Broadcast"><c>brd</c>: an address; <see cref="RouterAddress.None"/>: none.</param>
/// <param name="Peer"><c>peer</c>; <see cref="RouterAddress.None"/>: none.</param>
/// <param name="PeerPrefixLength">Prefix length of the peer's address.</param>
/// <param name="NoPrefixRoute"><c>noprefixroute</c>.</param>
/// <param name="NoTrack"><c>no_track</c>: its loss is not acted upon.</param>
public sealed record AddressEntry(
    RouterAddress Address,
    byte PrefixLength,
    SourceSpan Span,
    string? Device = null,
    byte Scope = 0,
    string? Label = null,
    RouterAddress Broadcast = default,
    RouterAddress Peer = default,
    byte PeerPrefixLength = 0,
    bool NoPrefixRoute = false,
    bool NoTrack = false)
{
    /// <summary>Text as <c>ip address</c> prints it: <c>192.0.2.1/24</c>.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}

/// <summary>An entry of <c>static_routes</c>.</summary>
/// <param name="Destination"><see cref="RouterAddress.None"/> with <paramref name="PrefixLength"/> 0: the default route.</param>
/// <param name="Gateway"><c>via</c>; <see cref="RouterAddress.None"/>: directly connected.</param>
/// <param name="Table">Routing table, 254 (main) by default.</param>
/// <param name="Metric">0: the kernel's default.</param>
/// <param name="Source"><c>src</c>: preferred source address.</param>
/// <param name="Scope">rtnetlink's scope; null: global with a gateway, link without.</param>
public sealed record RouteEntry(
    RouterAddress Destination,
    byte PrefixLength,
    SourceSpan Span,
    RouterAddress Gateway = default,
    string? Device = null,
    uint Table = 254,
    uint Metric = 0,
    RouterAddress Source = default,
    byte? Scope = null)
{
    public override string ToString() =>
        (PrefixLength == 0 ? "default" : $"{Destination}/{PrefixLength}")
        + (Gateway == RouterAddress.None ? "" : $" via {Gateway}")
        + (Device is null ? "" : $" dev {Device}");
}
