using System.ComponentModel;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux;
using Keepalived.Es.NodeRuntime.Linux.Arp;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <summary>
/// The shell around the VRRP machines: one thread of its own that waits, steps and executes effects in order. It decides nothing, never
/// awaits and never touches the disk. What it sees goes to the journal and the notify handlers through bounded queues.
/// </summary>
internal sealed partial class VrrpLoop : IDisposable
{
    private const int MonitorToken = LoopThread.FirstFreeToken;
    private const int FirstSocketToken = 16;
    private const int SendCapacity = 256;
    private const int EventsAtOnce = 64;
    private static readonly TimeSpan DigestInterval = TimeSpan.FromSeconds(10);

    /// <summary>Timers due within this time fire together, so that many instances share a system call. Far below any skew between priorities that matters.</summary>
    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(0.5);

    /// <summary>
    /// So long before an instance may take over, the way of its hooks in JavaScript is rehearsed: what has not been used for long is far from the processor.
    /// </summary>
    private static readonly TimeSpan RehearsalLead = TimeSpan.FromMilliseconds(2);

    private static readonly VrrpEffect TakeOver =
        new(VrrpEffectKind.Transition) { From = VrrpPhase.Backup, To = VrrpPhase.Master, Reason = TransitionReason.MasterDownTimerExpired };

    private KeepalivedConfig _config;
    private readonly string _node;
    private readonly JournalWriter _journal;
    private readonly NotifyQueue _notify;
    private readonly Notifications _notifications;
    private InstanceRuntime[] _instances;
    private SyncGroupRuntime[] _groups;
    private RouterAddress[] _virtualAddresses;
    private DeadlineHeap _deadlines;
    private readonly EffectBuffer _effects = new();
    private readonly List<SocketPair> _sockets = [];
    private readonly LinkTable _links = new();
    private readonly RouteBatch _routes = new();
    private readonly LoopThread _thread;
    private readonly SendBatch _send = new(SendCapacity, AdvertisementCodec.MaximumLength);
    private readonly SendBatch _arp = new(SendCapacity, GratuitousArpFrame.Length);
    private readonly ReceiveBatch _receive = new();
    private RouteMonitor _monitor = null!;
    private RouteSocket _kernel = null!;
    private GratuitousArpSocket _arpSocket = null!;
    private SocketPair? _sendSocket;
    private InstanceRuntime?[] _sendOwners = new InstanceRuntime?[SendCapacity];
    private TimeSpan _digestsFrom;
    private int _nextSocketToken = FirstSocketToken;
    private long _nextToken = 1;

    internal VrrpLoop(KeepalivedConfig config, string node, JournalWriter journal, NotifyQueue notify, Notifications notifications)
    {
        (_config, _node, _journal, _notify, _notifications) = (config, node, journal, notify, notifications);
        _instances = [.. config.Instances.Select((settings, index) => new InstanceRuntime(index, settings))];
        _groups = GroupsOf(config, _instances);
        _scripts = ScriptsOf(config, _instances);
        _virtualAddresses = AddressesOf(_instances);
        _deadlines = new DeadlineHeap(_instances.Length);
        _thread = new LoopThread(config.Global.VrrpThreadName ?? "vrrp", new LoopThread.Work(SetUp, WaitAndServe, ShutDown, Broke));
    }

    /// <summary>Told of every transition, on the loop's thread: must not block. Set it before the start.</summary>
    internal Action<string, VrrpPhase>? Transitioned { get; init; }

    /// <summary>Starts the thread and waits until every instance has been started.</summary>
    /// <exception cref="Win32Exception">A socket or netlink request was refused; the message names it.</exception>
    internal Task StartAsync() => _thread.StartAsync();

    /// <summary>Resigns, takes the addresses off and ends the thread.</summary>
    internal Task StopAsync() => _thread.StopAsync();

    /// <summary>Completes when the thread has ended; faulted when it broke.</summary>
    internal Task Ended => _thread.Ended;

    public void Dispose()
    {
        _sockets.ForEach(pair => pair.Dispose());
        _monitor?.Dispose();
        _kernel?.Dispose();
        _arpSocket?.Dispose();
        _thread.Dispose();
        _send.Dispose();
        _arp.Dispose();
        _receive.Dispose();
    }

    private void Broke(Exception e)
    {
        Log.LoopBroken(e);
        ResignAll();
    }

    private void SetUp()
    {
        ApplyScheduling();
        _monitor = new RouteMonitor();
        _kernel = new RouteSocket();
        _arpSocket = new GratuitousArpSocket();
        _thread.Add(_monitor.Descriptor, MonitorToken);
        _links.Reset(_kernel.DumpLinks(), _kernel.DumpAddresses());
        AddStatics();
        TimeSpan now = MonotonicClock.Now;
        _digestsFrom = now;
        var sources = new RouterAddress[_instances.Length];      // all first: a member's start depends on its group's faults
        foreach (InstanceRuntime instance in _instances)
        {
            (instance.OwnFaults, sources[instance.Index]) = Environment(instance);
        }

        foreach (InstanceRuntime instance in _instances)
        {
            ReportConfigured(instance, sources[instance.Index]);
            Feed(instance, VrrpInput.Startup(sources[instance.Index], FaultsOf(instance)), MonotonicClock.Now);
        }

        FlushSends();
    }

