using System.Collections.Concurrent;
using System.ComponentModel;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.NodeRuntime.Checkers;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Vrrp;
using MediatR;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>
/// The shell around the machines of checks and virtual servers: one thread that waits, steps and executes effects in order. It decides nothing. Tries run
/// on the reactor or the thread pool, and their answers come back through a queue.
/// </summary>
internal sealed partial class LvsLoop : IProbeSink, IDisposable
{
    private const int MonitorToken = LoopThread.FirstFreeToken;
    private const int EventsAtOnce = 16;

    /// <summary>
    /// From one turn to the next, at least: at 2,000 checks a second each turn then serves several, and the two threads wake each other less often. No check is
    /// so urgent that it would be felt.
    /// </summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);

    /// <summary>Tokens of this loop's records; the VRRP loop counts from 1.</summary>
    private const long FirstToken = 1L << 40;

    private readonly string _node;
    private readonly DrainStore _drains;
    private readonly JournalWriter _journal;
    private readonly LvsNotifications _notifications;
    private readonly NotifyQueue _notify;
    private readonly Notifications _scripts;
    private readonly IMediator _mediator;
    private bool _hasFifo;
    private readonly ConcurrentQueue<ProbeAnswer> _answers = new();
    private readonly ConcurrentQueue<LvsMessage> _messages = new();
    private readonly List<VirtualServerEffect> _effects = [];
    private readonly List<Told> _told = [];
    private readonly Random _random = new();
    private readonly LoopThread _thread;
    private LvsSettings _settings;
    private VirtualServerRuntime[] _servers = [];
    private readonly CheckSlots _slots = new();
    private CheckRuntime[] _checks = [];
    private DeadlineHeap _deadlines = new(0);
    private KernelTable _kernel = new(null);
    private ProbeReactor? _reactor;
    private long _nextToken = FirstToken;
    private int _signalled;
    private bool _keepKernel;

    /// <summary>The kernel's table is about to be set as a whole: single effects are not executed.</summary>
    private bool _byDifference;

    /// <param name="config">What of it concerns load balancing.</param>
    /// <param name="drains">Servers that are out of service by an operator's wish.</param>
    internal LvsLoop(KeepalivedConfig config, string node, JournalWriter journal, HookParts hooks, DrainStore drains)
    {
        _drains = drains;
        (_settings, _node, _journal, _notify, _scripts, _mediator) = (config.Lvs, node, journal, hooks.Queue, hooks.Notifications, hooks.Mediator);
        _notifications = new LvsNotifications(hooks.Notifications);
        _hasFifo = HasFifo(config);
        _thread = new LoopThread(config.Lvs.ThreadName ?? "lvs", new LoopThread.Work(SetUp, WaitAndServe, ShutDown, Broke));
    }

    /// <summary>Whether somebody is told of servers by a FIFO.</summary>
    internal static bool HasFifo(KeepalivedConfig config) => config.Global.Fifo is not null || config.Lvs.Fifo is not null;

    /// <summary>Starts the thread and waits until every virtual server is in the kernel's table.</summary>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    internal Task StartAsync() => _thread.StartAsync();

    /// <summary>Takes the virtual servers out of the kernel's table and ends the thread.</summary>
    /// <param name="keepKernel">The table stays as it is (<c>--dont-release-ipvs</c>).</param>
    internal Task StopAsync(bool keepKernel)
    {
        _keepKernel = keepKernel;
        return _thread.StopAsync();
    }

    /// <summary>Completes when the thread has ended; faulted when it broke.</summary>
    internal Task Ended => _thread.Ended;

    /// <summary>Hands something over, from any thread. Never blocks.</summary>
    internal void Post(LvsMessage message)
    {
        _messages.Enqueue(message);
        _thread.Wake();
    }

    /// <inheritdoc/>
    public void OnProbed(int token, ProbeResult result) => Answer(new ProbeAnswer(token, result));

    public void Dispose()
    {
        _reactor?.Dispose();
        foreach (CheckRuntime check in _checks)
        {
            check.Dispose();
        }

        _kernel.Dispose();
        _monitor?.Dispose();
        _thread.Dispose();
    }

