using System.Collections.Concurrent;
using System.ComponentModel;
using Keepalived.Es.Domain.Bfd;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Bfd;

/// <summary>
/// The shell around the machines of BFD sessions: one thread that waits, steps and executes effects in order. It decides nothing. What has arrived is read
/// before a deadline is looked at, so that a thread that was kept waiting takes no session down. Steady state allocates nothing.
/// </summary>
internal sealed partial class BfdLoop : IDisposable
{
    private const int FirstListenerToken = LoopThread.FirstFreeToken;
    private const int EventsAtOnce = 8;
    private const int DatagramsAtOnce = 64;

    /// <summary>Longer than any packet of BFD that could be meant for us; the rest is cut off.</summary>
    private const int DatagramLimit = 128;

    /// <summary>Reads of one socket in succession; what is left waits until the deadlines have had their turn.</summary>
    private const int ReadsMaximum = 16;

    private readonly string _node;
    private readonly JournalWriter _journal;
    private readonly ConcurrentQueue<(LvsSettings Settings, TaskCompletionSource<IReadOnlyList<string>> Changes)> _reloads = new();
    private readonly List<BfdEffect> _effects = new(8);
    private readonly Random _random = new();
    private readonly ReceiveBatch _received = new(DatagramsAtOnce, DatagramLimit);
    private readonly LoopThread _thread;
    private LvsSettings _settings;

    /// <param name="settings">What of it concerns BFD.</param>
    internal BfdLoop(LvsSettings settings, string node, JournalWriter journal)
    {
        (_settings, _node, _journal) = (settings, node, journal);
        _thread = new LoopThread(settings.BfdThreadName ?? "bfd", new LoopThread.Work(SetUp, WaitAndServe, () => ShutDown(MonotonicClock.Now), Broke));
    }

    /// <summary>Hears of every change of a session that checks may look at: its name, whether it is up, and why. On the loop's thread.</summary>
    internal Action<string, bool, string>? ForCheckers { get; init; }

    /// <summary>Hears of every change of a session that instances may track: its name, and whether it is up. On the loop's thread.</summary>
    internal Action<string, bool>? ForInstances { get; init; }

    /// <summary>Completes when the thread has ended; faulted when it broke.</summary>
    internal Task Ended => _thread.Ended;

    /// <summary>Starts the thread and waits until every session has begun.</summary>
    internal Task StartAsync() => _thread.StartAsync();

    /// <summary>Tells every neighbor AdminDown and ends the thread.</summary>
    internal Task StopAsync() => _thread.StopAsync();

    /// <summary>Another configuration: sessions with the same settings go on, others stop or start.</summary>
    /// <returns>What has changed, in words.</returns>
    internal Task<IReadOnlyList<string>> Reload(LvsSettings settings)
    {
        var changes = new TaskCompletionSource<IReadOnlyList<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reloads.Enqueue((settings, changes));
        _thread.Wake();
        if (_thread.Ended.IsCompleted)
        {
            changes.TrySetResult([]);
        }

        return changes.Task;
    }

    public void Dispose()
    {
        foreach (BfdSession session in _sessions)
        {
            session.Dispose();
        }

        foreach (BfdListener listener in _listeners)
        {
            listener.Dispose();
        }

        _received.Dispose();
        _thread.Dispose();
    }

    private void SetUp()
    {
        ApplyScheduling(_settings.BfdScheduling);
        Apply(_settings, MonotonicClock.Now);
    }

    private void Broke(Exception e)
    {
        BfdLog.Broken(e);
        Record(new Degraded(_node, "BFD", $"its loop broke: {e.Message}", "restart the daemon; neighbors see the sessions down, checks keep what they knew"));
    }

    private void WaitAndServe()
    {
        Span<EpollEvent> ready = stackalloc EpollEvent[EventsAtOnce];
        _thread.Wait(ready, _deadlines.Next < _listenAt ? _deadlines.Next : _listenAt);
        TimeSpan now = MonotonicClock.Now;
        foreach (BfdListener listener in _listeners)
        {
            Read(listener, now);
        }

        FireDue(now);
        if (_listenAt <= now)
        {
            Listen(now);
        }

        TakeReloads(now);
    }

    private void FireDue(TimeSpan now)
    {
        for (int fired = 0; fired < _sessions.Length && _deadlines.Next <= now; fired++)
        {
            Step(_sessions[_deadlines.First], new BfdInput(BfdInputKind.DeadlineReached, _random.NextDouble()), now);
        }
    }

    private void Step(BfdSession session, in BfdInput input, TimeSpan now)
    {
        _effects.Clear();
        session.State = BfdMachine.Step(session.Config, session.State, in input, now, _effects);
        _deadlines.Set(session.Index, session.State.NextDeadline);
        foreach (BfdEffect effect in _effects)
        {
            switch (effect.Kind)
            {
                case BfdEffectKind.Send:
                    Send(session, in effect);
                    break;
                case BfdEffectKind.StateChanged:
                    Tell(session, in effect);
                    break;
                case BfdEffectKind.DetectionExpired:
                    BfdLog.Expired(session.Settings.Name, effect.DetectionTime, effect.Overdue);
                    break;
                case BfdEffectKind.PollStarted:
                    BfdLog.PollStarted(session.Settings.Name);
                    break;
            }
        }
    }

    /// <summary>A neighbor that cannot be reached is said once; its silence takes the session down.</summary>
    private void Send(BfdSession session, in BfdEffect effect)
    {
        Span<byte> bytes = stackalloc byte[BfdPacketCodec.Length];
        BfdPacketCodec.Encode(effect.Packet, bytes);
        int errno = session.Send(bytes);
        if (errno == session.LastError || errno == Errno.EAGAIN)
        {
            return;
        }

        session.LastError = errno;
        if (errno == 0)
        {
            BfdLog.SentAgain(session.Settings.Name, session.Settings.Neighbor.ToString());
        }
        else
        {
            BfdLog.NotSent(session.Settings.Name, session.Settings.Neighbor.ToString(), errno);
        }
    }

    private void TakeReloads(TimeSpan now)
    {
        while (_reloads.TryDequeue(out (LvsSettings Settings, TaskCompletionSource<IReadOnlyList<string>> Changes) reload))
        {
            try
            {
                reload.Changes.TrySetResult(Apply(reload.Settings, now));
            }
            catch (Win32Exception e)                             // the request's border
            {
                reload.Changes.TrySetException(e);
            }
        }
    }

    private void ShutDown(TimeSpan now)
    {
        foreach (BfdSession session in _sessions)
        {
            Step(session, new BfdInput(BfdInputKind.Disabled, _random.NextDouble()), now);
        }

        while (_reloads.TryDequeue(out (LvsSettings Settings, TaskCompletionSource<IReadOnlyList<string>> Changes) reload))
        {
            reload.Changes.TrySetResult([]);
        }
    }
}