    private void WaitAndServe()
    {
        Span<EpollEvent> ready = stackalloc EpollEvent[EventsAtOnce];
        TimeSpan digest = _digestsFrom + DigestInterval;
        TimeSpan next = Candidate is null ? _deadlines.Next : _deadlines.Next - RehearsalLead;
        int count = _thread.Wait(ready, next < digest ? next : digest);
        TimeSpan now = MonotonicClock.Now;
        bool late = now - _deadlines.Next > TimerLate.Smallest;
        if (late)
        {
            ReportLateness(now);
        }

        Serve(ready[..count], now);
        while (late)                                             // what came while the loop stood still is heard before its timers fire
        {
            count = _thread.Look(ready);
            Serve(ready[..count], now);
            late = count == ready.Length;
        }

        FireDue(now);
        FlushSends();
        Rehearse(now);
        if (now - _digestsFrom >= DigestInterval)
        {
            ReportQuietTimes(now);
        }
    }

    /// <summary>The instance that takes over next if nothing is heard meanwhile, when that wants rehearsing and has not been.</summary>
    private InstanceRuntime? Candidate =>
        _deadlines.Next != VrrpState.Never && _instances[_deadlines.First] is { RunsJavaScript: true, State.Phase: VrrpPhase.Backup } first && first.Rehearsed != _deadlines.Next
            ? first
            : null;

    private void Rehearse(TimeSpan now)
    {
        if (Candidate is { } candidate && now >= _deadlines.Next - RehearsalLead)
        {
            candidate.Rehearsed = _deadlines.Next;
            _notify.Expect(_notifications.OfInstance(candidate, TakeOver));
        }
    }

    private void Serve(ReadOnlySpan<EpollEvent> ready, TimeSpan now)
    {
        foreach (ref readonly EpollEvent one in ready)
        {
            Serve(one.Token, now);
        }
    }

    private void Serve(int token, TimeSpan now)
    {
        switch (token)
        {
            case LoopThread.TimerToken:
                break;
            case LoopThread.WakeupToken:
                TakeResults(now);
                TakeReloads();
                break;
            case MonitorToken:
                ReadNetworkChanges(now);
                break;
            default:
                ReceiveFrom(token, now);
                break;
        }
    }

    private void FireDue(TimeSpan now)
    {
        for (int fired = 0; fired < _instances.Length && _deadlines.Next <= now + Coalescing; fired++)
        {
            InstanceRuntime instance = _instances[_deadlines.First];
            TimeSpan due = _deadlines.Next;
            Feed(instance, VrrpInput.Deadline(), due > now ? due : now);
        }
    }

    private void ReceiveFrom(int token, TimeSpan now)
    {
        SocketPair? pair = _sockets.Find(candidate => candidate.Token == token);
        if (pair is null)
        {
            return;
        }

        int count;
        do
        {
            count = _receive.Receive(pair.Receive);
            for (int i = 0; i < count; i++)
            {
                Hear(pair, _receive[i].Bytes, now);
            }
        }
        while (count == _receive.Capacity);
    }

    private void Hear(SocketPair pair, ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        if (!AdvertisementCodec.TryReadIPv4(datagram, out AdvertisementEnvelope envelope, out ReadOnlySpan<byte> message) || message.Length < 2)
        {
            return;
        }

        ReadOnlySpan<InstanceRuntime> instances = pair.Of(message[1]);
        if (instances.IsEmpty && _config.Global.LogUnknownVrids)
        {
            Log.UnknownVrid(pair.Endpoint.InterfaceName, message[1], envelope.Source);
        }

        foreach (InstanceRuntime instance in instances)
        {
            if (instances.Length > 1 && !instance.Settings.UnicastPeers.Any(peer => peer.Address == envelope.Source))
            {
                continue;
            }

            AdvertisementVerdict verdict =
                AdvertisementCodec.Decode(message, instance.Format, in envelope, out Advertisement heard, out AdvertisementNotes notes);
            if (verdict != AdvertisementVerdict.Accepted)
            {
                Reject(instance, verdict, in envelope, message);
                continue;
            }

            instance.Digests.Count(heard.Source, heard.Priority, now);
            if (notes != AdvertisementNotes.None)
            {
                ReportNotes(instance, in heard, notes);
            }

            Feed(instance, new VrrpInput(VrrpInputKind.AdvertisementReceived) { Advertisement = heard }, now);
        }
    }

    private void ShutDown()
    {
        ResignAll();
        RemoveStatics();
        ReportQuietTimes(MonotonicClock.Now);
    }

    private void ResignAll()
    {
        foreach (InstanceRuntime instance in _instances)
        {
            Feed(instance, new VrrpInput(VrrpInputKind.Shutdown), MonotonicClock.Now);
        }

        FlushSends();
    }
}
