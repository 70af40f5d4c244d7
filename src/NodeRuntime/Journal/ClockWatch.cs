using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>Looks once a second whether the wall clock went another way than the monotonic one, and records a step.</summary>
internal sealed class ClockWatch : IAsyncDisposable
{
    /// <summary>Smaller ones are not told: reading two clocks one after the other is not exact.</summary>
    internal static readonly TimeSpan SmallestStep = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Between the two looks at the monotonic clock around one at the wall clock; a thread that was stopped in between looks again.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(1);

    private const int Looks = 5;

    private readonly string _node;
    private readonly JournalWriter _journal;
    private readonly TimeProvider _time;
    private readonly Func<TimeSpan> _monotonic;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    /// <param name="monotonic">Time that is never set.</param>
    internal ClockWatch(string node, JournalWriter journal, TimeProvider time, Func<TimeSpan> monotonic)
    {
        (_node, _journal, _time, _monotonic) = (node, journal, time, monotonic);
        _watching = Task.Run(WatchAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        (DateTimeOffset Wall, TimeSpan Mono)? last = null;
        while (true)
        {
            if (Look() is { } now)
            {
                if (last is { } before)
                {
                    Compare(before, now);
                }

                last = now;
            }

            await Task.Delay(Interval, _time, _stop.Token).ConfigureAwait(false);
        }
    }

    private void Compare((DateTimeOffset Wall, TimeSpan Mono) before, (DateTimeOffset Wall, TimeSpan Mono) now)
    {
        DateTimeOffset expected = before.Wall + (now.Mono - before.Mono);
        TimeSpan step = now.Wall - expected;
        if (step.Duration() >= SmallestStep)
        {
            Log.ClockStepped(step);
            _journal.Record(new NodeOccurrence(new ClockStepped(_node, expected, now.Wall, now.Mono - before.Mono), now.Wall, now.Mono));
        }
    }

    /// <summary>Both clocks at one moment; null when the thread was stopped at each try.</summary>
    private (DateTimeOffset Wall, TimeSpan Mono)? Look()
    {
        for (int i = 0; i < Looks; i++)
        {
            TimeSpan first = _monotonic();
            DateTimeOffset wall = _time.GetUtcNow();
            TimeSpan second = _monotonic();
            if (second - first <= LongestLook)
            {
                return (wall, first + ((second - first) / 2));
            }
        }

        return null;
    }
}
