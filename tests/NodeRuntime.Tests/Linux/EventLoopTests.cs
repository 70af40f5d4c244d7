using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class EventLoopTests
{
    private const int LimitMs = 10_000;

    [Fact]
    public void A_timer_fires_at_its_deadline_and_not_before()
    {
        using var epoll = new Epoll();
        using var timer = new MonotonicTimer();
        epoll.Add(timer.Descriptor, token: 42);
        TimeSpan deadline = MonotonicClock.Now + TimeSpan.FromMilliseconds(20);
        timer.Arm(deadline);
        var ready = new EpollEvent[4];
        Assert.Equal(1, epoll.Wait(ready, LimitMs));
        Assert.Equal(42, ready[0].Token);
        Assert.True(MonotonicClock.Now >= deadline);
        Assert.True(timer.Drain());
        Assert.False(timer.Drain());
        Assert.Equal(0, epoll.Wait(ready, timeoutMs: 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(1)]
    public void A_deadline_in_the_past_fires_at_once(long ticks)
    {
        using var epoll = new Epoll();
        using var timer = new MonotonicTimer();
        epoll.Add(timer.Descriptor, token: 1);
        timer.Arm(new TimeSpan(ticks));
        Assert.Equal(1, epoll.Wait(new EpollEvent[1], LimitMs));
    }

    [Fact]
    public void A_timer_armed_for_ever_is_disarmed()
    {
        using var epoll = new Epoll();
        using var timer = new MonotonicTimer();
        epoll.Add(timer.Descriptor, token: 1);
        timer.Arm(TimeSpan.Zero);
        timer.Arm(TimeSpan.MaxValue);
        Assert.Equal(0, epoll.Wait(new EpollEvent[1], timeoutMs: 0));
        Assert.False(timer.Drain());
    }

    [Fact]
    public async Task A_signal_of_another_thread_wakes_the_loop()
    {
        using var epoll = new Epoll();
        using var wakeup = new Wakeup();
        epoll.Add(wakeup.Descriptor, token: 7);
        Task signals = Task.Run(
            () =>
            {
                wakeup.Signal();
                wakeup.Signal();
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(1, epoll.Wait(new EpollEvent[4], LimitMs));
        await signals;
        Assert.True(wakeup.Drain());
        Assert.False(wakeup.Drain());
    }

    [Fact]
    public void A_signal_after_the_end_is_ignored()
    {
        var wakeup = new Wakeup();
        wakeup.Dispose();
        wakeup.Signal();
        Assert.True(wakeup.Descriptor.IsClosed);
    }

    [Fact]
    public void A_removed_descriptor_is_no_longer_reported()
    {
        using var epoll = new Epoll();
        using var wakeup = new Wakeup();
        epoll.Add(wakeup.Descriptor, token: 7);
        wakeup.Signal();
        epoll.Remove(wakeup.Descriptor);
        epoll.Remove(wakeup.Descriptor);
        Assert.Equal(0, epoll.Wait(new EpollEvent[1], timeoutMs: 0));
    }

    [Fact]
    public void Descriptors_that_do_not_fit_come_with_the_next_wait()
    {
        using var epoll = new Epoll();
        using var first = new Wakeup();
        using var second = new Wakeup();
        epoll.Add(first.Descriptor, token: 1);
        epoll.Add(second.Descriptor, token: 2);
        first.Signal();
        second.Signal();
        var ready = new EpollEvent[1];
        Assert.Equal(1, epoll.Wait(ready, LimitMs));
        int earlier = ready[0].Token;
        Assert.Equal(1, epoll.Wait(ready, LimitMs));
        Assert.Equal(3, earlier + ready[0].Token);
    }

    [Fact]
    public void The_clock_never_runs_back()
    {
        TimeSpan before = MonotonicClock.Now;
        for (int i = 0; i < 10_000; i++)
        {
            TimeSpan now = MonotonicClock.Now;
            Assert.True(now >= before);
            before = now;
        }
    }
}
