using System.Diagnostics;
using Keepalived.Es.ControlPlane.EventStore;

namespace Keepalived.Es.Benchmarks.Store;

/// <summary>Writers that append to streams of their own as fast as they can; a stream is followed by the next at 10,000 events.</summary>
internal static class Appends
{
    private const int StreamLength = 10_000;
    private static int _streams;

    /// <returns>Events a second.</returns>
    internal static async Task<double> RateAsync(IEventStore store, int batch, int writers, TimeSpan length)
    {
        long start = Stopwatch.GetTimestamp();
        long[] written = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() => WriteAsync(store, batch, start, length))));
        return written.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<long> WriteAsync(IEventStore store, int batch, long start, TimeSpan length)
    {
        long written = 0;
        string stream = "";
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            if (written % StreamLength == 0)
            {
                stream = $"append-{Interlocked.Increment(ref _streams)}";
            }

            NewEvent[] events = new NewEvent[batch];
            for (int i = 0; i < batch; i++)
            {
                events[i] = SampleEvents.Next(written + i);
            }

            await store.AppendAsync(SampleEvents.Tenant, [new StreamAppend(stream, events)], CancellationToken.None);
            written += batch;
        }

        return written;
    }
}
