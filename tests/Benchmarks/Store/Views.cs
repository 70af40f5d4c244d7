using System.Diagnostics;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Keepalived.Es.Benchmarks.Store;

/// <summary>The read side: rebuild, from the append to the row, and the board of a past instant.</summary>
internal static class Views
{
    private const int Appends = 200;

    /// <summary>Folds everything from the first event on; <paramref name="projection"/> starts afresh.</summary>
    /// <returns>Events a second that the checkpoint passed.</returns>
    internal static async Task<double> RebuildAsync(NpgsqlDataSource database, string schema, IEventStore store, IProjection projection)
    {
        await new ProjectionRegister(database, schema).OrderRebuildAsync(projection, CancellationToken.None);
        ProjectionShard shard = new(database, schema, store, projection);
        long start = Stopwatch.GetTimestamp();
        await shard.CatchUpAsync(CancellationToken.None);
        return shard.Position / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>From the call of an append to the first read of the board that has it, in milliseconds.</summary>
    internal static async Task<List<double>> VisibleAsync(NpgsqlDataSource database, string schema, IEventStore store)
    {
        BoardStore board = new(database, schema);
        using CancellationTokenSource end = new();
        Task running = new ProjectionRunner(
            database, schema, store, new BoardProjection(board), new ProjectionRegister(database, schema), NullLogger.Instance).RunAsync(end.Token);
        List<double> times = [];
        NodeStopped e = new("node-0", "SIGTERM");
        for (int i = 0; i <= Appends; i++)
        {
            NewEvent appended = new(Guid.NewGuid(), EventCatalog.AliasOf(e), EventCatalog.Serialize(e).GetRawText(), History.Origin);
            long start = Stopwatch.GetTimestamp();
            long position = (await store.AppendAsync(SampleEvents.Tenant, [new StreamAppend("node/visible", [appended])], CancellationToken.None))[0].Position;
            while (await board.PositionAsync(CancellationToken.None) < position)
            {
                await Task.Yield();
            }

            if (i > 0)                                           // the first waits for the runner to start
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        await end.CancelAsync();
        await running;
        return times;
    }

    /// <summary>Boards of instants spread over the past, in milliseconds.</summary>
    internal static async Task<List<double>> AsOfAsync(NpgsqlDataSource database, string schema, long events, int boards)
    {
        AuditReader audit = new(database, schema, new ContactReader(database, schema), new BoardHistory(database, schema), TimeProvider.System);
        Random random = new(1);
        List<double> times = [];
        for (int i = 0; i < boards; i++)
        {
            DateTimeOffset moment = History.Origin + ((History.End(events) - History.Origin) * random.NextDouble());
            long start = Stopwatch.GetTimestamp();
            BoardView view = await audit.BoardAtAsync(moment, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (view.Nodes.Count != History.Nodes)
            {
                throw new InvalidOperationException($"{view.Nodes.Count} nodes at {moment:O}");
            }
        }

        return times;
    }

    /// <summary>A projection that reads every event and keeps nothing but a count: what the daemon itself can do.</summary>
    internal sealed class Count : IProjection
    {
        internal long Events { get; private set; }

        public string Name => "BenchCount";

        public int Version => 1;

        public bool WantsTicks => false;

        public Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
        {
            Events += batch.Events.Count(e => e.Data.ValueKind == JsonValueKind.Object);
            return Task.CompletedTask;
        }

        public Task CommittedAsync(CancellationToken stop) => Task.CompletedTask;

        public void Forget()
        {
        }

        public Task ResetAsync(NpgsqlConnection connection, CancellationToken stop) => Task.CompletedTask;
    }
}
