using System.Diagnostics;
using System.Globalization;
using Keepalived.Es.ControlPlane.Embedded;
using Npgsql;

namespace Keepalived.Es.Benchmarks.Store;

/// <summary>The events' table as it is beside two that are partitioned, with the keys that partitions need: does it pay?</summary>
internal static class Partitions
{
    private const int Batch = 1_000;
    private const int Streams = 1_000;
    private const int Page = 5_000;
    private const int Reads = 200;

    private const string Columns = """
        (seq_id bigint not null, id uuid not null, stream_id varchar not null, version bigint not null, data jsonb not null, type varchar(500) not null,
         timestamp timestamptz not null, tenant_id varchar not null, is_archived boolean not null default false)
        """;

    private static readonly (string Name, string Ddl)[] Variants =
    [
        ("as it is", $"create table t {Columns}; alter table t add primary key (seq_id); create unique index on t (tenant_id, stream_id, version)"),
        ("by archive state", $"""
            create table t {Columns} partition by list (is_archived);
            create table t_default partition of t default; create table t_archived partition of t for values in (true);
            alter table t add primary key (seq_id, is_archived); create unique index on t (tenant_id, stream_id, version, is_archived)
            """),
        ("by month", $"""
            create table t {Columns} partition by range (timestamp);
            do $$ begin for m in 0..11 loop execute format('create table t_%s partition of t for values from (%L) to (%L)', m,
                timestamptz '2026-01-01 00:00Z' + m * interval '30 days', timestamptz '2026-01-01 00:00Z' + (m + 1) * interval '30 days'); end loop; end $$;
            alter table t add primary key (seq_id, timestamp); create unique index on t (tenant_id, stream_id, version, timestamp)
            """),
    ];

    /// <param name="events">In each table; half of the streams are archived then.</param>
    internal static async Task<int> RunAsync(int rounds, int events)
    {
        string directory = Directory.CreateTempSubdirectory("kes-bench-parts.").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);              // PostgreSQL runs as another user
        try
        {
            await using EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(directory, _ => { }, CancellationToken.None);
            await using NpgsqlConnection connection = new(server.ConnectionString + ";Command Timeout=0");
            await connection.OpenAsync();
            double[][] figures = [.. Variants.Select(_ => new double[4])];
            Console.WriteLine($"{"best of " + rounds,-20} {"append/s",12} {"archive/s",12} {"read all/s",12} {"stream, ms",12}");
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < Variants.Length; i++)
                {
                    await ExecuteAsync(connection, $"drop schema if exists p cascade; create schema p; set search_path = p; {Variants[i].Ddl}");
                    double[] seen = await MeasureAsync(connection, events);
                    figures[i] = [.. figures[i].Zip(seen, (best, now) => best == 0 ? now : Math.Max(best, now))];
                }
            }

            for (int i = 0; i < Variants.Length; i++)
            {
                double[] f = figures[i];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Variants[i].Name,-20} {f[0],12:N0} {f[1],12:N0} {f[2],12:N0} {1000 / f[3],12:F2}"));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <returns>Rates of append, archive, reading by position and streams read, a second.</returns>
    private static async Task<double[]> MeasureAsync(NpgsqlConnection connection, int events)
    {
        double append = await RateAsync(events, async () =>
        {
            for (int from = 0; from < events; from += Batch)
            {
                await ExecuteAsync(connection, $"""
                    insert into t select n, gen_random_uuid(), 'vrrp/node-' || n % {Streams} || '/VI_1', n / {Streams} + 1,
                        jsonb_build_object('n', n, 'text', repeat('x', 500)), 'advertisement_digest',
                        timestamptz '2026-01-01 00:00Z' + n * (interval '359 days' / {events}), 'site-1'
                    from generate_series({from}, {from + Batch - 1}) n
                    """);
            }
        });
        double archive = await RateAsync(events / 2, () => ExecuteAsync(connection, "update t set is_archived = true where seq_id % 2 = 1"));
        await ExecuteAsync(connection, "vacuum analyze t");
        double all = await RateAsync(events / 2, async () =>
        {
            for (long after = -1, last = 0; last >= 0; after = last)
            {
                last = await ScalarAsync(connection, $"""
                    select coalesce(max(seq_id), -1) from (
                        select seq_id, data from t where seq_id > {after} and not is_archived order by seq_id limit {Page}) p where data is not null
                    """);
            }
        });
        double streams = await RateAsync(Reads, async () =>
        {
            for (int i = 0; i < Reads; i++)
            {
                await ScalarAsync(connection, $"""
                    select count(data)::bigint from (select data from t where not is_archived and tenant_id = 'site-1'
                        and stream_id = 'vrrp/node-{i * 2}/VI_1' order by seq_id) s
                    """);
            }
        });
        return [append, archive, all, streams];
    }

    private static async Task<double> RateAsync(int count, Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
