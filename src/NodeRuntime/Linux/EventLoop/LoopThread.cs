using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.EventLoop;

/// <summary>A thread of its own for one event loop, with what the loop waits on: epoll, one timer and a wake-up from other threads.</summary>
internal sealed class LoopThread : IDisposable
{
    /// <summary>The token of the timer.</summary>
    internal const int TimerToken = 0;

    /// <summary>The token of <see cref="Wake"/>.</summary>
    internal const int WakeupToken = 1;

    /// <summary>The first token that is the loop's own.</summary>
    internal const int FirstFreeToken = 2;

    private readonly Epoll _epoll = new();
    private readonly MonotonicTimer _timer = new();
    private readonly Wakeup _wakeup = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _name;
    private readonly Work _work;
    private TimeSpan _armed = VrrpState.Never;
    private volatile bool _stopping;

    /// <summary>What the thread does, all of it on the thread.</summary>
    /// <param name="SetUp">Once, before anything else.</param>
    /// <param name="Turn">Again and again until the loop is stopped: waits and serves.</param>
    /// <param name="ShutDown">Once, after the last turn.</param>
    /// <param name="Broke">Instead of <paramref name="ShutDown"/>, when something failed after <paramref name="SetUp"/>.</param>
    internal sealed record Work(Action SetUp, Action Turn, Action ShutDown, Action<Exception> Broke);

    /// <param name="name">Of the thread.</param>
    internal LoopThread(string name, Work work)
    {
        (_name, _work) = (name, work);
        _epoll.Add(_timer.Descriptor, TimerToken);
        _epoll.Add(_wakeup.Descriptor, WakeupToken);
    }

    /// <summary>Whether the set-up is done.</summary>
    internal bool HasStarted => _started.Task.IsCompleted;

    /// <summary>Whether no further turn begins.</summary>
    internal bool IsStopping => _stopping;

    /// <summary>Completes when the thread has ended; faulted when it broke.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Starts the thread.</summary>
    /// <returns>Completes after the set-up; faulted with what it threw.</returns>
    internal Task StartAsync()
    {
        new Thread(Run) { Name = _name, IsBackground = true }.Start();
        return _started.Task;
    }

    /// <summary>Ends the thread after the turn that it is in. From any thread.</summary>
    /// <returns><see cref="Ended"/>.</returns>
    internal Task StopAsync()
    {
        _stopping = true;
        Wake();
        return Ended;
    }

    /// <summary>Ends the wait of the loop, from any thread.</summary>
    internal void Wake() => _wakeup.Signal();

    /// <summary>Waits for this descriptor too.</summary>
    internal void Add(SafeDescriptor descriptor, int token) => _epoll.Add(descriptor, token);

    /// <summary>Waits for it no longer.</summary>
    internal void Remove(SafeDescriptor descriptor) => _epoll.Remove(descriptor);

    /// <summary>Waits until something is ready or <paramref name="deadline"/> is reached. The timer and the wake-up are drained already.</summary>
    /// <param name="deadline">On <see cref="MonotonicClock"/>; <see cref="VrrpState.Never"/>: no deadline.</param>
    /// <returns>How many of <paramref name="ready"/> are filled.</returns>
    internal int Wait(Span<EpollEvent> ready, TimeSpan deadline)
    {
        if (deadline != _armed)
        {
            _timer.Arm(deadline);
            _armed = deadline;
        }

        return Drained(ready, _epoll.Wait(ready));
    }

    /// <summary>What is ready now, without waiting. The timer and the wake-up are drained already.</summary>
    /// <returns>How many of <paramref name="ready"/> are filled.</returns>
    internal int Look(Span<EpollEvent> ready) => Drained(ready, _epoll.Wait(ready, timeoutMs: 0));

    private int Drained(ReadOnlySpan<EpollEvent> ready, int count)
    {
        foreach (ref readonly EpollEvent one in ready[..count])
        {
            if (one.Token == TimerToken)
            {
                _timer.Drain();
                _armed = VrrpState.Never;
            }
            else if (one.Token == WakeupToken)
            {
                _wakeup.Drain();
            }
        }

        return count;
    }

    public void Dispose()
    {
        _wakeup.Dispose();
        _epoll.Dispose();
        _timer.Dispose();
    }

    private void Run()
    {
        try
        {
            _work.SetUp();
            _started.SetResult();
            while (!_stopping)
            {
                _work.Turn();
            }

            _work.ShutDown();
            _ended.SetResult();
        }
        catch (Exception e)                                      // the thread's border: the daemon decides what becomes of it
        {
            if (!_started.TrySetException(e))
            {
                _work.Broke(e);
            }

            _ended.TrySetException(e);
        }
    }
}
