using Keepalived.Es.Domain.Bfd;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Events;

/// <summary>A fact about one virtual server: it goes into the stream <c>health/&lt;node&gt;/&lt;service&gt;</c>.</summary>
public interface IHealthEvent : INodeEvent
{
    /// <summary>Name of the virtual server: <c>[192.0.2.1]:tcp:80</c>, <c>FWM 1</c>.</summary>
    string Service { get; }
}

/// <summary>A virtual server runs with this configuration.</summary>
/// <param name="Label"><c>snmp_name</c>; null: none.</param>
/// <param name="Services">IPVS services, more than one for a group.</param>
/// <param name="RealServers">In their order.</param>
/// <param name="SorryServer">Null: none.</param>
/// <param name="HasQuorum">At this moment.</param>
/// <param name="Balanced">False: the kernel has no IPVS here, servers are checked and nothing is balanced.</param>
[EventAlias("virtual_server_configured")]
public sealed record VirtualServerConfigured(
    string Node, string Service, string? Label, IReadOnlyList<string> Services, string Scheduler, IReadOnlyList<RealServerConfigured> RealServers, string? SorryServer,
    long Quorum, long Hysteresis, bool HasQuorum, bool Balanced) : IHealthEvent;

/// <summary>One of its real servers.</summary>
/// <param name="Checks">Keyword and target of each check.</param>
/// <param name="IsAlive">At this moment.</param>
public sealed record RealServerConfigured(string RealServer, string? Label, int Weight, IReadOnlyList<string> Checks, bool IsAlive);

/// <summary>A virtual server is no longer configured, or the daemon stops.</summary>
[EventAlias("virtual_server_removed")]
public sealed record VirtualServerRemoved(string Node, string Service, string Reason) : IHealthEvent;

/// <summary>A check has begun to fail or to succeed.</summary>
/// <param name="Check">Keyword and target: <c>TCP_CHECK 198.51.100.1:80</c>.</param>
/// <param name="Tries">Tries that decided.</param>
/// <param name="Note">What the last of them found.</param>
/// <param name="Duration">Of the last.</param>
[EventAlias("check_changed")]
public sealed record CheckChanged(
    string Node, string Service, string RealServer, string Check, CheckStatus From, CheckStatus To, long Tries, string Note, TimeSpan Duration) : IHealthEvent;

/// <summary>Checks could not be made for want of something on this host; nothing is concluded about the servers. At most once in ten seconds.</summary>
[EventAlias("checks_not_made")]
public sealed record ChecksNotMade(string Node, string Service, string RealServer, string Check, string Note, long Count) : IHealthEvent;

/// <summary>Checks began later than they were due, by more than a second: this host is too busy. At most once in ten seconds.</summary>
/// <param name="Count">Since the last such event.</param>
/// <param name="Largest">The latest of them.</param>
[EventAlias("checks_late")]
public sealed record ChecksLate(string Node, long Count, TimeSpan Largest) : INodeEvent;

/// <summary>A real server is alive from here on.</summary>
[EventAlias("real_server_up")]
public sealed record RealServerUp(string Node, string Service, string RealServer, int Weight, string Cause) : IHealthEvent;

/// <summary>A real server is not alive from here on.</summary>
/// <param name="Cause">The check, and what it found.</param>
[EventAlias("real_server_down")]
public sealed record RealServerDown(string Node, string Service, string RealServer, int Weight, string Cause) : IHealthEvent;

/// <summary>The effective weight of a real server changed.</summary>
[EventAlias("real_server_weight_changed")]
public sealed record RealServerWeightChanged(string Node, string Service, string RealServer, int From, int To, string Cause) : IHealthEvent;

/// <summary>An operator took a real server out of service, or it is back.</summary>
/// <param name="Drained">True: no new connections from here on.</param>
/// <param name="For">Until it comes back by itself; null: until further notice, or it is back.</param>
/// <param name="By">Who asked for it.</param>
[EventAlias("real_server_drained")]
public sealed record RealServerDrained(string Node, string Service, string RealServer, bool Drained, TimeSpan? For, string By) : IHealthEvent;

/// <summary>Enough real servers are alive again.</summary>
/// <param name="Weight">Sum of their weights.</param>
[EventAlias("quorum_gained")]
public sealed record QuorumGained(string Node, string Service, long Weight, long Quorum, long Hysteresis) : IHealthEvent;

/// <summary>Too few real servers are alive.</summary>
/// <param name="SorryServer">It has the connections now; null: there is none.</param>
[EventAlias("quorum_lost")]
public sealed record QuorumLost(string Node, string Service, long Weight, long Quorum, long Hysteresis, string? SorryServer) : IHealthEvent;

/// <summary>The kernel's table was changed, or refused to be.</summary>
/// <param name="Change">In words: <c>198.51.100.1:80 added with weight 3</c>.</param>
/// <param name="Error">Null: done; otherwise the kernel's words.</param>
[EventAlias("pool_changed")]
public sealed record PoolChanged(string Node, string Service, string Change, string? Error) : IHealthEvent;

/// <summary>Somebody else had changed the kernel's table; it was put right.</summary>
/// <param name="Found">What was not as it should be, in words.</param>
[EventAlias("pool_corrected")]
public sealed record PoolCorrected(string Node, string Service, IReadOnlyList<string> Found) : IHealthEvent;

/// <summary>The tables of connections are sent or received by the kernel from here on.</summary>
/// <param name="State"><c>master</c>, <c>backup</c> or <c>stopped</c>.</param>
[EventAlias("sync_daemon_changed")]
public sealed record SyncDaemonChanged(string Node, string Interface, string State, byte SyncId, string? Error) : INodeEvent;

/// <summary>A BFD session changed its state.</summary>
/// <param name="Session">Name of the <c>bfd_instance</c>.</param>
/// <param name="Neighbor">Its <c>neighbor_ip</c>.</param>
/// <param name="Diagnostic">Why it left Up last, as the neighbor is told.</param>
/// <param name="RemoteState">What the neighbor said of itself last.</param>
[EventAlias("bfd_session_changed")]
public sealed record BfdSessionChanged(
    string Node, string Session, RouterAddress Neighbor, BfdSessionState From, BfdSessionState To, BfdDiagnostic Diagnostic, BfdSessionState RemoteState) : INodeEvent;
