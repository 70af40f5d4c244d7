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
        using SemaphoreSlim starting = new(Senders);
        int started = 0;
        Task[] fleet = [.. nodes.Select((node, i) => LiveAsync(node, Period * i / nodes.Length, starting, () => Interlocked.Increment(ref started), end.Token))];
        await PhaseAsync("start", "", () => UntilAsync(() => Volatile.Read(ref started) == nodes.Length));
        await CaughtUpAsync("start");
        await PhaseAsync("quiet", $"{(double)nodes.Length * instances / Period.TotalSeconds:N0}", () => Task.Delay(quiet));
        await CaughtUpAsync("quiet");
        await PhaseAsync("storm", "", StormAsync);
        await CaughtUpAsync("storm");
        await end.CancelAsync();
        await Task.WhenAll(fleet);
        await looking;
        long stored = await store.ScalarAsync<long>("select count(*) from kes_node_events");
        string incidents = await store.ScalarAsync<string>(
            "select coalesce(string_agg(n || ' ' || kind, ', ' order by n desc), 'none') from (select kind, count(*) n from kes_incidents group by kind) k");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sent {Said:N0}, acknowledged {Acknowledged:N0}, stored {stored:N0}: lost {Said - stored}; {_refusals:N0} requests told to come again; incidents: {incidents}"));
        return stored == Said && Acknowledged == Said;
    }

    /// <summary>A node's life: it starts, then sends its digests every ten seconds, all nodes spread evenly, until the end or its death.</summary>
    private async Task LiveAsync(FleetNode node, TimeSpan phase, SemaphoreSlim starting, Action started, CancellationToken end)
    {
        await Task.Yield();
        await starting.WaitAsync(CancellationToken.None);
        node.Start();
        await FlushAsync(node);
        starting.Release();
        started();
        long origin = Stopwatch.GetTimestamp();
        for (TimeSpan next = phase; ; next += Period)
        {
            TimeSpan left = next - Stopwatch.GetElapsedTime(origin);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested || node.IsDead)
            {
                return;
            }

            using (await node.EnterAsync())
            {
                node.Digest();
                await FlushAsync(node);
            }
        }
    }

    /// <summary>A tenth of the nodes loses its Masters, another tenth, and takes over; ten seconds later the storm is measured.</summary>
    private async Task StormAsync()
    {
        FleetNode[] dying = [.. nodes.Where((_, i) => i % Tenth == 0)];
        FleetNode[] heirs = [.. nodes.Where((_, i) => i % Tenth == 1)];
        Array.ForEach(dying, node => node.IsDead = true);
        await Task.WhenAll(heirs.Select(async (heir, i) =>
        {
            await Task.Delay(StormLength * i / heirs.Length);
            using (await heir.EnterAsync())
            {
                heir.TakeOver();
                await FlushAsync(heir);
            }
        }));
        await Task.Delay(Period);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(20);
        }
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

    /// <summary>
    /// Waits until no projection is behind by more than half a second, so that the next phase does not begin with what this one has left, and prints how far they were behind
    /// since the phase began.
    /// </summary>
    private async Task CaughtUpAsync(string name)
    {
        long start = Stopwatch.GetTimestamp();
        while (await store.ScalarAsync<bool>($"select max(behind) > 0.5 from ({LagProbe.Sql}) l(name, behind)"))
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

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  caught up {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s after the phase"));
    }
}
