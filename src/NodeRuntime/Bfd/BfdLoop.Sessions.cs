using System.ComponentModel;
using System.Security.Cryptography;
using Keepalived.Es.Domain.Bfd;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Scheduling;
using Keepalived.Es.NodeRuntime.Vrrp;

namespace Keepalived.Es.NodeRuntime.Bfd;

/// <content>Which sessions there are, and who hears of them.</content>
internal sealed partial class BfdLoop
{
    private const int FirstPort = 49152;
    private const int Ports = 65536 - FirstPort;

    /// <summary>A program that is being started still holds the sockets that we have closed, until it runs: a first refusal may come of that, and is not told.</summary>
    private static readonly TimeSpan FirstListenAgain = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan ListenAgain = TimeSpan.FromSeconds(1);

    private readonly Dictionary<uint, BfdSession> _byDiscriminator = [];
    private readonly Dictionary<(RouterAddress Neighbor, RouterAddress Source), BfdSession> _byPair = [];
    private readonly HashSet<ushort> _ports = [];
    private BfdSession[] _sessions = [];
    private BfdListener[] _listeners = [];
    private DeadlineHeap _deadlines = new(0);
    private int _nextListenerToken = FirstListenerToken;
    private Dictionary<BfdListenerKey, int> _refusals = [];      // in succession
    private TimeSpan _listenAt = BfdState.Never;

    /// <returns>What has changed, in words.</returns>
    private List<string> Apply(LvsSettings settings, TimeSpan now)
    {
        List<string> changes = [];
        var left = _sessions.ToDictionary(session => session.Settings.Name, StringComparer.Ordinal);
        List<(BfdInstanceSettings Wanted, BfdSession? Former)> wanted = [];
        foreach (BfdInstanceSettings one in settings.BfdInstances)
        {
            bool goesOn = left.TryGetValue(one.Name, out BfdSession? former) && IsSame(former.Settings, one);
            wanted.Add((one, goesOn ? former : null));
            if (goesOn)
            {
                left.Remove(one.Name);
            }
        }

        foreach (BfdSession gone in left.Values)
        {
            Retire(gone, now);
            changes.Add($"bfd_instance {gone.Settings.Name} {(settings.BfdInstances.Any(one => one.Name == gone.Settings.Name) ? "begins anew" : "removed")}");
        }

        HashSet<BfdSession> started = [];
        _settings = settings;
        _sessions = [.. wanted.Select(pair => pair.Former ?? Added(pair.Wanted, started))];
        changes.AddRange(started.Where(session => !left.ContainsKey(session.Settings.Name)).Select(session => $"bfd_instance {session.Settings.Name} added"));
        Number(wanted);
        Listen(now);
        foreach (BfdSession session in started)
        {
            Step(session, new BfdInput(BfdInputKind.Start, _random.NextDouble()), now);
        }

        Array.ForEach(_sessions, TellState);
        return changes;
    }

    /// <summary>Who hears of a session, and its weight there, change without a new beginning.</summary>
    private static bool IsSame(BfdInstanceSettings one, BfdInstanceSettings other) =>
        one == other with { Span = one.Span, Weight = one.Weight, Reverse = one.Reverse, ForVrrp = one.ForVrrp, ForCheckers = one.ForCheckers };

    private BfdSession Added(BfdInstanceSettings settings, HashSet<BfdSession> started)
    {
        uint discriminator;
        do
        {
            discriminator = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        }
        while (discriminator == 0 || _byDiscriminator.ContainsKey(discriminator));

        var session = new BfdSession(settings, discriminator, FreePort());
        _byDiscriminator.Add(discriminator, session);
        _byPair[(settings.Neighbor, settings.Source)] = session;
        started.Add(session);
        return session;
    }

    /// <summary>From a random start on; with more sessions than ports one serves several (RFC 5881 section 4).</summary>
    private ushort FreePort()
    {
        int port = RandomNumberGenerator.GetInt32(Ports);
        for (int tried = 0; tried < Ports && !_ports.Add((ushort)(FirstPort + port)); tried++)
        {
            port = (port + 1) % Ports;
        }

        return (ushort)(FirstPort + port);
    }

