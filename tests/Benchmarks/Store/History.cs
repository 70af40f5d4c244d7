using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.Benchmarks.Store;

/// <summary>A past of many nodes, written by COPY: one event of twenty changes the board, the others are hooks' ends with little output.</summary>
internal static class History
{
    internal const int Nodes = 50;
    private const int LandmarkEvery = 20;
    private const int Chunk = 100_000;
    internal static readonly DateTimeOffset Origin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    internal static DateTimeOffset End(long count) => Origin + (Step * count);

    internal static async Task WriteAsync(NpgsqlDataSource database, string schema, long count)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync();
        await ExecuteAsync(connection, $"""
            insert into {schema}.kes_nodes (tenant, node, token_hash) select '{SampleEvents.Tenant}', 'node-' || i, decode(md5(i::text), 'hex') from generate_series(0, {Nodes - 1}) i;
            insert into {schema}.kes_node_boots select '{SampleEvents.Tenant}', 'node-' || i, 'boot-1', {count / Nodes}, '', '', true, '{Origin:O}', '{End(count):O}' from generate_series(0, {Nodes - 1}) i;
            insert into {schema}.mt_streams (tenant_id, id, version) select '{SampleEvents.Tenant}', 'vrrp/node-' || i || '/VI_1', {count / Nodes} from generate_series(0, {Nodes - 1}) i;
            """);
        for (long first = 0; first < count; first += Chunk)
        {
            await EventsAsync(connection, schema, first, Math.Min(Chunk, count - first));
            await NodeEventsAsync(connection, schema, first, Math.Min(Chunk, count - first));
        }

        await ExecuteAsync(connection, $"select setval('{schema}.mt_events_sequence', {count}); analyze {schema}.mt_events; analyze {schema}.kes_node_events");
    }

    private static async Task EventsAsync(NpgsqlConnection connection, string schema, long first, long count)
    {
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            $"copy {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, is_archived) from stdin (format binary)");
        for (long i = first; i < first + count; i++)
        {
            (string type, string data) = Event(i);
            await copy.StartRowAsync();
            await copy.WriteAsync(i + 1);
            await copy.WriteAsync(Guid.CreateVersion7());
            await copy.WriteAsync($"vrrp/node-{i % Nodes}/VI_1");
            await copy.WriteAsync((i / Nodes) + 1);
            await copy.WriteAsync(data, NpgsqlDbType.Jsonb);
            await copy.WriteAsync(type);
            await copy.WriteAsync((Origin + (Step * i)).UtcDateTime, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(SampleEvents.Tenant);
            await copy.WriteAsync(type);
            await copy.WriteAsync(false);
        }

        await copy.CompleteAsync();
    }

    private static async Task NodeEventsAsync(NpgsqlConnection connection, string schema, long first, long count)
    {
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync($"""
            copy {schema}.kes_node_events (seq_id, tenant, node, boot, node_sequence, id, type, hlc, wall, mono, previous_hash, hash, canonical) from stdin (format binary)
            """);
        for (long i = first; i < first + count; i++)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(i + 1);
            await copy.WriteAsync(SampleEvents.Tenant);
            await copy.WriteAsync($"node-{i % Nodes}");
            await copy.WriteAsync("boot-1");
            await copy.WriteAsync((i / Nodes) + 1);
            await copy.WriteAsync(Guid.CreateVersion7());
            await copy.WriteAsync(Event(i).Type);
            await copy.WriteAsync(i);
            await copy.WriteAsync((Origin + (Step * i)).UtcDateTime, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(Step * i);
            await copy.WriteAsync("");
            await copy.WriteAsync("");
            await copy.WriteAsync(Array.Empty<byte>());
        }

        await copy.CompleteAsync();
    }

    /// <summary>Of each node's events every twentieth is a landmark.</summary>
    private static (string Type, string Data) Event(long i)
    {
        long own = i / Nodes;
        object e = own % LandmarkEvery == 0
            ? own / LandmarkEvery % 2 == 0
                ? new InstanceBecameMaster(
                    $"node-{i % Nodes}", "VI_1", 51, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, 100, Step * i, RouterAddress.None, 0, null, null)
                : new InstanceBecameBackup(
                    $"node-{i % Nodes}", "VI_1", 51, VrrpPhase.Master, TransitionReason.MasterDownTimerExpired, 100, Step * i, RouterAddress.None, 0)
            : new HookFinished($"node-{i % Nodes}", "notify_master VI_1", own, 0, null, null, Step, "");
        return (EventCatalog.AliasOf(e), EventCatalog.Serialize(e).GetRawText());
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
