using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>A shard's row in <c>mt_event_progression</c>, guarded as Marten guards it: a second runner finds it moved and gives up.</summary>
internal sealed class ShardCheckpoint(string schema, IProjection projection)
{
    private readonly string _shard = Shard.Name(projection);

    /// <returns>The position; null when this version is neither live nor being built.</returns>
    internal async Task<long?> LoadAsync(NpgsqlDataSource database, CancellationToken stop)
    {
        await using NpgsqlBatch batch = database.CreateBatch();
        NpgsqlBatchCommand add = new($"""
            with wanted as (select from {schema}.kes_projections where name = $2 and $3 in (live_version, building_version) for share)
            insert into {schema}.mt_event_progression (name, last_seq_id, last_updated) select $1, 0, transaction_timestamp() from wanted on conflict do nothing
            """);
        add.Parameters.Add(new NpgsqlParameter { Value = _shard });
        add.Parameters.Add(new NpgsqlParameter { Value = projection.Name });
        add.Parameters.Add(new NpgsqlParameter { Value = projection.Version });
        NpgsqlBatchCommand read = new($"select last_seq_id from {schema}.mt_event_progression where name = $1");
        read.Parameters.Add(new NpgsqlParameter { Value = _shard });
        batch.BatchCommands.Add(add);
        batch.BatchCommands.Add(read);
        return await batch.ExecuteScalarAsync(stop) as long?;
    }

    /// <summary>Moves it, in the connection's transaction, and keeps it locked until that ends.</summary>
    /// <returns>The database's clock; null when the checkpoint is not at <paramref name="from"/>.</returns>
    internal async Task<DateTimeOffset?> MoveAsync(NpgsqlConnection connection, long from, long to, CancellationToken stop)
    {
        await using NpgsqlCommand move = new($"""
            update {schema}.mt_event_progression set last_seq_id = $2, last_updated = transaction_timestamp() where name = $1 and last_seq_id = $3
            returning clock_timestamp()
            """, connection);
        move.Parameters.AddWithValue(_shard);
        move.Parameters.AddWithValue(to);
        move.Parameters.AddWithValue(from);
        return await move.ExecuteScalarAsync(stop) is DateTime now ? now : null;
    }
}
