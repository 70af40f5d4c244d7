using System.Diagnostics;
using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.Benchmarks.Store;

/// <summary>The yardstick: COPY BINARY into <c>mt_events</c> with all its indexes and constraints. What a store could do if it had nothing to decide.</summary>
internal static class Copies
{
    private const int StreamLength = 10_000;
    private static int _streams;

    /// <summary>Copies events in one transaction.</summary>
    /// <returns>Events a second, with the streams' rows and the commit.</returns>
    internal static async Task<double> RateAsync(NpgsqlDataSource database, string schema, int count)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync();
        await using (NpgsqlCommand reserve = new($"select setval('{schema}.mt_events_sequence', nextval('{schema}.mt_events_sequence') + {count})", connection))
        {
            long last = (long)(await reserve.ExecuteScalarAsync())!;
            long started = Stopwatch.GetTimestamp();
            await CopyAsync(connection, schema, last - count, count);
            return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string schema, long before, int count)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        string[] streams = [.. Enumerable.Range(0, (count + StreamLength - 1) / StreamLength).Select(_ => $"copy-{Interlocked.Increment(ref _streams)}")];
        await using (NpgsqlCommand add = new($"insert into {schema}.mt_streams (tenant_id, id, version) select $1, s, {StreamLength} from unnest($2) s", connection))
        {
            add.Parameters.AddWithValue(SampleEvents.Tenant);
            add.Parameters.AddWithValue(streams);
            await add.ExecuteNonQueryAsync();
        }

        await using (NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync($"""
            copy {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
            from stdin (format binary)
            """))
        {
            for (int i = 0; i < count; i++)
            {
                await WriteAsync(copy, before + i + 1, streams[i / StreamLength], (i % StreamLength) + 1, SampleEvents.Next(i));
            }

            await copy.CompleteAsync();
        }

        await transaction.CommitAsync();
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, long position, string stream, long version, NewEvent e)
    {
        await copy.StartRowAsync();
        await copy.WriteAsync(position);
        await copy.WriteAsync(e.Id);
        await copy.WriteAsync(stream);
        await copy.WriteAsync(version);
        await copy.WriteAsync(e.Data, NpgsqlDbType.Jsonb);
        await copy.WriteAsync(e.Type);
        await copy.WriteAsync(e.Timestamp.UtcDateTime, NpgsqlDbType.TimestampTz);
        await copy.WriteAsync(SampleEvents.Tenant);
        await copy.WriteAsync(SampleEvents.DotNetType);
        await copy.WriteAsync(e.CorrelationId);
        await copy.WriteNullAsync();
        await copy.WriteAsync(e.Headers, NpgsqlDbType.Jsonb);
        await copy.WriteAsync(false);
    }
}
