using System.Diagnostics;
using System.Globalization;
using Keepalived.Es.ControlPlane.Embedded;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections.Board;
using Npgsql;

namespace Keepalived.Es.Benchmarks.Store;

/// <summary>The event store beside its yardsticks, in one run on one PostgreSQL.</summary>
internal static class StoreBench
{
    private const string Schema = "bench";
    private const string PastSchema = "bench_past";
    private const int CopyCount = 200_000;
    private const int Boards = 40;

    private static readonly (string Name, int Batch, int Writers, double Wanted)[] Cases =
    [
        ("1000 a batch, 8 writers", 1_000, 8, 0.9), ("100 a batch, 8 writers", 100, 8, 0.7), ("1000 a batch, 1 writer", 1_000, 1, 0.6),
        ("100 a batch, 1 writer", 100, 1, 0), ("1 a batch, 8 writers", 1, 8, 0), ("1 a batch, 1 writer", 1, 1, 0),
    ];

    /// <param name="past">Events of the past in which boards are asked for.</param>
    internal static async Task<int> RunAsync(int rounds, int seconds, long past)
    {
        string directory = Directory.CreateTempSubdirectory("kes-bench-store.").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);              // PostgreSQL runs as another user
        try
        {
            await using EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(directory, _ => { }, CancellationToken.None);
            await using NpgsqlDataSource database = StoreDatabase.Open(server.ConnectionString);
            await StoreSchema.ApplyAsync(database, Schema, CancellationToken.None);
            using var store = new NpgsqlEventStore(database, Schema, new AppendSignal(database));
            double copy = await AppendsAsync(database, server.ConnectionString, store, rounds, seconds);
            Print("projection of every event", await Views.RebuildAsync(database, Schema, store, new Views.Count()), copy, 1.0);
            Times("append to visible view", await Views.VisibleAsync(database, Schema, store), 50);
            await PastAsync(database, past, copy);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<double> AppendsAsync(NpgsqlDataSource database, string connectionString, NpgsqlEventStore store, int rounds, int seconds)
    {
        List<double> copies = [];
        List<double>[] rates = [.. Cases.Select(_ => new List<double>())];
        List<double>[] single = [[], []];
        for (int round = 0; round < rounds; round++)
        {
            await CheckpointAsync(database);
            copies.Add(await Copies.RateAsync(database, Schema, CopyCount));
            for (int i = 0; i < Cases.Length; i++)
            {
                await CheckpointAsync(database);
                rates[i].Add(await Appends.RateAsync(store, Cases[i].Batch, Cases[i].Writers, TimeSpan.FromSeconds(seconds)));
            }

            single[0].Add(await PgBench.RateAsync(database, connectionString, Schema, 1, seconds));
            single[1].Add(await PgBench.RateAsync(database, connectionString, Schema, 8, seconds));
        }

        double copy = Median(copies);
        Console.WriteLine($"{"",-40} {"events/s",12} {"of COPY",8} {"wanted",7}");
        Print("COPY BINARY, 1 connection", copy, copy, 0);
        for (int i = 0; i < Cases.Length; i++)
        {
            Print(Cases[i].Name, Median(rates[i]), copy, Cases[i].Wanted);
        }

        Print("pgbench, 1 row, 1 client", Median(single[0]), copy, 0);
        Print("pgbench, 1 row, 8 clients", Median(single[1]), copy, 0);
        return copy;
    }

    private static async Task PastAsync(NpgsqlDataSource database, long events, double copy)
    {
        await StoreSchema.ApplyAsync(database, PastSchema, CancellationToken.None);
        using var store = new NpgsqlEventStore(database, PastSchema, new AppendSignal(database));
        long start = Stopwatch.GetTimestamp();
        await History.WriteAsync(database, PastSchema, events);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{events:N0} events of the past written in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
        Print("rebuild of the board", await Views.RebuildAsync(database, PastSchema, store, new BoardProjection(new BoardStore(database, PastSchema))), copy, 1.0);
        Times("board of a past instant", await Views.AsOfAsync(database, PastSchema, events, Boards), 300);
    }

    private static async Task CheckpointAsync(NpgsqlDataSource database)
    {
        await using NpgsqlCommand checkpoint = database.CreateCommand("checkpoint");
        checkpoint.CommandTimeout = 0;
        await checkpoint.ExecuteNonQueryAsync();
    }

    private static void Print(string what, double rate, double copy, double wanted) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-40} {rate,12:N0} {rate / copy,8:F2} {(wanted > 0 ? wanted.ToString("F1", CultureInfo.InvariantCulture) : "-"),7}"));

    private static void Times(string what, List<double> milliseconds, double wanted)
    {
        milliseconds.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-40} median {Median(milliseconds):F1} ms, 90 % {milliseconds[milliseconds.Count * 9 / 10]:F1} ms, most {milliseconds[^1]:F1} ms; wanted under {wanted:F0} ms"));
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
