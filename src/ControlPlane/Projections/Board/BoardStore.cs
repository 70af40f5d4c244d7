using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>Rows of the board, keyed by the projection's version.</summary>
public sealed class BoardStore(NpgsqlDataSource database, string schema)
{
    /// <summary>Name of the projection.</summary>
    public const string Projection = "KesBoard";

    /// <summary>All nodes' states in the live version, and the position of the last event in them. Whoever runs the projection, this process or another.</summary>
    public async Task<(IReadOnlyList<NodeState> Nodes, long Position)> LoadAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
        (int? version, long position) = await LiveAsync(connection, stop);
        return (version is { } live ? await LoadAsync(connection, live, stop) : [], position);
    }

    /// <summary>Position of the last event in the board.</summary>
    public async Task<long> PositionAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        return (await LiveAsync(connection, stop)).Position;
    }

    private async Task<(int? Version, long Position)> LiveAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand find = new($"""
            select r.live_version, p.last_seq_id from {schema}.kes_projections r
            left join {schema}.mt_event_progression p on p.name = r.name || case r.live_version when 1 then '' else ':V' || r.live_version end || ':All'
            where r.name = $1
            """, connection);
        find.Parameters.AddWithValue(Projection);
        await using NpgsqlDataReader reader = await find.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? (reader.GetInt32(0), reader.IsDBNull(1) ? 0 : reader.GetInt64(1)) : (null, 0);
    }

    internal async Task<IReadOnlyList<NodeState>> LoadAsync(NpgsqlConnection connection, int version, CancellationToken stop)
    {
        await using NpgsqlCommand rows = new($"select state from {schema}.kes_board where version = $1 order by tenant, node", connection);
        rows.Parameters.AddWithValue(version);
        await using NpgsqlDataReader reader = await rows.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, row => JsonSerializer.Deserialize<NodeState>(row.GetString(0), ApiJson.Options)!, stop);
    }

    /// <summary>Writes the changed rows, in the connection's transaction.</summary>
    internal async Task SaveAsync(NpgsqlConnection connection, int version, IReadOnlyCollection<NodeState> changed, CancellationToken stop)
    {
        if (changed.Count == 0)
        {
            return;
        }

        NodeState[] states = [.. changed];
        await using NpgsqlCommand upsert = new($"""
            insert into {schema}.kes_board (version, tenant, node, state) select $1, u.tenant, u.node, u.state from unnest($2, $3, $4) u(tenant, node, state)
            on conflict (version, tenant, node) do update set state = excluded.state
            """, connection);
        upsert.Parameters.AddWithValue(version);
        upsert.Parameters.AddWithValue(Array.ConvertAll(states, state => state.Tenant));
        upsert.Parameters.AddWithValue(Array.ConvertAll(states, state => state.Node));
        upsert.Parameters.AddWithValue(
            NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(states, state => JsonSerializer.Serialize(state, ApiJson.Options)));
        await upsert.ExecuteNonQueryAsync(stop);
    }

    internal async Task DeleteAsync(NpgsqlConnection connection, int version, CancellationToken stop)
    {
        await using NpgsqlCommand delete = new($"delete from {schema}.kes_board where version = $1", connection);
        delete.Parameters.AddWithValue(version);
        await delete.ExecuteNonQueryAsync(stop);
    }
}
