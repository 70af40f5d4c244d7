using System.Collections.Immutable;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>What one node last said of one of its virtual servers. A pure fold.</summary>
/// <param name="Service">Its name: <c>[192.0.2.1]:tcp:80</c>.</param>
/// <param name="Label">What people call it; null: nothing.</param>
/// <param name="Balanced">False: the node's kernel has no IPVS.</param>
/// <param name="SorryServer">Null: none.</param>
/// <param name="Since">When its quorum was gained or lost last, or it was configured.</param>
/// <param name="Servers">By their names: <c>[198.51.100.1]:80</c>.</param>
/// <param name="Position">Event on whose word it stands.</param>
public sealed record ServiceState(
    string Service, string? Label, bool Balanced, bool HasQuorum, long Quorum, string? SorryServer, DateTimeOffset Since,
    ImmutableSortedDictionary<string, ServerState> Servers, long Position)
{
    internal static ServiceState Of(VirtualServerConfigured e, RecordedEvent recorded) => new(
        e.Service, e.Label, e.Balanced, e.HasQuorum, e.Quorum, e.SorryServer, recorded.Time,
        e.RealServers.ToImmutableSortedDictionary(
            server => server.RealServer,
            server => new ServerState(server.RealServer, server.Label, server.IsAlive, server.Weight, false, recorded.Time, "configured"),
            StringComparer.Ordinal),
        recorded.Position);

    /// <summary>Folds one event of this virtual server; others change nothing.</summary>
    internal ServiceState Apply(IHealthEvent fact, RecordedEvent recorded)
    {
        ServiceState changed = fact switch
        {
            RealServerUp e => With(e.RealServer, server => server with { IsAlive = true, Weight = e.Weight, Since = recorded.Time, Cause = e.Cause }),
            RealServerDown e => With(e.RealServer, server => server with { IsAlive = false, Weight = e.Weight, Since = recorded.Time, Cause = e.Cause }),
            RealServerWeightChanged e => With(e.RealServer, server => server with { Weight = e.To }),
            RealServerDrained e => With(e.RealServer, server => server with { IsDrained = e.Drained, Since = recorded.Time, Cause = $"by {e.By}" }),
            QuorumGained => this with { HasQuorum = true, Since = recorded.Time },
            QuorumLost => this with { HasQuorum = false, Since = recorded.Time },
            _ => this,
        };
        return ReferenceEquals(changed, this) ? this : changed with { Position = recorded.Position };
    }

    private ServiceState With(string server, Func<ServerState, ServerState> change) =>
        Servers.TryGetValue(server, out ServerState? known) ? this with { Servers = Servers.SetItem(server, change(known)) } : this;
}

/// <summary>One real server, as a node last said.</summary>
/// <param name="Weight">Effective weight; while drained the kernel has 0.</param>
/// <param name="Since">Since when it is as it is.</param>
/// <param name="Cause">The check, and what it found.</param>
public sealed record ServerState(string Server, string? Label, bool IsAlive, int Weight, bool IsDrained, DateTimeOffset Since, string Cause);
