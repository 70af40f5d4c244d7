using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>Rows of the board, keyed by the projection's version.</summary>
public sealed class BoardStore(NpgsqlDataSource database, string schema)
{
    /// <summary>Name of the projection.</summary>
    public const string Projection = "KesBoard";

    private const NpgsqlDbType Times = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;

    /// <summary>
    /// States of all nodes of sites that live here, in the live version, and the position of the last event in them. Whoever runs the projection, this process
    /// or another.
    /// </summary>
    public async Task<(IReadOnlyList<NodeState> Nodes, long Position)> LoadAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
        (int? version, long position) = await LiveAsync(connection, stop);
        return (version is { } live ? await LoadAsync(connection, live, stop, TenantRegister.Shown(schema, "tenant")) : [], position);
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

    /// <param name="which">Condition on the rows.</param>
    internal async Task<IReadOnlyList<NodeState>> LoadAsync(NpgsqlConnection connection, int version, CancellationToken stop, string which = "true")
    {
        await using NpgsqlCommand rows = new($"select state from {schema}.kes_board where version = $1 and {which} order by tenant, node", connection);
        rows.Parameters.AddWithValue(version);
        await using NpgsqlDataReader reader = await rows.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, row => JsonSerializer.Deserialize<NodeState>(row.GetString(0), ApiJson.Options)!, stop);
    }

    /// <summary>Writes what a fold changed, in the connection's transaction.</summary>
    internal async Task SaveAsync(NpgsqlConnection connection, int version, BoardFold fold, CancellationToken stop)
    {
        if (fold.Changed.Count == 0)
        {
            return;
        }

        await using NpgsqlBatch batch = new(connection);
        batch.BatchCommands.Add(Rows($"""
            insert into {schema}.kes_board (version, tenant, node, state) select $1, u.tenant, u.node, u.state from unnest($2, $3, $4) u(tenant, node, state)
            on conflict (version, tenant, node) do update set state = excluded.state
            """, version, [.. fold.Changed.Values]));
        if (fold.Kept.Count > 0)
        {
            NpgsqlBatchCommand keep = Rows($"""
                insert into {schema}.kes_board_snapshots (version, tenant, node, state, wall, position)
                select $1, u.* from unnest($2, $3, $4, $5, $6) u on conflict do nothing
                """, version, fold.Kept);
            keep.Parameters.Add(new NpgsqlParameter { Value = fold.Kept.ConvertAll(state => state.LatestWall.UtcDateTime), NpgsqlDbType = Times });
            keep.Parameters.Add(new NpgsqlParameter { Value = fold.Kept.ConvertAll(state => state.Position) });
            batch.BatchCommands.Add(keep);
        }

        if (fold.Late.Count > 0)
        {
            NpgsqlBatchCommand late = new($"""
                insert into {schema}.kes_board_late (version, tenant, node, seq_id, wall) select $1, u.* from unnest($2, $3, $4, $5) u on conflict do nothing
                """);
            late.Parameters.Add(new NpgsqlParameter { Value = version });
            late.Parameters.Add(new NpgsqlParameter { Value = fold.Late.ConvertAll(e => e.Tenant) });
            late.Parameters.Add(new NpgsqlParameter { Value = fold.Late.ConvertAll(e => e.Node) });
            late.Parameters.Add(new NpgsqlParameter { Value = fold.Late.ConvertAll(e => e.Position) });
            late.Parameters.Add(new NpgsqlParameter { Value = fold.Late.ConvertAll(e => e.Time.UtcDateTime), NpgsqlDbType = Times });
            batch.BatchCommands.Add(late);
        }

        await batch.ExecuteNonQueryAsync(stop);
    }

    internal async Task DeleteAsync(NpgsqlConnection connection, int version, CancellationToken stop)
    {
        foreach (string table in new[] { "kes_board", "kes_board_snapshots", "kes_board_late" })
        {
            await using NpgsqlCommand delete = new($"delete from {schema}.{table} where version = $1", connection);
            delete.Parameters.AddWithValue(version);
            await delete.ExecuteNonQueryAsync(stop);
        }
    }

    private static NpgsqlBatchCommand Rows(string sql, int version, List<NodeState> states)
    {
        NpgsqlBatchCommand command = new(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = version });
        command.Parameters.Add(new NpgsqlParameter { Value = states.ConvertAll(state => state.Tenant) });
        command.Parameters.Add(new NpgsqlParameter { Value = states.ConvertAll(state => state.Node) });
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = states.ConvertAll(state => JsonSerializer.Serialize(state, ApiJson.Options)),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
        });
        return command;
    }
}
