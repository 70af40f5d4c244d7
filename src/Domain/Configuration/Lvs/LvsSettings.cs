using System.Collections.Immutable;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Lvs;

/// <summary>All that load balancing needs of a configuration.</summary>
public sealed record LvsSettings
{
    /// <summary>In the order of the file.</summary>
    public ImmutableArray<VirtualServerSettings> VirtualServers { get; init; } = [];

    public ImmutableArray<TrackFileSettings> TrackFiles { get; init; } = [];

    public ImmutableArray<BfdInstanceSettings> BfdInstances { get; init; } = [];

    /// <summary>Root block <c>SSL</c>; null: none, certificates are not verified.</summary>
    public TlsClientSettings? Tls { get; init; }

    /// <summary><c>lvs_flush</c>: the kernel's whole table is emptied at the start.</summary>
    public bool FlushAtStart { get; init; }

    /// <summary><c>lvs_flush_on_stop</c>.</summary>
    public FlushOnStop FlushOnStop { get; init; }

    /// <summary><c>lvs_timeouts</c>.</summary>
    public LvsTimeouts Timeouts { get; init; } = new();

    /// <summary><c>lvs_sync_daemon</c>; null: none.</summary>
    public SyncDaemonSettings? SyncDaemon { get; init; }

    /// <summary><c>lvs_notify_fifo</c>; null: none.</summary>
    public FifoSettings? Fifo { get; init; }

    /// <summary><c>rs_init_notifies</c>: <c>notify_up</c> runs for servers that are up at the start.</summary>
    public bool InitialNotifies { get; init; }

    /// <summary><c>checker_process_name</c>, or keepalived_lvs with <c>process_names</c>: name of the thread that decides about checks; null: lvs.</summary>
    public string? ThreadName { get; init; }

    /// <summary><c>bfd_process_name</c>, or keepalived_bfd with <c>process_names</c>: name of the thread of the BFD sessions; null: bfd.</summary>
    public string? BfdThreadName { get; init; }

    /// <summary><c>checker_priority</c>, <c>checker_rt_priority</c>, <c>checker_cpu_affinity</c>, <c>checker_rlimit_rttime</c>, <c>checker_no_swap</c>: of the thread that decides about checks.</summary>
    public SchedulingSettings Scheduling { get; init; } = new();

    /// <summary>The same keywords with <c>bfd_</c>: of the thread of the BFD sessions.</summary>
    public SchedulingSettings BfdScheduling { get; init; } = new();

    /// <summary><c>lvs_netlink_cmd_rcv_bufs</c>.</summary>
    public NetlinkBuffer CommandBuffer { get; init; } = new();

    /// <summary><c>lvs_netlink_monitor_rcv_bufs</c>.</summary>
    public NetlinkBuffer MonitorBuffer { get; init; } = new();

    /// <summary><c>nftables_ipvs</c>; null: a group has one service for each of its addresses.</summary>
    public FirewallMarkSettings? FirewallMarks { get; init; }

    /// <summary><c>net_namespace_ipvs</c>: the network namespace whose table is used; null: the daemon's own.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>no_checker_emails</c>: mail when a server changes, not for each of its checks.</summary>
    public bool NoCheckerMails { get; init; }

    /// <summary>Nothing is to be balanced.</summary>
    public bool IsEmpty => VirtualServers.IsEmpty && SyncDaemon is null;
}

/// <summary>How the kernel schedules a thread.</summary>
/// <param name="Nice">-20 to 19; null: untouched.</param>
/// <param name="RealTimePriority">SCHED_RR priority, 1 to 99; null: off.</param>
/// <param name="RealTimeLimitMicroseconds">RLIMIT_RTTIME; null: none.</param>
/// <param name="NoSwap">mlockall.</param>
public sealed record SchedulingSettings(int? Nice = null, int? RealTimePriority = null, long? RealTimeLimitMicroseconds = null, bool NoSwap = false)
{
    /// <summary>Processors; empty: all.</summary>
    public ImmutableArray<int> Processors { get; init; } = [];
}

/// <summary>Receive buffer of a netlink socket.</summary>
/// <param name="Bytes">SO_RCVBUF; null: the kernel's.</param>
/// <param name="Force">SO_RCVBUFFORCE: beyond rmem_max.</param>
public sealed record NetlinkBuffer(uint? Bytes = null, bool Force = false);

/// <summary><c>nftables_ipvs</c>: the addresses of a group get one firewall mark by nftables, and IPVS one service for the mark.</summary>
/// <param name="Table">Name of the nftables table. Default keepalived_ipvs.</param>
/// <param name="Priority"><c>nftables_ipvs_priority</c> of the chain, -2000 to 2000. Default -1.</param>
/// <param name="FirstMark"><c>nftables_ipvs_start_fwmark</c>. Default 1000.</param>
public sealed record FirewallMarkSettings(string Table = "keepalived_ipvs", int Priority = -1, uint FirstMark = 1000);

