using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

public sealed class ClockWatchTests
{
    [Theory]
    [InlineData(2.5)]
    [InlineData(-2.5)]
    public async Task A_step_of_the_wall_clock_is_recorded_once(double seconds)
    {
        using var directory = new TemporaryDirectory();
        var time = new SetTime();
        await using (var journal = new JournalWriter(
            () => JournalStore.Open(directory.Path, JournalFixture.Node, "boot-1"), JournalFixture.Node, JournalLimits.Default, TimeProvider.System))
        {
            await using var watch = new ClockWatch(JournalFixture.Node, journal, time, () => MonotonicClock.Now);
            await Until.TrueAsync(() => time.Looks >= 5, "five looks at a clock that is not set");
            time.Set(TimeSpan.FromSeconds(seconds));
            int seen = time.Looks;
            await Until.TrueAsync(() => time.Looks >= seen + 20, "looks after the step");
        }

        ClockStepped step = Assert.Single(JournalFixture.Records(directory.Path).Select(record => EventCatalog.Deserialize(record.Type, record.Data)).OfType<ClockStepped>());
        Assert.InRange(step.Found - step.Expected - TimeSpan.FromSeconds(seconds), -ClockWatch.SmallestStep, ClockWatch.SmallestStep);
        Assert.Equal(JournalFixture.Node, step.Node);
    }

    /// <summary>The system's clock, set by hand; a second is a millisecond for who waits.</summary>
    private sealed class SetTime : TimeProvider
    {
        private long _shift;
        private int _looks;

        internal int Looks => Volatile.Read(ref _looks);

        internal void Set(TimeSpan shift) => Volatile.Write(ref _shift, shift.Ticks);

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Increment(ref _looks);
            return base.GetUtcNow().AddTicks(Volatile.Read(ref _shift));
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime < TimeSpan.Zero ? dueTime : dueTime / 1_000, period);
    }
}
