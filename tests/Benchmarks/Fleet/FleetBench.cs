using System.Diagnostics;
using System.Globalization;

namespace Keepalived.Es.Benchmarks.Fleet;

/// <summary>A fleet of simulated nodes sends to one <c>kes serve</c>: quiet times, then a storm.</summary>
internal sealed class FleetBench(ServedStore store, FleetNode[] nodes, int instances)
{
    private const int Senders = 128;
    private const int BatchLimit = 500;
    private const int Tenth = 10;
    private const int Port = 7399;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StormLength = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(200);

    private readonly LagProbe _lag = new(store.ConnectionString);
    private long _refusals;

    private long Said => nodes.Sum(node => node.Journal.Said);

    private long Acknowledged => nodes.Sum(node => node.Journal.Acknowledged);

    internal static async Task<int> RunAsync(string program, int nodes, int instances, int seconds)
    {
        await using ServedStore store = await ServedStore.StartAsync(program, Port);
        FleetNode[] fleet = new FleetNode[nodes];
        await Parallel.ForAsync(0, nodes, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            fleet[i] = new FleetNode(i, instances, await store.EnrollAsync(FleetNode.NameOf(i), FleetNode.SiteOf(i))));
        FleetBench bench = new(store, fleet, instances);
        try
        {
            return await bench.RunAsync(TimeSpan.FromSeconds(seconds)) ? 0 : 1;
        }
        catch
        {
            Console.Error.WriteLine(string.Join('\n', store.Log.Where(line => line.Length > 0).Take(20)));
            throw;
        }
    }

    private async Task<bool> RunAsync(TimeSpan quiet)
    {
        using CancellationTokenSource end = new();
        Task looking = _lag.RunAsync(end.Token);
        Console.WriteLine($"{nodes.Length} nodes of {instances} instances, load of the machine {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
        Array.ForEach(nodes, node => node.Start());
        await PhaseAsync("start", "", () => Parallel.ForEachAsync(nodes, new ParallelOptions { MaxDegreeOfParallelism = Senders }, (node, _) => new ValueTask(FlushAsync(node))));
        await CaughtUpAsync("start");
        await PhaseAsync("quiet", $"{(double)nodes.Length * instances / Period.TotalSeconds:N0}", () => TimelineAsync(quiet, storm: false));
        await CaughtUpAsync("quiet");
        await PhaseAsync("storm", "", () => TimelineAsync(StormLength + Period, storm: true));
        await CaughtUpAsync("storm");
        await end.CancelAsync();
        await looking;
        long stored = await store.ScalarAsync<long>("select count(*) from kes_node_events");
        long incidents = await store.ScalarAsync<long>("select count(*) from kes_incidents");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sent {Said:N0}, acknowledged {Acknowledged:N0}, stored {stored:N0}: lost {Said - stored}; {_refusals:N0} requests told to come again; {incidents:N0} incidents"));
        return stored == Said && Acknowledged == Said;
    }

    /// <summary>Each node sends its digests every ten seconds, all of them spread evenly; in the storm a tenth lose their Masters and take over.</summary>
    private async Task TimelineAsync(TimeSpan length, bool storm)
    {
        List<(TimeSpan At, FleetNode Node, bool Storm)> turns = [];
        for (int i = 0; i < nodes.Length; i++)
        {
            bool dies = storm && i % Tenth == 0;
            for (TimeSpan at = Period * i / nodes.Length; at < length && !dies; at += Period)
            {
                turns.Add((at, nodes[i], false));
            }

            if (storm && i % Tenth == 1)
            {
                turns.Add((StormLength * i / nodes.Length, nodes[i], true));
            }
        }

        turns.Sort((one, other) => one.At.CompareTo(other.At));
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(turns, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (turn, stop) =>
        {
            TimeSpan left = turn.At - Stopwatch.GetElapsedTime(start);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, stop);
            using (await turn.Node.EnterAsync())
            {
                if (turn.Storm)
                {
                    turn.Node.TakeOver();
                }
                else
                {
                    turn.Node.Digest();
                }

                await FlushAsync(turn.Node);
            }
        });
    }

    private async Task FlushAsync(FleetNode node)
    {
        while (node.Journal.Acknowledged < node.Journal.Said)
        {
            if (!await node.Journal.SendAsync(store.Http, BatchLimit, CancellationToken.None))
            {
                Interlocked.Increment(ref _refusals);
                await Task.Delay(AfterRefusal);
            }
        }
    }

    private async Task PhaseAsync(string name, string wanted, Func<Task> work)
    {
        (long before, double own) = (Acknowledged, Environment.CpuUsage.TotalTime.TotalSeconds);
        store.TakeCpu();
        _lag.Take();
        long start = Stopwatch.GetTimestamp();
        await work();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        (double kes, double postgres) = store.TakeCpu();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {(Acknowledged - before) / seconds:N0} events/s for {seconds:F1} s{(wanted.Length == 0 ? "" : $" (sent {wanted})")}; cores: kes {kes / seconds:F2}, PostgreSQL {postgres / seconds:F2}, the fleet itself {(Environment.CpuUsage.TotalTime.TotalSeconds - own) / seconds:F2}"));
    }

    /// <summary>Waits until every projection has folded everything, and prints how far they were behind since the phase began.</summary>
    private async Task CaughtUpAsync(string name)
    {
        long start = Stopwatch.GetTimestamp();
        while (await store.ScalarAsync<bool>("select min(last_seq_id) < (select max(seq_id) from kes_node_events) from mt_event_progression where name like 'Kes%'"))
        {
            if (Stopwatch.GetElapsedTime(start) > DrainLimit)
            {
                throw new TimeoutException($"{name}: projections have not caught up in {DrainLimit}");
            }

            await Task.Delay(50);
        }

        foreach ((string projection, List<double> lags) in _lag.Take().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {projection,-20} lag p50 {lags[lags.Count / 2] * 1000,7:N0} ms, p99 {lags[lags.Count * 99 / 100] * 1000,7:N0} ms, most {lags[^1] * 1000,7:N0} ms; wanted p99 under 2,000 ms"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  caught up {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s after the last event"));
    }
}