/// <summary>What goes from the kernel's table at the stop.</summary>
public enum FlushOnStop : byte
{
    /// <summary>Real servers one by one, then their services.</summary>
    No,

    /// <summary><c>lvs_flush_on_stop VS</c>: services as they are.</summary>
    VirtualServers,

    /// <summary><c>lvs_flush_on_stop</c>: everything, also what others have put there.</summary>
    All,
}

/// <summary><c>lvs_timeouts</c> in seconds, 1 to 2678400; null, which 0 is read as: the kernel's stays.</summary>
public sealed record LvsTimeouts(uint? Tcp = null, uint? TcpFin = null, uint? Udp = null);

/// <summary><c>lvs_sync_daemon</c>.</summary>
/// <param name="Interface">At most 15 characters.</param>
/// <param name="Instance">Name of the <c>vrrp_instance</c> whose state it follows; null: sender and receiver both run.</param>
/// <param name="Id">0 to 255. Default the instance's VRID, otherwise 0.</param>
/// <param name="MaximumLength"><c>maxlen</c>, 1 to 65507; 0: the kernel's.</param>
/// <param name="Port">Default 8848.</param>
/// <param name="Ttl">0: the kernel's.</param>
/// <param name="Group">Default 224.0.0.81.</param>
public sealed record SyncDaemonSettings(
    string Interface, SourceSpan Span, string? Instance = null, byte Id = 0, int MaximumLength = 0, ushort Port = 0, byte Ttl = 0, RouterAddress Group = default);

/// <summary>Root block <c>track_file</c>: a file whose content, a whole number, changes weights.</summary>
/// <param name="Weight">-2147483647 to 2147483647; default 0.</param>
/// <param name="InitialValue"><c>init_file</c>: written at the start if the file is absent (or always with <paramref name="Overwrite"/>); null: not written.</param>
public sealed record TrackFileSettings(string Name, SourceSpan Span, string Path, int Weight = 0, bool Reverse = false, int? InitialValue = null, bool Overwrite = false);

/// <summary>Root block <c>bfd_instance</c>: one session (RFC 5880).</summary>
public sealed record BfdInstanceSettings
{
    /// <summary>At most 31 characters.</summary>
    public required string Name { get; init; }

    public required SourceSpan Span { get; init; }

    /// <summary><c>neighbor_ip</c>.</summary>
    public required RouterAddress Neighbor { get; init; }

    /// <summary><c>source_ip</c>; <see cref="RouterAddress.None"/>: the kernel chooses.</summary>
    public RouterAddress Source { get; init; }

    /// <summary><c>min_rx</c>. Default 10 ms.</summary>
    public TimeSpan MinimumReceive { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary><c>min_tx</c>. Default 10 ms.</summary>
    public TimeSpan MinimumTransmit { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary><c>idle_tx</c>, at least 1 s. Default 1 s.</summary>
    public TimeSpan IdleTransmit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>multiplier</c>, 1 to 255. Default 5.</summary>
    public byte Multiplier { get; init; } = 5;

    /// <summary><c>passive</c>: waits for the peer to begin.</summary>
    public bool Passive { get; init; }

    /// <summary><c>ttl</c> or <c>hoplimit</c>. Default 255 (IPv4) or 64 (IPv6).</summary>
    public byte Ttl { get; init; } = 255;

    /// <summary><c>max_hops</c>: how far below our TTL a received one may be; 255: not looked at. Default 0.</summary>
    public byte MaximumHops { get; init; }

    /// <summary><c>multihop</c>: port 4784 (RFC 5883) instead of 3784.</summary>
    public bool Multihop { get; init; }

    /// <summary><c>weight</c> for <c>track_bfd</c>.</summary>
    public int Weight { get; init; }

    /// <summary><c>weight N reverse</c>.</summary>
    public bool Reverse { get; init; }

    /// <summary>Neither or <c>vrrp</c> was given: instances hear of it.</summary>
    public bool ForVrrp { get; init; } = true;

    /// <summary>Neither or <c>checker</c> was given: checks hear of it.</summary>
    public bool ForCheckers { get; init; } = true;
}

/// <summary>Root block <c>SSL</c>, paths of PEM files; null: not given.</summary>
/// <param name="Password">Of the private key. Never written to an event, a log or a page.</param>
public sealed record TlsClientSettings(SourceSpan Span, string? Authority = null, string? Certificate = null, string? Key = null, string? Password = null);
