using System.Security.Cryptography;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Transfer;

/// <summary>Writes events with all that belongs to them as NDJSON, archived ones too, in order of position, and a hash over it.</summary>
public sealed class EventExport(NpgsqlDataSource database, string schema, IEventStore events)
{
    private const int Page = 2_000;

    /// <param name="site">Only this one's; null: all.</param>
    /// <param name="from">First position.</param>
    /// <param name="to">Last position; none beyond the high-water mark of this moment is written.</param>
    public async Task WriteAsync(Stream output, string? site, long from, long to, CancellationToken stop)
    {
        long last = Math.Min(to, (await events.ReadAllAsync(long.MaxValue, 1, stop)).HighWaterMark);
        await WriteAsync(output, site, from, last, counted: false, stop);
    }

    /// <summary>
    /// Writes all events of a site of which nothing is under way, with positions counted from 1: two stores that have the same of it write the same bytes.
    /// </summary>
    public Task<ExportEnd> WriteCountedAsync(Stream output, string site, CancellationToken stop) => WriteAsync(output, site, 1, long.MaxValue, counted: true, stop);

    /// <summary>The end of what <see cref="WriteCountedAsync"/> writes.</summary>
    public Task<ExportEnd> DigestAsync(string site, CancellationToken stop) => WriteCountedAsync(Stream.Null, site, stop);

    private async Task<ExportEnd> WriteAsync(Stream output, string? site, long from, long last, bool counted, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(output);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long written = 0;
        long after = from - 1;
        List<ExportedEvent> page;
        do
        {
            page = await PageAsync(site, after, last, stop);
            foreach (ExportedEvent e in page)
            {
                byte[] line = Line(counted ? e with { Position = written + 1, DotNetType = e.DotNetType ?? DotNetTypes.Of(e.Type) } : e);
                hash.AppendData(line);
                await output.WriteAsync(line, stop);
                after = e.Position;
                written++;
            }
        }
        while (page.Count == Page);
        ExportEnd end = new(written, Convert.ToHexStringLower(hash.GetHashAndReset()));
        await output.WriteAsync(Line(end), stop);
        return end;
    }

    private static byte[] Line<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options), (byte)'\n'];

    private async Task<List<ExportedEvent>> PageAsync(string? site, long after, long last, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select {EventRows.Columns}, e.mt_dotnet_type, e.is_archived,
                   k.node, k.boot, k.node_sequence, k.hlc, k.mono, k.previous_hash, k.hash, k.canonical, k.received
            from {schema}.mt_events e left join {schema}.kes_node_events k on k.seq_id = e.seq_id
            where e.seq_id > $1 and e.seq_id <= $2 and ($3::varchar is null or e.tenant_id = $3) and e.type <> 'tombstone' order by e.seq_id limit {Page}
            """);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(last);
        command.Parameters.AddWithValue(NpgsqlDbType.Varchar, (object?)site ?? DBNull.Value);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, Read, stop);
    }

    private static ExportedEvent Read(NpgsqlDataReader row)
    {
        RecordedEvent e = EventRows.Read(row);
        ExportedRecord? node = row.IsDBNull(14) ? null : new ExportedRecord(
            row.GetString(14), row.GetString(15), row.GetInt64(16), row.GetInt64(17), row.GetFieldValue<TimeSpan>(18), row.GetString(19), row.GetString(20),
            row.GetFieldValue<byte[]>(21), row.GetFieldValue<DateTime>(22));
        return new ExportedEvent(
            e.Position, e.Tenant, e.Stream, e.Version, e.Id, e.Type, row.IsDBNull(12) ? null : row.GetString(12), e.Time, e.CorrelationId, e.CausationId,
            e.Headers is null ? null : JsonElement.Parse(e.Headers), e.Data, row.GetBoolean(13), node);
    }
}
