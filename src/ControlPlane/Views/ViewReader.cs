using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>Makes the views: fetches what they need and folds it. Whatever is asked for is bounded by site, node or time.</summary>
public sealed class ViewReader(AccountReader accounts, RecordReader records, AuditReader audit, BoardStore board, ContactReader contacts, TimeProvider time)
{
    /// <summary>All that is known of a node at a moment.</summary>
    /// <exception cref="ViewException">No such node.</exception>
    public async Task<NodeSheet> NodeAsync(string? site, string node, DateTimeOffset at, bool withText, CancellationToken stop)
    {
        NodeState state = Only(await audit.NodesAtAsync(at, stop), site, node);
        NodeContact contact = (await contacts.AtAsync(at, stop)).FirstOrDefault(c => c.Tenant == state.Tenant && c.Node == node)
            ?? new NodeContact(state.Tenant, node, null, false);
        IReadOnlyDictionary<(string, string), ClockBound> clocks = await accounts.ClocksAsync(state.Tenant, node, at, stop);
        return NodeSheet.Of(
            state, contact, await records.LifeAsync(state.Tenant, node, at, stop), clocks.TryGetValue((state.Tenant, node), out ClockBound clock) ? clock : null, at,
            withText);
    }

    /// <summary>An instance's phases and priorities.</summary>
    /// <exception cref="ViewException">No such node, or it had no such instance.</exception>
    public async Task<InstanceHistory> InstanceAsync(string? site, string node, string instance, Stretch asked, CancellationToken stop)
    {
        NodeAccount account = OnlyAccount(await accounts.ReadAsync(site, node, asked, stop), node);
        PriorityChanged? earlier = await records.PriorityBeforeAsync(account.Site, node, instance, asked.From, stop);
        return InstanceHistory.Of(account, instance, asked, time.GetUtcNow(), earlier)
            ?? throw new ViewException($"{node} had no instance '{instance}' from {asked.From:O} to {asked.To:O}; there were: {string.Join(", ", InstanceHistory.NamesOf(account).DefaultIfEmpty("none"))}");
    }

    /// <summary>Who answered for an address.</summary>
    /// <param name="address">With or without a prefix length.</param>
    /// <exception cref="ViewException">No node had it configured, or nodes of several sites.</exception>
    public async Task<AddressHistory> AddressAsync(string? site, string address, Stretch asked, CancellationToken stop)
    {
        string bare = VirtualAddress.Bare(address);
        AddressHistory[] found =
        [
            .. (await accounts.ReadAsync(site, null, asked, stop)).GroupBy(account => account.Site, StringComparer.Ordinal)
                .Select(nodes => AddressHistory.Of(nodes, bare, asked, time.GetUtcNow())).OfType<AddressHistory>(),
        ];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new ViewException($"no node had the address '{bare}' configured from {asked.From:O} to {asked.To:O}"),
            _ => throw new ViewException($"address '{bare}' is at several sites: {string.Join(", ", found.Select(f => f.Site))}; name one", missing: false),
        };
    }

    /// <summary>Availability of all addresses, by site and address.</summary>
    /// <param name="address">Only this one; null: all.</param>
    public async Task<IReadOnlyList<Availability>> AvailabilityAsync(string? site, string? address, Stretch asked, CancellationToken stop)
    {
        string? bare = address is null ? null : VirtualAddress.Bare(address);
        List<Availability> found = [];
        foreach (IGrouping<string, NodeAccount> nodes in (await accounts.ReadAsync(site, null, asked, stop)).GroupBy(account => account.Site, StringComparer.Ordinal))
        {
            IEnumerable<string> names = nodes.SelectMany(Addresses).Distinct(StringComparer.Ordinal).Where(name => bare is null || name == bare);
            found.AddRange(names.Order(StringComparer.Ordinal)
                .Select(name => AddressHistory.Of(nodes, name, asked, time.GetUtcNow())?.Availability).OfType<Availability>());
        }

        return found;
    }

    /// <summary>Health of a virtual server's real servers.</summary>
    /// <param name="service">Name or label.</param>
    /// <param name="server">Only this real server; null: all.</param>
    /// <exception cref="ViewException">No node had such a virtual server.</exception>
    public async Task<ServiceHistory> HealthAsync(string? site, string? node, string service, string? server, Stretch asked, int limit, CancellationToken stop)
    {
        (IReadOnlyList<NodeState> now, _) = await board.LoadAsync(stop);
        string name = now.SelectMany(state => state.Services.Values).FirstOrDefault(state => state.Label == service)?.Service ?? service;
        IReadOnlyList<NodeAccount> told = await accounts.ReadAsync(site, node, asked, stop);
        IReadOnlyList<HealthStretch> stretches = ServiceHistory.Of(told, name, server, asked, time.GetUtcNow());
        if (stretches.Count == 0)
        {
            string known = string.Join(", ", now.SelectMany(state => state.Services.Keys).Distinct().Order(StringComparer.Ordinal));
            throw new ViewException(
                $"no node had a virtual server '{service}'{(server is null ? "" : $" with a real server '{server}'")} from {asked.From:O} to {asked.To:O}; "
                + $"now there are: {(known.Length > 0 ? known : "none")}");
        }

        (IReadOnlyList<TimelineEntry> facts, bool truncated) = await records.HealthAsync(
            [.. stretches.Select(s => s.Node).Distinct(StringComparer.Ordinal).Select(n => (told.First(a => a.Node == n).Site, n))], name, server, asked, limit, stop);
        return new ServiceHistory(name, asked.From, asked.To, stretches, facts, truncated);
    }

    /// <summary>What became of a node's configuration.</summary>
    /// <exception cref="ViewException">No such node.</exception>
    public async Task<ConfigurationHistory> ConfigurationAsync(string? site, string node, Stretch asked, bool withDifference, CancellationToken stop)
    {
        NodeState state = Only(await audit.NodesAtAsync(asked.To, stop), site, node);
        (ConfigurationLoaded? before, IReadOnlyList<EventStore.RecordedEvent> events) = await records.ConfigurationsAsync(state.Tenant, node, asked, stop);
        return new ConfigurationHistory(state.Tenant, node, asked.From, asked.To, ConfigurationHistory.Of(before, events, withDifference));
    }

    private static NodeState Only(IEnumerable<NodeState> states, string? site, string node)
    {
        NodeState[] named = [.. states.Where(state => state.Node == node && (site is null || state.Tenant == site))];
        return named.Length == 1 ? named[0] : throw Not(node, named.Select(state => state.Tenant));
    }

    private static NodeAccount OnlyAccount(IReadOnlyList<NodeAccount> found, string node) =>
        found.Count == 1 ? found[0] : throw Not(node, found.Select(account => account.Site));

    private static ViewException Not(string node, IEnumerable<string> sites) => string.Join(", ", sites) is { Length: > 0 } several
        ? new ViewException($"node '{node}' is at several sites: {several}; name one", missing: false)
        : new ViewException($"no node '{node}' is enrolled; 'kes nodes list' lists them");

    private static IEnumerable<string> Addresses(NodeAccount account) => account.Before.Instances.Values.SelectMany(instance => instance.Addresses)
        .Concat(account.Events.Select(e => e.Event).OfType<InstanceConfigured>().SelectMany(e => e.VirtualAddresses)).Select(VirtualAddress.Bare);
}
