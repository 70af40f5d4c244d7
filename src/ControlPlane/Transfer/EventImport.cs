using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Transfer;

/// <summary>What an import did.</summary>
/// <param name="Stored">Events stored.</param>
/// <param name="Known">Events that were there already.</param>
public sealed record ImportReply(long Stored, long Known);

/// <summary>The events cannot be taken; nothing of the batch was stored.</summary>
public sealed class ImportRefusedException(string message) : Exception(message);

/// <summary>
/// Takes exported events: to the same streams, in the same versions, with the nodes' records. What is there already is passed over, so that one may go on.
/// </summary>
public sealed class EventImport(NpgsqlDataSource database, string schema, AppendSignal signal, TenantRegister tenants)
{
    /// <summary>Stores a batch in one transaction.</summary>
    /// <param name="batch">In the order of the export.</param>
    /// <param name="move">The move that its site arrives in; null: it lives here.</param>
    /// <exception cref="ImportRefusedException">A stream has another event at that version, or lacks the one before.</exception>
    /// <exception cref="MoveRefusedException">A site of the batch is not arriving in the move.</exception>
    public async Task<ImportReply> StoreAsync(IReadOnlyList<ExportedEvent> batch, Guid? move, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        long stored = 0;
        foreach (IGrouping<string, ExportedEvent> site in batch.GroupBy(e => e.Site))
        {
            if (move is { } arriving)
            {
                await tenants.EnterArrivingAsync(connection, site.Key, arriving, stop);
            }

            List<ExportedEvent> fresh = await FreshAsync(connection, site.Key, [.. site], stop);
            if (fresh.Count > 0)
            {
                await AppendAsync(connection, site.Key, fresh, stop);
                stored += fresh.Count;
            }
        }

        await transaction.CommitAsync(stop);
        signal.Raise();
        return new ImportReply(stored, batch.Count - stored);
    }

    /// <summary>
    /// Archives the events that were, and the streams whose last event was; called when all events are there, since an archived stream takes none. A node
    /// opens its archived stream again, so that in a stream that is not archived the first events may be.
    /// </summary>
    public async Task ArchiveAsync(IReadOnlyList<ExportedEvent> batch, Guid? move, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        foreach (IGrouping<string, ExportedEvent> site in batch.Where(e => e.Archived).GroupBy(e => e.Site))
        {
            if (move is { } arriving)
            {
                await tenants.EnterArrivingAsync(connection, site.Key, arriving, stop);
            }

            await using NpgsqlCommand archive = new($"""
                with archived as (
                    update {schema}.mt_events e set is_archived = true from unnest($2, $3) u(stream, version)
                    where e.tenant_id = $1 and e.stream_id = u.stream and e.version = u.version)
                update {schema}.mt_streams s set is_archived = true from unnest($2, $3) u(stream, version)
                where s.tenant_id = $1 and s.id = u.stream and s.version = u.version
                """, connection);
            archive.Parameters.AddWithValue(site.Key);
            archive.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, site.Select(e => e.Stream).ToArray());
            archive.Parameters.AddWithValue(site.Select(e => e.Version).ToArray());
            await archive.ExecuteNonQueryAsync(stop);
        }

