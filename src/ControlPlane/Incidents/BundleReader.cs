using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>Fetches from the store what belongs to an incident.</summary>
public sealed class BundleReader(NpgsqlDataSource database, string schema, ContactReader contacts)
{
    private const string Lasting =
        "('node_started', 'node_stopped', 'configuration_loaded', 'instance_configured', 'instance_became_master', 'instance_became_backup', "
        + "'instance_entered_fault', 'instance_stopped', 'priority_changed', 'virtual_server_configured', 'quorum_gained', 'quorum_lost')";

    private readonly string _from = $"from {schema}.mt_events e join {schema}.kes_node_events k on k.seq_id = e.seq_id";

    public async Task<IncidentBundle> ReadAsync(IncidentView incident, DateTimeOffset now, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(incident);
        DateTimeOffset from = incident.Facts.Start - IncidentBundle.Reach;
        DateTimeOffset to = (incident.Facts.End ?? now) + IncidentBundle.Reach;
        string[] nodes = [.. incident.Facts.Nodes];
        List<RecordedEvent> before = await ReadAsync(
            $"""
            select * from (
                select distinct on (e.stream_id, kind.name) {EventRows.Columns}, k.hlc, k.node, k.node_sequence {_from}
                cross join lateral (select case when k.type in ('instance_configured', 'priority_changed', 'configuration_loaded') then k.type else '' end as name) kind
                where k.tenant = $1 and k.node = any ($2) and k.wall < $3 and k.type in {Lasting}
                order by e.stream_id, kind.name, e.version desc) e
            order by e.hlc, e.node, e.node_sequence
            """,
            [incident.Site, nodes, from.UtcDateTime], stop);
        List<RecordedEvent> events = await ReadAsync(
            $"""
            select {EventRows.Columns} {_from} where k.tenant = $1 and k.node = any ($2) and k.wall between $3 and $4
            order by k.hlc, k.node, k.node_sequence limit $5
            """,
            [incident.Site, nodes, from.UtcDateTime, to.UtcDateTime, IncidentBundle.EventLimit + 1], stop);
        bool truncated = events.Count > IncidentBundle.EventLimit;
        return new IncidentBundle(
            IncidentBundle.CurrentFormat, incident, from, to, before, truncated ? events[..IncidentBundle.EventLimit] : events, truncated,
            [.. (await contacts.IntervalsAsync(incident.Site, from, to, stop)).Where(contact => nodes.Contains(contact.Node))],
            await ClocksAsync(incident.Site, nodes, to, stop));
    }

    private async Task<IReadOnlyList<NodeClock>> ClocksAsync(string site, string[] nodes, DateTimeOffset to, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select distinct on (node) node, clock_offset, bound from {schema}.kes_node_clocks
            where tenant = $1 and node = any ($2) and measured <= $3 order by node, measured desc
            """);
        command.Parameters.AddWithValue(site);
        command.Parameters.AddWithValue(nodes);
        command.Parameters.AddWithValue(to.UtcDateTime);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, row => NodeClock.Of(row.GetString(0), ClockBound.Of(row.GetTimeSpan(1), row.GetTimeSpan(2))), stop);
    }

    private Task<List<RecordedEvent>> ReadAsync(string sql, object[] values, CancellationToken stop) => EventRows.QueryAsync(database, sql, values, stop);
}
