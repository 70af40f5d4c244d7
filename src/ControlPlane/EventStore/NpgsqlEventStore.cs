using Keepalived.Es.Domain.Events;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>The store on Marten 9's tables.</summary>
/// <param name="schema">Where <see cref="StoreSchema.ApplyAsync"/> made them.</param>
public sealed class NpgsqlEventStore(NpgsqlDataSource database, string schema) : IEventStore, IDisposable
{
    private readonly HighWaterMark _highWater = new(database, StoreSchema.Checked(schema));

    public async Task<IReadOnlyList<AppendedEvent>> AppendAsync(string tenant, IReadOnlyList<StreamAppend> appends, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(appends);
        (string Stream, NewEvent Event)[] rows = [.. appends.SelectMany(append => append.Events.Select(e => (append.Stream, e)))];
        if (rows.Length == 0)
        {
            return [];
        }

        await using NpgsqlCommand command = database.CreateCommand();
        return await AppendAsync(command, tenant, appends, rows, stop);
    }

    /// <summary>Appends in the caller's transaction.</summary>
    internal async Task<IReadOnlyList<AppendedEvent>> AppendAsync(
        NpgsqlConnection connection, string tenant, IReadOnlyList<StreamAppend> appends, CancellationToken stop)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        return await AppendAsync(command, tenant, appends, [.. appends.SelectMany(append => append.Events.Select(e => (append.Stream, e)))], stop);
    }

    private async Task<IReadOnlyList<AppendedEvent>> AppendAsync(
        NpgsqlCommand command, string tenant, IReadOnlyList<StreamAppend> appends, (string Stream, NewEvent Event)[] rows, CancellationToken stop)
    {
        Fill(command, tenant, [.. appends.Where(append => append.ExpectedVersion is not null)], rows);
        try
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
            return await EventRows.ReadAsync(reader, row => new AppendedEvent(row.GetInt64(1), row.GetInt64(2)), stop);
        }
        catch (PostgresException refusal) when (Refusal(refusal) is { } named)
        {
            throw named;
        }
    }

    public async Task<IReadOnlyList<RecordedEvent>> FetchStreamAsync(
        string tenant, string stream, CancellationToken stop, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select {EventRows.Columns} from {schema}.mt_events e
            where e.tenant_id = $1 and e.stream_id = $2 and e.version >= $3 and e.version <= $4 and e.timestamp <= $5
              and not e.is_archived and e.type <> 'tombstone'
            order by e.seq_id
            """);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(stream);
        command.Parameters.AddWithValue(fromVersion);
        command.Parameters.AddWithValue(version == 0 ? long.MaxValue : version);
        command.Parameters.AddWithValue(timestamp?.UtcDateTime ?? DateTime.MaxValue);
        command.Parameters[^1].NpgsqlDbType = NpgsqlDbType.TimestampTz;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, EventRows.Read, stop);
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

    public async Task<EventPage> ReadAllAsync(long after, int limit, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        (long mark, long drawn) = await _highWater.AdvanceAsync(stop);
        if (mark <= after)
        {
            return new EventPage([], mark, mark < drawn);
        }

        await using NpgsqlCommand command = database.CreateCommand($"""
            select {EventRows.Columns} from {schema}.mt_events e
            where e.seq_id > $1 and e.seq_id <= $2 and not e.is_archived and e.type <> 'tombstone'
            order by e.seq_id limit $3
            """);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(mark);
        command.Parameters.AddWithValue(limit);
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

    private void Fill(NpgsqlCommand command, string tenant, StreamAppend[] expecting, (string Stream, NewEvent Event)[] rows)
    {
        command.CommandText =
            $"select ordinal, seq_id, version from {schema}.kes_append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) order by ordinal";
        NpgsqlParameterCollection p = command.Parameters;
        p.AddWithValue(tenant);
        p.AddWithValue(Array.ConvertAll(expecting, append => append.Stream));
        p.AddWithValue(Array.ConvertAll(expecting, append => append.ExpectedVersion!.Value));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Stream));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Event.Id));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Event.Type));
        p.AddWithValue(Array.ConvertAll(rows, row => EventCatalog.DotNetTypeOf(row.Event.Type) ?? row.Event.Type));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(rows, row => row.Event.Data));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Array.ConvertAll(rows, row => row.Event.Timestamp.UtcDateTime));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Array.ConvertAll(rows, row => row.Event.CorrelationId));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Array.ConvertAll(rows, row => row.Event.CausationId));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(rows, row => row.Event.Headers));
    }

    private static EventStoreException? Refusal(PostgresException refusal) => refusal.SqlState switch
    {
        "KS001" => new ExistingStreamIdCollisionException(refusal.MessageText, refusal),
        "MT003" => new EventStreamUnexpectedMaxEventIdException(refusal.MessageText, long.Parse(refusal.Hint ?? "0"), refusal),
        "MT001" => new InvalidStreamOperationException(refusal.MessageText, refusal),
        _ => null,
    };
}