        await transaction.CommitAsync(stop);
    }

    private async Task<List<ExportedEvent>> FreshAsync(NpgsqlConnection connection, string site, ExportedEvent[] events, CancellationToken stop)
    {
        await using NpgsqlCommand known = new($"""
            select u.ord, (select e.id from {schema}.mt_events e where e.tenant_id = $1 and e.stream_id = u.stream and e.version = u.version)
            from unnest($2, $3) with ordinality u(stream, version, ord) order by u.ord
            """, connection);
        known.Parameters.AddWithValue(site);
        known.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Array.ConvertAll(events, e => e.Stream));
        known.Parameters.AddWithValue(Array.ConvertAll(events, e => e.Version));
        await using NpgsqlDataReader reader = await known.ExecuteReaderAsync(stop);
        List<Guid?> ids = await EventRows.ReadAsync(reader, row => row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1), stop);
        List<ExportedEvent> fresh = [];
        for (int i = 0; i < events.Length; i++)
        {
            if (ids[i] is { } there && there != events[i].Id)
            {
                throw new ImportRefusedException(
                    $"event {events[i].Position}: stream '{events[i].Stream}' of site '{site}' has another event at version {events[i].Version}: " +
                    $"{there}, not {events[i].Id}");
            }

            if (ids[i] is null)
            {
                fresh.Add(events[i]);
            }
        }

        return fresh;
    }

    private async Task AppendAsync(NpgsqlConnection connection, string site, List<ExportedEvent> events, CancellationToken stop)
    {
        StreamAppend[] appends = [.. events.Select(e => new StreamAppend(
            e.Stream, [new NewEvent(e.Id, e.Type, e.Data.GetRawText(), e.Time, e.Correlation, e.Causation, e.Headers?.GetRawText(), e.DotNetType)]))];
        await using NpgsqlCommand append = connection.CreateCommand();
        IReadOnlyList<AppendedEvent> placed = await AppendCommand.RunAsync(append, schema, site, appends, stop);
        for (int i = 0; i < placed.Count; i++)
        {
            if (placed[i].Version != events[i].Version)
            {
                throw new ImportRefusedException(
                    $"event {events[i].Position}: stream '{events[i].Stream}' of site '{site}' would have it at version {placed[i].Version}, " +
                    $"not {events[i].Version}: events before it are missing");
            }
        }

        await NodeRecordsAsync(connection, site, [.. events.Zip(placed).Where(pair => pair.First.Node is not null)], stop);
    }

    private async Task NodeRecordsAsync(
        NpgsqlConnection connection, string site, (ExportedEvent Event, AppendedEvent Place)[] rows, CancellationToken stop)
    {
        const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Varchar;
        const NpgsqlDbType Times = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;
        await using NpgsqlCommand command = new($"""
            with records as (
                insert into {schema}.kes_node_events (
                    seq_id, node, boot, node_sequence, id, type, hlc, wall, mono, previous_hash, hash, canonical, received, tenant)
                select u.*, $1 from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) u
                returning tenant, node, boot, node_sequence, wall, previous_hash, hash),
            boots as (
                select r.tenant, r.node, r.boot, max(r.node_sequence) as last, (array_agg(r.hash order by r.node_sequence desc))[1] as last_hash,
                       (array_agg(r.previous_hash order by r.node_sequence))[1] as previous_hash, min(r.wall) as first_wall, max(r.wall) as last_wall
                from records r group by r.tenant, r.node, r.boot)
            insert into {schema}.kes_node_boots as b (tenant, node, boot, last_sequence, last_hash, previous_hash, linked, first_wall, last_wall)
            select t.tenant, t.node, t.boot, t.last, t.last_hash, t.previous_hash,
                   t.previous_hash = repeat('0', 64) or exists (
                       select 1 from {schema}.kes_node_boots p where p.tenant = t.tenant and p.node = t.node and p.last_hash = t.previous_hash),
                   t.first_wall, t.last_wall
            from boots t
            on conflict (tenant, node, boot) do update set last_sequence = excluded.last_sequence, last_hash = excluded.last_hash,
                last_wall = greatest(b.last_wall, excluded.last_wall) where b.last_sequence < excluded.last_sequence
            """, connection);
        NpgsqlParameterCollection p = command.Parameters;
        p.AddWithValue(site);
        p.AddWithValue(Array.ConvertAll(rows, row => row.Place.Position));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.Event.Node!.Node));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.Event.Node!.Boot));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Event.Node!.Sequence));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Event.Id));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.Event.Type));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Event.Node!.Hlc));
        p.AddWithValue(Times, Array.ConvertAll(rows, row => row.Event.Time.UtcDateTime));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Event.Node!.Mono));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.Event.Node!.PreviousHash));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.Event.Node!.Hash));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Event.Node!.Canonical));
        p.AddWithValue(Times, Array.ConvertAll(rows, row => row.Event.Node!.Received.UtcDateTime));
        await command.ExecuteNonQueryAsync(stop);
    }
}