    private void Answer(in ProbeAnswer answer)
    {
        _answers.Enqueue(answer);
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            _thread.Wake();
        }
    }

    private void Broke(Exception e)
    {
        Log.LvsLoopBroken(e);
        Record(new Degraded(_node, "load balancing", $"its loop broke: {e.Message}", "restart the daemon; the kernel's table stays as it is until then"));
    }

    private void SetUp()
    {
        ApplyScheduling(_settings.Scheduling);
        _reactor = new ProbeReactor();
        _kernel = OpenKernel();
        WatchAddresses();
        TimeSpan now = MonotonicClock.Now;
        _servers = [.. _settings.VirtualServers.Select(settings => new VirtualServerRuntime(settings))];
        foreach (VirtualServerRuntime server in _servers)
        {
            server.Checks = [.. server.Settings.RealServers.Select((real, i) => real.Checks.Select(check => MakeCheck(check, server, i)).ToArray())];
        }

        Number();
        foreach (CheckRuntime check in _checks)
        {
            Prime(check, now);
        }

        RestoreDrains(now);
        StartServers(now);
        FindSuspended(now);
    }

    private void WaitAndServe()
    {
        Span<EpollEvent> ready = stackalloc EpollEvent[EventsAtOnce];
        int count = _thread.Wait(ready, _deadlines.Next < _nextLook ? _deadlines.Next : _nextLook);
        TimeSpan now = MonotonicClock.Now;
        for (int i = 0; i < count; i++)
        {
            switch (ready[i].Token)
            {
                case LoopThread.TimerToken:
                    break;
                case LoopThread.WakeupToken:
                    Volatile.Write(ref _signalled, 0);
                    break;
                default:
                    ReadAddressChanges(now);
                    break;
            }
        }

        TakeMessages(now);
        TakeAnswers(now);
        FireDue(now);
        Settle(now);
        ReportLateness(now);
        LookAfterKernel(now);
        if (!_thread.IsStopping)
        {
            Thread.Sleep(Pace);
        }
    }

    private void FireDue(TimeSpan now)
    {
        for (int fired = 0; fired < _checks.Length + _servers.Length && _deadlines.Next <= now; fired++)
        {
            int first = _deadlines.First;
            if (first < _checks.Length)
            {
                NoteLateness(now - _deadlines.Next);
                Step(_checks[first], Domain.Health.CheckInputKind.DeadlineReached, now);
            }
            else
            {
                Feed(_servers[first - _checks.Length], new VirtualServerInput(VirtualServerInputKind.DeadlineReached), 0, "its time is over", now);
            }
        }
    }

    private void TakeMessages(TimeSpan now)
    {
        while (_messages.TryDequeue(out LvsMessage? message))
        {
            switch (message)
            {
                case LvsMessage.FileValue file:
                    TakeFile(file, now);
                    break;
                case LvsMessage.SessionState session:
                    TakeSession(session, now);
                    break;
                case LvsMessage.InstanceState state:
                    FollowInstance(state.IsMaster);
                    break;
                case LvsMessage.Drain drain:
                    drain.Answer.SetResult(Drain(drain, now));
                    break;
                case LvsMessage.Reload reload:
                    Reload(reload, now);
                    break;
            }
        }
    }

    /// <summary>Numbers the checks, then the virtual servers, for the heap of deadlines.</summary>
    private void Number()
    {
        _checks = [.. _servers.SelectMany(server => server.AllChecks)];
        _deadlines = new DeadlineHeap(_checks.Length + _servers.Length);
        for (int i = 0; i < _checks.Length; i++)
        {
            _checks[i].Index = i;
        }

        for (int i = 0; i < _servers.Length; i++)
        {
            _servers[i].Index = _checks.Length + i;
        }
    }

    private void ShutDown()
    {
        foreach (CheckRuntime check in _checks)
        {
            Abandon(check);
        }

        StopServers(MonotonicClock.Now);
        Settle(MonotonicClock.Now);
    }
}
