using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>
/// What a board of the past is made from: for each node the last kept state all of whose events are from before the moment, and the events from there to the moment.
/// Those are found by their time; the few whose node's clock had gone back by then are in a table.
/// </summary>
public sealed class BoardHistory(NpgsqlDataSource database, string schema)
{
    /// <summary>The last kept state of each node; a node without one is there with an empty state.</summary>
    internal async Task<IReadOnlyDictionary<(string Tenant, string Node), NodeState>> KeptAsync(DateTimeOffset moment, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select n.tenant, n.node, s.state from {schema}.kes_nodes n
            left join lateral (
                select k.state from {schema}.kes_board_snapshots k
                where k.version = (select live_version from {schema}.kes_projections where name = $2) and k.tenant = n.tenant and k.node = n.node and k.wall <= $1
                order by k.wall desc, k.position desc limit 1) s on true
            where {TenantRegister.Shown(schema, "n.tenant")}
            """);
        command.Parameters.AddWithValue(moment.UtcDateTime);
        command.Parameters.AddWithValue(BoardStore.Projection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        List<NodeState> states = await EventRows.ReadAsync(
            reader,
            row => row.IsDBNull(2)
                ? NodeState.Empty(row.GetString(0), row.GetString(1))
                : JsonSerializer.Deserialize<NodeState>(row.GetString(2), ApiJson.Options)!,
            stop);
        return states.ToDictionary(state => (state.Tenant, state.Node));
    }

    /// <summary>The events from the kept states to the moment, in order of position.</summary>
    internal async Task<IReadOnlyList<RecordedEvent>> SinceAsync(IEnumerable<NodeState> kept, DateTimeOffset moment, CancellationToken stop)
    {
        NodeState[] states = [.. kept];
        await using NpgsqlCommand command = database.CreateCommand($"""
            select {EventRows.Columns} from unnest($1, $2, $3, $4) p(tenant, node, wall, position)
            cross join lateral (
                select k.seq_id from {schema}.kes_node_events k
                where k.tenant = p.tenant and k.node = p.node and k.wall between p.wall and $5 and k.seq_id > p.position and k.type in {Landmarks.Sql}
                union
                select l.seq_id from {schema}.kes_board_late l
                where l.version = (select live_version from {schema}.kes_projections where name = $6) and l.tenant = p.tenant and l.node = p.node
                  and l.wall < p.wall and l.seq_id > p.position) q
            join {schema}.mt_events e on e.seq_id = q.seq_id
            order by e.seq_id
            """);
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Array.ConvertAll(states, state => state.Tenant));
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Array.ConvertAll(states, state => state.Node));
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Array.ConvertAll(states, state => state.LatestWall.UtcDateTime));
        command.Parameters.AddWithValue(Array.ConvertAll(states, state => state.Position));
        command.Parameters.AddWithValue(moment.UtcDateTime);
        command.Parameters.AddWithValue(BoardStore.Projection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, EventRows.Read, stop);
    }
}
