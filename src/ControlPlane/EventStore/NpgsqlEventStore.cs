using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>The store on Marten 9's tables.</summary>
/// <param name="schema">Where <see cref="StoreSchema.ApplyAsync"/> made them.</param>
/// <param name="signal">Raised after each append.</param>
public sealed class NpgsqlEventStore(NpgsqlDataSource database, string schema, AppendSignal signal) : IEventStore, IDisposable
{
    private readonly HighWaterMark _highWater = new(database, StoreSchema.Checked(schema));

    public async Task<IReadOnlyList<AppendedEvent>> AppendAsync(string tenant, IReadOnlyList<StreamAppend> appends, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(appends);
        while (true)
        {
            try
            {
                await using NpgsqlCommand command = database.CreateCommand();
                IReadOnlyList<AppendedEvent> placed = await AppendCommand.RunAsync(command, schema, tenant, appends, stop);
                signal.Raise();
                return placed;
            }
            catch (PostgresException collision) when (StoreDatabase.IsCollision(collision))
            {
                // The next try follows what the other has stored, or is refused
            }
        }
    }

    /// <summary>Appends in the caller's transaction; after its commit call <see cref="Announce"/>.</summary>
    internal async Task<IReadOnlyList<AppendedEvent>> AppendAsync(
        NpgsqlConnection connection, string tenant, IReadOnlyList<StreamAppend> appends, CancellationToken stop)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        return await AppendCommand.RunAsync(command, schema, tenant, appends, stop);
    }

    /// <summary>Wakes who listens for appended events.</summary>
    internal void Announce() => signal.Raise();

    public async Task<StreamSession<T>> FetchForExclusiveWritingAsync<T>(
        string tenant, string stream, T seed, Func<T, RecordedEvent, T> fold, CancellationToken stop)
    {
        NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        try
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
            await LockAsync(connection, tenant, stream, stop);
            await using NpgsqlCommand read = FetchCommand(tenant, stream, 0, null, 0);
            read.Connection = connection;
            await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(stop);
            List<RecordedEvent> events = await EventRows.ReadAsync(reader, EventRows.Read, stop);
            return new StreamSession<T>(stream, events, seed, fold, (append, cancel) => SaveAsync(transaction, tenant, append, cancel), connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<long> ProgressAsync(string name, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select last_seq_id from {schema}.mt_event_progression where name = $1");
        command.Parameters.AddWithValue(name);
        return await command.ExecuteScalarAsync(stop) is long position ? position : 0;
    }

    public async Task<bool> MoveProgressAsync(string name, long from, long to, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            from == 0
                ? $"""
                  insert into {schema}.mt_event_progression as p (name, last_seq_id, last_updated) values ($1, $2, transaction_timestamp())
                  on conflict (name) do update set last_seq_id = $2, last_updated = transaction_timestamp() where p.last_seq_id = $3
                  """
                : $"update {schema}.mt_event_progression set last_seq_id = $2, last_updated = transaction_timestamp() where name = $1 and last_seq_id = $3");
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(to);
        command.Parameters.AddWithValue(from);
        return await command.ExecuteNonQueryAsync(stop) == 1;
    }

    public async Task<IReadOnlyList<RecordedEvent>> FetchStreamAsync(
        string tenant, string stream, CancellationToken stop, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0)
    {
        await using NpgsqlCommand command = FetchCommand(tenant, stream, version, timestamp, fromVersion);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        command.Connection = connection;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        List<RecordedEvent> events = await EventRows.ReadAsync(reader, EventRows.Read, stop);
        return events.Find(e => e.Data.ValueKind == JsonValueKind.Null) is not { } binary
            ? events
            : throw new InvalidOperationException($"event {binary.Position} of stream '{stream}' ({binary.Type}) has a binary body, which this program cannot read");
    }

    public async Task<StreamState?> FetchStreamStateAsync(string tenant, string stream, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"select version, timestamp, created, is_archived from {schema}.mt_streams where tenant_id = $1 and id = $2");
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(stream);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop)
            ? new StreamState(tenant, stream, reader.GetInt64(0), reader.GetFieldValue<DateTime>(1), reader.GetFieldValue<DateTime>(2),
                reader.GetBoolean(3))
            : null;
    }

    public async Task<EventPage> ReadAllAsync(long after, int limit, CancellationToken stop, IReadOnlyList<string>? types = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        (long mark, long drawn) = await _highWater.AdvanceAsync(stop);
        if (mark <= after)
        {
            return new EventPage([], mark, mark < drawn);
        }

        await using NpgsqlCommand command = database.CreateCommand($"""
            select {EventRows.Columns} from {schema}.mt_events e
            where e.seq_id > $1 and e.seq_id <= $2 and not e.is_archived and {(types is null ? "e.type <> 'tombstone'" : "e.type = any ($4)")}
            order by e.seq_id limit $3
            """);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(mark);
        command.Parameters.AddWithValue(limit);
        if (types is not null)
        {
            command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, types.ToArray());
        }

        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return new EventPage(await EventRows.ReadAsync(reader, EventRows.Read, stop), mark, mark < drawn);
    }

    public async Task ArchiveStreamAsync(string tenant, string stream, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select {schema}.mt_archive_stream($1, $2)");
        command.Parameters.AddWithValue(stream);
        command.Parameters.AddWithValue(tenant);
        await command.ExecuteNonQueryAsync(stop);
    }

    public void Dispose() => _highWater.Dispose();

    private async Task<IReadOnlyList<AppendedEvent>> SaveAsync(NpgsqlTransaction transaction, string tenant, StreamAppend append, CancellationToken stop)
    {
        IReadOnlyList<AppendedEvent> placed = await AppendAsync(transaction.Connection!, tenant, [append], stop);
        await transaction.CommitAsync(stop);
        signal.Raise();
        return placed;
    }

    /// <summary>Takes the stream's row lock; a stream that does not exist gets a row, which a roll-back takes away.</summary>
    private async Task LockAsync(NpgsqlConnection connection, string tenant, string stream, CancellationToken stop)
    {
        foreach (string sql in new[]
        {
            $"insert into {schema}.mt_streams (tenant_id, id, version) values ($1, $2, 0) on conflict do nothing",
            $"select 1 from {schema}.mt_streams where tenant_id = $1 and id = $2 for update",
        })
        {
            await using NpgsqlCommand command = new(sql, connection);
            command.Parameters.AddWithValue(tenant);
            command.Parameters.AddWithValue(stream);
            await command.ExecuteNonQueryAsync(stop);
        }
    }

    private NpgsqlCommand FetchCommand(string tenant, string stream, long version, DateTimeOffset? timestamp, long fromVersion)
    {
        NpgsqlCommand command = new($"""
            select {EventRows.Columns} from {schema}.mt_events e
            where e.tenant_id = $1 and e.stream_id = $2 and e.version >= $3 and e.version <= $4 and e.timestamp <= $5
              and not e.is_archived and e.type <> 'tombstone'
            order by e.seq_id
            """);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(stream);
        command.Parameters.AddWithValue(fromVersion);
        command.Parameters.AddWithValue(version == 0 ? long.MaxValue : version);
        command.Parameters.AddWithValue(NpgsqlDbType.TimestampTz, timestamp?.UtcDateTime ?? DateTime.MaxValue);
        return command;
    }
}