    private void Retire(BfdSession session, TimeSpan now)
    {
        Step(session, new BfdInput(BfdInputKind.Disabled, _random.NextDouble()), now);
        _byDiscriminator.Remove(session.Config.Discriminator);
        _byPair.Remove((session.Settings.Neighbor, session.Settings.Source));
        _ports.Remove(session.Port);
        session.Dispose();
    }

    private void Number(List<(BfdInstanceSettings Wanted, BfdSession? Former)> wanted)
    {
        _deadlines = new DeadlineHeap(_sessions.Length);
        for (int i = 0; i < _sessions.Length; i++)
        {
            _sessions[i].Index = i;
            _sessions[i].Settings = wanted[i].Wanted;
            _deadlines.Set(i, _sessions[i].State.NextDeadline);
        }
    }

    /// <summary>Opens the sockets that sessions need and are not there, again and again while they are refused, and closes those that none needs any more.</summary>
    private void Listen(TimeSpan now)
    {
        HashSet<BfdListenerKey> needed = [.. _sessions.Select(session => session.Listener)];
        foreach (BfdListener unneeded in _listeners.Where(listener => !needed.Contains(listener.Key)))
        {
            _thread.Remove(unneeded.Descriptor);
            unneeded.Dispose();
        }

        List<BfdListener> listeners = [.. _listeners.Where(listener => needed.Remove(listener.Key))];
        Dictionary<BfdListenerKey, int> refusals = [];
        foreach (BfdListenerKey missing in needed)
        {
            int before = _refusals.GetValueOrDefault(missing);
            try
            {
                var listener = BfdListener.Open(missing);
                listeners.Add(listener);
                _thread.Add(listener.Descriptor, _nextListenerToken++);
                if (before > 1)
                {
                    BfdLog.Listens(missing);
                }
            }
            catch (Win32Exception e)
            {
                refusals[missing] = before + 1;
                if (before == 1)
                {
                    Degrade($"BFD over {missing.Family}, port {missing.Port}", e.Message, "sessions there stay down until the other program that speaks BFD ends");
                }
            }
        }

        _listeners = [.. listeners];
        _refusals = refusals;
        _listenAt = refusals.Count == 0 ? BfdState.Never : now + (refusals.ContainsValue(1) ? FirstListenAgain : ListenAgain);
    }

    private void Tell(BfdSession session, in BfdEffect change)
    {
        BfdLog.Changed(session.Settings.Name, in change);
        Record(new BfdSessionChanged(_node, session.Settings.Name, session.Settings.Neighbor, change.From, change.To, change.Diagnostic, change.RemoteState));
        if (!_thread.IsStopping && change.To != BfdSessionState.AdminDown)                // a session that ends says nothing of the path
        {
            TellState(session);
        }
    }

    private void TellState(BfdSession session)
    {
        if (session.Settings.ForCheckers)
        {
            ForCheckers?.Invoke(session.Settings.Name, session.IsUp, session.Note);
        }

        if (session.Settings.ForVrrp)
        {
            ForInstances?.Invoke(session.Settings.Name, session.IsUp);
        }
    }

    private void ApplyScheduling(SchedulingSettings scheduling)
    {
        var options = new SchedulingOptions
        {
            Nice = scheduling.Nice,
            RealTimePriority = scheduling.RealTimePriority,
            RealTimeLimitUs = scheduling.RealTimeLimitMicroseconds,
            Processors = scheduling.Processors,
            NoSwap = scheduling.NoSwap,
        };
        foreach (SetupProblem problem in SchedulingSetup.Apply(options))
        {
            Degrade(problem.Subject.Replace("vrrp_", "bfd_", StringComparison.Ordinal), problem.Problem, problem.Remedy);
        }
    }

    private void Degrade(string subject, string problem, string remedy)
    {
        Log.Degraded(subject, problem, remedy);
        Record(new Degraded(_node, subject, problem, remedy));
    }

    private void Record(INodeEvent @event) => _journal.Record(new NodeOccurrence(@event, DateTimeOffset.UtcNow, MonotonicClock.Now));
}
