using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>Rows of the board and its checkpoint, which change together or not at all.</summary>
public sealed class BoardStore(NpgsqlDataSource database, string schema)
{
    /// <summary>Name in <c>mt_event_progression</c>, in Marten's form for a projection's shard.</summary>
    public const string Shard = "KesBoard:All";

    /// <summary>All nodes' states, and the position of the last event in them.</summary>
    public async Task<(IReadOnlyList<NodeState> Nodes, long Position)> LoadAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
        await using NpgsqlCommand position = new($"select last_seq_id from {schema}.mt_event_progression where name = $1", connection);
        position.Parameters.AddWithValue(Shard);
        long last = await position.ExecuteScalarAsync(stop) is long at ? at : 0;
        await using NpgsqlCommand rows = new($"select state from {schema}.kes_board order by tenant, node", connection);
        await using NpgsqlDataReader reader = await rows.ExecuteReaderAsync(stop);
        List<NodeState> nodes = await EventRows.ReadAsync(
            reader, row => JsonSerializer.Deserialize<NodeState>(row.GetString(0), ApiJson.Options)!, stop);
        return (nodes, last);
    }

    /// <summary>Writes the changed rows and moves the checkpoint, in one transaction.</summary>
    /// <returns>False, and nothing is written, when the checkpoint is not at <paramref name="from"/>: another server runs this projection
    /// too.</returns>
    public async Task<bool> SaveAsync(IReadOnlyCollection<NodeState> changed, long from, long to, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(changed);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await using NpgsqlCommand checkpoint = new(
            from == 0
                ? $"""
                  insert into {schema}.mt_event_progression as p (name, last_seq_id, last_updated) values ($1, $2, transaction_timestamp())
                  on conflict (name) do update set last_seq_id = $2, last_updated = transaction_timestamp() where p.last_seq_id = $3
                  """
                : $"update {schema}.mt_event_progression set last_seq_id = $2, last_updated = transaction_timestamp() where name = $1 and last_seq_id = $3",
            connection);
        checkpoint.Parameters.AddWithValue(Shard);
        checkpoint.Parameters.AddWithValue(to);
        checkpoint.Parameters.AddWithValue(from);
        if (await checkpoint.ExecuteNonQueryAsync(stop) == 0)
        {
            return false;
        }

        NodeState[] states = [.. changed];
        await using NpgsqlCommand upsert = new($"""
            insert into {schema}.kes_board (tenant, node, state) select * from unnest($1, $2, $3)
            on conflict (tenant, node) do update set state = excluded.state
            """, connection);
        upsert.Parameters.AddWithValue(Array.ConvertAll(states, state => state.Tenant));
        upsert.Parameters.AddWithValue(Array.ConvertAll(states, state => state.Node));
        upsert.Parameters.AddWithValue(
            NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(states, state => JsonSerializer.Serialize(state, ApiJson.Options)));
        await upsert.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>Forgets rows and checkpoint; the next run folds from the first event.</summary>
    public async Task ResetAsync(CancellationToken stop)
    {
        await using NpgsqlBatch batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"delete from {schema}.kes_board"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"delete from {schema}.mt_event_progression where name = '{Shard}'"));
        await batch.ExecuteNonQueryAsync(stop);
    }
}
