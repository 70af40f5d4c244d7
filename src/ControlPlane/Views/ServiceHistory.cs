using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>How a real server, or a virtual server's quorum, stood.</summary>
public enum HealthState
{
    /// <summary>The node was silent.</summary>
    Unknown,
    Up,
    Down,

    /// <summary>An operator has taken it out of service.</summary>
    Drained,
}

/// <summary>A stretch in which it stood so.</summary>
/// <param name="Server">Null: the virtual server's quorum.</param>
/// <param name="Weight">Effective weight of a real server; null for the quorum.</param>
/// <param name="Cause">The check and what it found; for the quorum null.</param>
public sealed record HealthStretch(
    string Node, string? Server, DateTimeOffset From, DateTimeOffset To, HealthState State, HealthState LastSaid, int? Weight, string? Cause);

/// <summary>Health of a virtual server's real servers over time, as each node saw it, on the control plane's clock. A pure fold.</summary>
/// <param name="Facts">What the nodes recorded of it, oldest first, by their clocks.</param>
/// <param name="Truncated">Earlier facts were left out.</param>
public sealed record ServiceHistory(
    string Service, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<HealthStretch> Stretches, IReadOnlyList<TimelineEntry> Facts, bool Truncated)
{
    private sealed record Said(HealthState State, int? Weight, string? Cause);

    /// <param name="server">Only this one; null: all, and the quorum.</param>
    public static IReadOnlyList<HealthStretch> Of(IEnumerable<NodeAccount> accounts, string service, string? server, Stretch asked, DateTimeOffset now) =>
    [
        .. from account in accounts
           from name in Servers(account, service).Where(name => server is null || name == server)
           from s in NodeLane.Of(account, asked, now, node => Of(node, service, name))
           where s.Value is not null
           select new HealthStretch(
               account.Node, name, s.Time.From, s.Time.To, s.Known ? s.Value!.State : HealthState.Unknown, s.Value!.State, s.Value.Weight, s.Value.Cause),
    ];

    /// <summary>The quorum first, then all real servers that it had.</summary>
    private static IEnumerable<string?> Servers(NodeAccount account, string service)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        NodeState state = account.Before;
        foreach (RecordedEvent? e in account.Events.Prepend(null))
        {
            state = e is null ? state : state.Apply(e);
            names.UnionWith(state.Services.GetValueOrDefault(service)?.Servers.Keys ?? []);
        }

        return names.Count == 0 ? [] : names.Prepend(null);
    }

    private static Said? Of(NodeState node, string service, string? server)
    {
        if (node.Services.GetValueOrDefault(service) is not { } state)
        {
            return null;
        }

        if (server is null)
        {
            return new Said(state.HasQuorum ? HealthState.Up : HealthState.Down, null, null);
        }

        return state.Servers.GetValueOrDefault(server) is { } known
            ? new Said(known.IsDrained ? HealthState.Drained : known.IsAlive ? HealthState.Up : HealthState.Down, known.Weight, known.Cause)
            : null;
    }
}
