using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>Fetches what nodes told of a stretch of time: their state at its begin, and by node and time what changed it.</summary>
public sealed class AccountReader(NpgsqlDataSource database, string schema, AuditReader audit, ContactReader contacts)
{
    /// <summary>Changes in one stretch; who asks for more is told to ask for less time.</summary>
    public const int EventLimit = 200_000;

    /// <param name="site">Null: all sites.</param>
    /// <param name="node">Null: all nodes.</param>
    /// <exception cref="ViewException">More than <see cref="EventLimit"/> changes.</exception>
    public async Task<IReadOnlyList<NodeAccount>> ReadAsync(string? site, string? node, Stretch asked, CancellationToken stop)
    {
        IReadOnlyDictionary<(string, string), ClockBound> clocks = await ClocksAsync(site, node, asked.To, stop);
        TimeSpan margin = clocks.Values.Select(clock => clock.Offset.Duration() + clock.Bound).DefaultIfEmpty().Max();
        Stretch wide = new(asked.From - margin, asked.To + margin);
        NodeState[] states =
        [
            .. (await audit.NodesAtAsync(wide.From, stop)).Where(state => (site is null || state.Tenant == site) && (node is null || state.Node == node)),
        ];
        ILookup<(string, string), RecordedEvent> events = (await EventsAsync(states, wide, stop)).ToLookup(e => (e.Tenant, e.Origin?.Node ?? ""));
        ILookup<(string, string), BootSpan> boots = await BootsAsync(states, wide, stop);
        List<ContactInterval> contact = [];
        foreach (string tenant in states.Select(state => state.Tenant).Distinct(StringComparer.Ordinal))
        {
            contact.AddRange(await contacts.IntervalsAsync(tenant, asked.From, asked.To, stop));
        }

        ILookup<(string, string), ContactInterval> contactOf = contact.ToLookup(c => (c.Tenant, c.Node));
        return
        [
            .. states.Select(state => (state, Key: (state.Tenant, state.Node))).Select(s => new NodeAccount(
                s.state, [.. events[s.Key]], [.. contactOf[s.Key]], [.. boots[s.Key]], clocks.GetValueOrDefault(s.Key, ClockBound.Unknown))),
        ];
    }

    /// <summary>The nodes' clocks as measured last before a moment, by site and node; nodes whose clock was never measured are not there.</summary>
    public async Task<IReadOnlyDictionary<(string Site, string Node), ClockBound>> ClocksAsync(string? site, string? node, DateTimeOffset at, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select n.tenant, n.node, c.clock_offset, c.bound from {schema}.kes_nodes n
            cross join lateral (
                select k.clock_offset, k.bound from {schema}.kes_node_clocks k where k.tenant = n.tenant and k.node = n.node and k.measured <= $3
                order by k.measured desc limit 1) c
            where ($1::varchar is null or n.tenant = $1) and ($2::varchar is null or n.node = $2)
            """);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = site });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = node });
        command.Parameters.AddWithValue(at.UtcDateTime);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return (await EventRows.ReadAsync(
                reader, row => (Site: row.GetString(0), Node: row.GetString(1), Clock: ClockBound.Of(row.GetTimeSpan(2), row.GetTimeSpan(3))), stop))
            .ToDictionary(row => (row.Site, row.Node), row => row.Clock);
    }

    private async Task<List<RecordedEvent>> EventsAsync(NodeState[] states, Stretch wide, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select {EventRows.Columns} from unnest($1, $2, $3) p(tenant, node, position)
            join {schema}.kes_node_events k on k.tenant = p.tenant and k.node = p.node and k.wall between $4 and $5 and k.seq_id > p.position
                and k.type in {Landmarks.Sql}
            join {schema}.mt_events e on e.seq_id = k.seq_id
            order by e.seq_id limit $6
            """);
        AddNodes(command, states);
        command.Parameters.AddWithValue(Array.ConvertAll(states, state => state.Position));
        command.Parameters.AddWithValue(wide.From.UtcDateTime);
        command.Parameters.AddWithValue(wide.To.UtcDateTime);
        command.Parameters.AddWithValue(EventLimit + 1);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        List<RecordedEvent> events = await EventRows.ReadAsync(reader, EventRows.Read, stop);
        return events.Count <= EventLimit
            ? events
            : throw new ViewException($"there were more than {EventLimit} changes from {wide.From:O} to {wide.To:O}: ask for less time, or for one site", missing: false);
    }

    private async Task<ILookup<(string, string), BootSpan>> BootsAsync(NodeState[] states, Stretch wide, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select b.tenant, b.node, b.boot, b.first_wall, b.last_wall from unnest($1, $2) p(tenant, node)
            join {schema}.kes_node_boots b on b.tenant = p.tenant and b.node = p.node and b.last_wall >= $3 and b.first_wall <= $4
            order by b.first_wall
            """);
        AddNodes(command, states);
        command.Parameters.AddWithValue(wide.From.UtcDateTime);
        command.Parameters.AddWithValue(wide.To.UtcDateTime);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return (await EventRows.ReadAsync(
                reader,
                row => (Key: (row.GetString(0), row.GetString(1)),
                    Span: new BootSpan(row.GetString(2), row.GetFieldValue<DateTime>(3), row.GetFieldValue<DateTime>(4))), stop))
            .ToLookup(row => row.Key, row => row.Span);
    }

    private static void AddNodes(NpgsqlCommand command, NodeState[] states)
    {
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Array.ConvertAll(states, state => state.Tenant));
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Array.ConvertAll(states, state => state.Node));
    }
}
