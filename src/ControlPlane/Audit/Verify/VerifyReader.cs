using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>Where in a boot to begin and to end.</summary>
/// <param name="First">Sequence.</param>
/// <param name="Last">Sequence; that of the head if the end is not limited.</param>
/// <param name="PreviousHash">Hash of the record before the first; null: that record is not there.</param>
/// <param name="UnknownUntil">Monotonic time of the record before the first; null: the first record is the boot's first.</param>
internal sealed record BootRange(long First, long Last, string? PreviousHash, TimeSpan? UnknownUntil);

/// <summary>Reads for the verifier page by page, inside its transaction.</summary>
internal sealed class VerifyReader(NpgsqlConnection connection, string schema)
{
    internal const int PageSize = 2_000;

    private const string Key = "k.tenant = $1 and k.node = $2 and k.boot = $3";

    /// <summary>All boots that any table knows and the scope asks for, by site, node and time.</summary>
    internal async Task<List<StoredBoot>> BootsAsync(VerifyScope scope, CancellationToken stop)
    {
        await using NpgsqlCommand command = Command($"""
            with recursive found as (
                (select k.tenant, k.node, k.boot from {schema}.kes_node_events k order by k.tenant, k.node, k.boot limit 1)
                union all
                select n.* from found f, lateral (
                    select k.tenant, k.node, k.boot from {schema}.kes_node_events k where (k.tenant, k.node, k.boot) > (f.tenant, f.node, f.boot)
                    order by k.tenant, k.node, k.boot limit 1) n),
            signed as (
                (select s.tenant, s.node, s.boot from {schema}.kes_node_signatures s order by s.tenant, s.node, s.boot limit 1)
                union all
                select n.* from signed f, lateral (
                    select s.tenant, s.node, s.boot from {schema}.kes_node_signatures s where (s.tenant, s.node, s.boot) > (f.tenant, f.node, f.boot)
                    order by s.tenant, s.node, s.boot limit 1) n),
            every as (select * from found union select * from signed union select tenant, node, boot from {schema}.kes_node_boots)
            select every.tenant, every.node, every.boot, b.last_sequence, b.last_hash, b.previous_hash, b.linked,
                   b.previous_hash = repeat('0', 64) or exists (
                       select 1 from {schema}.kes_node_boots p where p.tenant = b.tenant and p.node = b.node and p.boot <> b.boot and p.last_hash = b.previous_hash)
            from every left join {schema}.kes_node_boots b using (tenant, node, boot)
            where ($1::varchar is null or tenant = $1) and ($2::varchar is null or node = $2)
              and ($3::timestamptz is null or b.last_wall is null or b.last_wall >= $3) and ($4::timestamptz is null or b.first_wall is null or b.first_wall <= $4)
            order by tenant, node, b.first_wall, boot
            """);
        foreach (object? value in new object?[] { scope.Site, scope.Node, scope.From?.UtcDateTime, scope.To?.UtcDateTime })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, Boot, stop);
    }

    /// <returns>Null: the boot has no record in the scope.</returns>
    internal async Task<BootRange?> RangeAsync(StoredBoot boot, VerifyScope scope, CancellationToken stop)
    {
        long first = scope.From is { } from ? await BoundAsync(boot, "min(k.node_sequence)", "k.wall >= $4", from, stop) ?? 0 : 1;
        long? last = scope.To is { } to
            ? await BoundAsync(boot, $"""
                (select coalesce(min(s.node_sequence), max(k.node_sequence)) from {schema}.kes_node_signatures s
                 where s.tenant = $1 and s.node = $2 and s.boot = $3 and s.node_sequence >= max(k.node_sequence))
                """, "k.wall <= $4", to, stop)
            : boot.Head?.LastSequence ?? long.MaxValue;
        if (first == 0 || last is not { } end || end < first)
        {
            return null;
        }

        if (first == 1)
        {
            return new BootRange(1, end, boot.Head?.PreviousHash, null);
        }

        await using NpgsqlCommand before = Command($"select k.hash, k.mono from {schema}.kes_node_events k where {Key} and k.node_sequence = $4", boot);
        before.Parameters.AddWithValue(first - 1);
        await using NpgsqlDataReader reader = await before.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop)
            ? new BootRange(first, end, reader.GetString(0), reader.GetTimeSpan(1))
            : new BootRange(first - 1, end, null, TimeSpan.Zero);
    }

    /// <summary>The records behind a sequence, up to <see cref="PageSize"/>.</summary>
    internal async Task<List<StoredRecord>> RecordsAsync(StoredBoot boot, long after, long last, CancellationToken stop)
    {
        await using NpgsqlCommand command = Command($"""
            select k.seq_id, k.node_sequence, k.id, k.type, k.hlc, k.wall, k.mono, k.previous_hash, k.hash, k.canonical,
                   e.seq_id is not null, e.tenant_id, e.stream_id, e.version, e.id, e.type, e.data, e.timestamp, e.causation_id, e.headers
            from {schema}.kes_node_events k left join {schema}.mt_events e on e.seq_id = k.seq_id
            where {Key} and k.node_sequence > $4 and k.node_sequence <= $5 order by k.node_sequence limit {PageSize}
            """, boot);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(last);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, Record, stop);
    }

    /// <summary>The configurations in force before a sequence, one for each instance.</summary>
    internal async Task<List<InstanceConfigured>> ConfigurationsAsync(StoredBoot boot, long before, CancellationToken stop)
    {
        await using NpgsqlCommand command = Command($"""
            select distinct on (e.stream_id) {EventRows.Columns} from {schema}.kes_node_events k join {schema}.mt_events e on e.seq_id = k.seq_id
            where {Key} and k.node_sequence < $4 and k.type = 'instance_configured' order by e.stream_id, k.node_sequence desc
            """, boot);
        command.Parameters.AddWithValue(before);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return [.. (await EventRows.ReadAsync(reader, EventRows.Read, stop)).Select(e => e.Event).OfType<InstanceConfigured>()];
    }

    /// <summary>A record behind the boot's head, if there is one.</summary>
    internal async Task<long?> BehindAsync(StoredBoot boot, long head, CancellationToken stop)
    {
        await using NpgsqlCommand command = Command($"select min(k.node_sequence) from {schema}.kes_node_events k where {Key} and k.node_sequence > $4", boot);
        command.Parameters.AddWithValue(head);
        return await command.ExecuteScalarAsync(stop) as long?;
    }

    internal NpgsqlCommand Command(string sql, StoredBoot? boot = null)
    {
        NpgsqlCommand command = new(sql, connection);
        if (boot is not null)
        {
            command.Parameters.AddWithValue(boot.Tenant);
            command.Parameters.AddWithValue(boot.Node);
            command.Parameters.AddWithValue(boot.Boot);
        }

        return command;
    }

    private async Task<long?> BoundAsync(StoredBoot boot, string what, string where, DateTimeOffset moment, CancellationToken stop)
    {
        await using NpgsqlCommand command = Command($"select {what} from {schema}.kes_node_events k where {Key} and {where}", boot);
        command.Parameters.AddWithValue(moment.UtcDateTime);
        return await command.ExecuteScalarAsync(stop) as long?;
    }

    private static StoredBoot Boot(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2),
        row.IsDBNull(3) ? null : new BootHead(row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetBoolean(6), row.GetBoolean(7)));

    private static StoredRecord Record(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetGuid(2), row.GetString(3), row.GetInt64(4), row.GetFieldValue<DateTime>(5), row.GetTimeSpan(6), row.GetString(7),
        row.GetString(8), row.GetFieldValue<byte[]>(9),
        row.GetBoolean(10)
            ? new StoredEvent(
                row.GetString(11), row.GetString(12), row.GetInt64(13), row.GetGuid(14), row.GetString(15), row.GetString(16), row.GetFieldValue<DateTime>(17),
                row.IsDBNull(18) ? null : row.GetString(18), row.IsDBNull(19) ? null : row.GetString(19))
            : null);
}
