using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Simulation;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>Reads the events of an incident's world out of its records.</summary>
internal sealed partial class WorldBuilder
{
    /// <summary>A gap so many intervals long between two advertisements means that at least one was lost.</summary>
    private const double LossGap = 1.5;

    /// <summary>A moment before or after: what happened then comes before or behind what happened at the moment itself.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly IncidentBundle _bundle;
    private readonly WorldMember[] _members;
    private readonly Dictionary<string, TimeSpan> _offsets;
    private readonly List<WorldEvent> _events = [];
    private readonly List<MemberTransition> _recorded = [];
    private readonly List<string> _assumed = [];
    private readonly Dictionary<(string Boot, TimeSpan Mono), TimeSpan> _moments = [];
    private readonly WorldRouter[] _routers;

    internal WorldBuilder(IncidentBundle bundle, WorldMember[] members)
    {
        (_bundle, _members) = (bundle, members);
        _offsets = bundle.Clocks.ToDictionary(clock => clock.Node, clock => clock.Offset, StringComparer.Ordinal);
        _routers = new WorldRouter[members.Length];
    }

    internal RecordedWorld Build()
    {
        for (int index = 0; index < _members.Length; index++)
        {
            _routers[index] = Begin(index);
            Live(index);
        }

        Heard[] heard = [.. AllHeard().OrderBy(h => h.At)];
        Deaths(heard);
        Stalls();
        Holds(heard);
        Cuts(heard);
        Phases(heard);
        foreach (Stall stall in _stalls)                         // the last: of what happens at the moment of its wake, the other things come first
        {
            _events.Add(new WorldEvent(stall.Begin, WorldEventKind.Stall, stall.Router));
            _events.Add(new WorldEvent(stall.End, WorldEventKind.Wake, stall.Router));
        }

        _assumed.Add($"packets take {Durations.Text(RecordedWorld.LanDelay)}, and clocks run alike");
        if (_bundle.Events.Any(e => e.Event is ITransitionEvent { Reason: TransitionReason.SyncGroup }))
        {
            _assumed.Add("the sync group is left out: each member moves for itself");
        }

        return new RecordedWorld(
            _bundle.From, _bundle.To - _bundle.From, _members, _routers, _events, [.. _recorded.OrderBy(t => t.At)],
            [
                "configurations, starts and stops of the daemons, faults, loops that woke late, and what trackers contributed to priorities",
                $"{heard.Length} advertisements heard, with their moments",
            ],
            _assumed);
    }

    private WorldRouter Begin(int index)
    {
        WorldMember member = _members[index];
        RecordedEvent[] before = [.. _bundle.Before.Where(e => IsOf(e, member)).OrderBy(e => e.Origin?.Hlc)];
        object? last = before.Select(e => e.Event).LastOrDefault(e => e is ITransitionEvent or NodeStarted or NodeStopped);
        (bool running, VrrpPhase phase, FaultReasons faults) = last switch
        {
            InstanceBecameMaster => (true, VrrpPhase.Master, FaultReasons.None),
            InstanceBecameBackup => (true, VrrpPhase.Backup, FaultReasons.None),
            InstanceEnteredFault fault => (true, VrrpPhase.Fault, fault.Faults),
            _ => (false, VrrpPhase.Initialize, FaultReasons.None),
        };
        int contribution = before.Select(e => e.Event).OfType<PriorityChanged>().LastOrDefault()?.Contributions.Values.Sum() ?? 0;
        return new WorldRouter(member.Config, member.Source, running, phase, null, contribution, faults);
    }

    /// <summary>What the member itself told of its life.</summary>
    private void Live(int index)
    {
        WorldMember member = _members[index];
        foreach (RecordedEvent e in _bundle.Events.Where(e => IsOf(e, member)))
        {
            TimeSpan at = At(e);
            switch (e.Event)
            {
                case ITransitionEvent transition:
                    at = At(e, transition.At);
                    _recorded.Add(new MemberTransition(at, member.Node, member.Instance, transition.After(), transition.Reason));
                    Transition(index, transition, at);
                    break;
                case PriorityChanged priority:
                    _events.Add(new WorldEvent(at, WorldEventKind.Contribution, index, Contribution: priority.Contributions.Values.Sum()));
                    break;
            }
        }
    }

    private void Transition(int index, ITransitionEvent transition, TimeSpan at)
    {
        WorldEvent? happened = transition switch
        {
            InstanceStopped => new WorldEvent(at, WorldEventKind.Stop, index),
            InstanceEnteredFault { From: VrrpPhase.Initialize } fault => new WorldEvent(at, WorldEventKind.Start, index, Faults: fault.Faults),
            InstanceEnteredFault fault => new WorldEvent(at, WorldEventKind.Faults, index, Faults: fault.Faults),
            { From: VrrpPhase.Initialize } => new WorldEvent(at, WorldEventKind.Start, index),
            { From: VrrpPhase.Fault } => new WorldEvent(at, WorldEventKind.Faults, index),
            _ => null,
        };
        if (happened is { } e)
        {
            _events.Add(e);
        }
    }

    /// <summary>
    /// A daemon that started again, or fell silent, without having stopped, was killed: half an interval after it was heard last, in the middle of the time
    /// that the records leave open, or else after it said anything last.
    /// </summary>
    private void Deaths(Heard[] heard)
    {
        for (int index = 0; index < _members.Length; index++)
        {
            WorldMember member = _members[index];
            bool alive = _routers[index].IsRunning;
            TimeSpan word = TimeSpan.Zero;
            foreach (RecordedEvent e in _bundle.Events.Where(e => IsOf(e, member)))
            {
                if (e.Event is NodeStarted && alive)
                {
                    Die(index, word, At(e), heard);
                }

                alive = e.Event is not NodeStopped && (alive || e.Event is NodeStarted);
                word = At(e);
            }

            DateTimeOffset contact = _bundle.Contacts.Where(c => c.Node == member.Node).Select(c => c.To).DefaultIfEmpty(_bundle.From).Max();
            if (alive && _bundle.To - contact > IngestLimits.Silence && _recorded.Exists(t => t.To == VrrpPhase.Master && t.Node != member.Node && t.At >= word))
            {
                Die(index, word, _bundle.To - _bundle.From, heard);
            }
        }
    }

    private void Die(int index, TimeSpan word, TimeSpan before, Heard[] heard)
    {
        TimeSpan last = heard.Where(h => h.From == index && h.At < before).Select(h => h.At).DefaultIfEmpty(word).Max();
        TimeSpan half = Half(index);
        TimeSpan at = last + half > word ? last + half : word + Moment;
        _events.Add(new WorldEvent(at, WorldEventKind.Kill, index));
        _assumed.Add($"{_members[index].Node} died at {(_bundle.From + at).UtcDateTime:HH:mm:ss.fff} UTC, half an advertisement interval ({Durations.Text(half)}) after it "
            + "was heard last: the middle of the time that the records leave open");
    }

    /// <summary>
    /// What one Master sent did not reach another node: where that node took over while the Master went on, and where gaps between advertisements heard show it.
    /// </summary>
    private void Cuts(Heard[] heard)
    {
        foreach (MemberTransition takeover in _recorded.Where(t => t is { To: VrrpPhase.Master, Reason: TransitionReason.MasterDownTimerExpired }).ToArray())
        {
            int deaf = Index(takeover.Node, takeover.Instance);
            for (int master = 0; master < _members.Length; master++)
            {
                if (master != deaf && MasterUntil(master, takeover.At) is { } until)
                {
                    if (!(_recorded.FindLast(t => t.To == VrrpPhase.Master && t.At <= takeover.At && Index(t.Node, t.Instance) == master) is { } since
                        && Arrival(heard, since, deaf) > takeover.At))
                    {
                        Cut(master, deaf, LastHeard(heard, master, deaf, takeover.At) + Half(master), FirstHeard(heard, master, deaf, takeover.At) ?? until);
                    }

                    if (Arrival(heard, takeover, master) is null)
                    {
                        Cut(deaf, master, takeover.At - Moment, FirstHeard(heard, deaf, master, takeover.At) ?? until);
                    }
                }
            }
        }

        foreach (IGrouping<(int From, int To), Heard> link in heard.Where(h => h.IsExact).GroupBy(h => (h.From, h.To)))
        {
            TimeSpan interval = _members[link.Key.From].Config.AdverInterval;
            Heard[] arrivals = [.. link];
            for (int i = 1; i < arrivals.Length; i++)
            {
                bool sending = MasterUntil(link.Key.From, arrivals[i - 1].At) >= arrivals[i].At;
                if (sending && arrivals[i].At - arrivals[i - 1].At > interval * LossGap && arrivals[i].Window == arrivals[i - 1].Window)
                {
                    Cut(link.Key.From, link.Key.To, arrivals[i - 1].At + Half(link.Key.From), arrivals[i].At - Half(link.Key.From));
                }
            }
        }
    }

    private void Cut(int from, int to, TimeSpan begin, TimeSpan end)
    {
        if (begin < end)
        {
            _events.Add(new WorldEvent(begin, WorldEventKind.Cut, from, to));
            _events.Add(new WorldEvent(end, WorldEventKind.Mend, from, to));
            _assumed.Add($"nothing of {_members[from].Node} reached {_members[to].Node} from {(_bundle.From + begin).UtcDateTime:HH:mm:ss.fff} to "
                + $"{(_bundle.From + end).UtcDateTime:HH:mm:ss.fff} UTC, half an interval within the gap in what was heard");
        }
    }

    /// <summary>A Master at zero sends when it was heard to, to the millisecond: its interval is counted back from then.</summary>
    private void Phases(Heard[] heard)
    {
        for (int index = 0; index < _members.Length; index++)
        {
            Heard[] sent = [.. heard.Where(h => h.From == index)];
            if (_routers[index].Phase == VrrpPhase.Master && sent.Length > 0)
            {
                _routers[index] = _routers[index] with { NextAdvertisement = Phase(sent[^1].At, _routers[index].Config.AdverInterval) };
            }
        }
    }

    internal static TimeSpan Phase(TimeSpan sent, TimeSpan interval) => TimeSpan.FromTicks((sent - RecordedWorld.LanDelay).Ticks % interval.Ticks);

    /// <summary>How long the member was Master from a moment on, by its own word; null: it was not then, or died.</summary>
    private TimeSpan? MasterUntil(int index, TimeSpan at)
    {
        WorldMember member = _members[index];
        MemberTransition[] own = [.. _recorded.Where(t => t.Node == member.Node && t.Instance == member.Instance)];
        VrrpPhase phase = own.LastOrDefault(t => t.At <= at)?.To ?? _routers[index].Phase;
        TimeSpan? death = _events.Where(e => e.Kind == WorldEventKind.Kill && e.Router == index).Select(e => (TimeSpan?)e.At).LastOrDefault(e => e <= at);
        bool restarted = death is { } died && own.Any(t => t.At > died && t.At <= at);
        return phase != VrrpPhase.Master || death is not null && !restarted
            ? null
            : own.FirstOrDefault(t => t.At > at)?.At ?? _bundle.To - _bundle.From;
    }

    private static TimeSpan LastHeard(Heard[] heard, int from, int to, TimeSpan before) =>
        heard.Where(h => h.From == from && h.To == to && h.At < before).Select(h => h.At).DefaultIfEmpty(TimeSpan.Zero).Max();

    private TimeSpan? FirstHeard(Heard[] heard, int from, int to, TimeSpan after) =>
        heard.Where(h => h.From == from && h.To == to && h.At > after).Select(h => (TimeSpan?)(h.At - Half(from))).Min();

    /// <summary>Half of the member's advertisement interval.</summary>
    private TimeSpan Half(int index) => _members[index].Config.AdverInterval / 2;

    private IEnumerable<Heard> AllHeard()
    {
        for (int to = 0; to < _members.Length; to++)
        {
            WorldMember member = _members[to];
            foreach (RecordedEvent e in _bundle.Events.Where(e => IsOf(e, member) && e.Origin is not null))
            {
                foreach ((RouterAddress source, TimeSpan mono, bool exact) in HeardIn(e.Event, e.Origin!.Mono))
                {
                    int from = Array.FindIndex(_members, other => other.Source == source);
                    TimeSpan at = At(e, mono);
                    if (from >= 0 && from != to && at >= TimeSpan.Zero)
                    {
                        yield return new Heard(at, from, to, exact, e.Position);
                    }
                }
            }
        }
    }

    private static IEnumerable<(RouterAddress Source, TimeSpan Mono, bool Exact)> HeardIn(object? fact, TimeSpan recorded) => fact switch
    {
        InputsRecorded window => window.Inputs.Where(input => input.Input.Kind == VrrpInputKind.AdvertisementReceived)
            .Select(input => (input.Input.Advertisement.Source, input.At, true)),
        InstanceBecameMaster { LastHeard: { } at } master when master.LastMaster != RouterAddress.None => [(master.LastMaster, at, false)],
        InstanceBecameBackup backup when backup.Peer != RouterAddress.None => [(backup.Peer, backup.At, false)],
        LowerPriorityMasterHeard lower => [(lower.Peer, lower.From ?? recorded, false), (lower.Peer, lower.To ?? recorded, false)],
        _ => [],
    };

    private int Index(string node, string instance) => Array.FindIndex(_members, member => member.Node == node && member.Instance == instance);

    private TimeSpan At(RecordedEvent e) => e.Time - (e.Origin is { } origin ? _offsets.GetValueOrDefault(origin.Node) : TimeSpan.Zero) - _bundle.From;

    /// <summary>A moment of the record's node, in its monotonic time. The same from all records of one boot, though their wall clock is kept to the microsecond only.</summary>
    private TimeSpan At(RecordedEvent e, TimeSpan mono)
    {
        if (e.Origin is not { } origin)
        {
            return At(e);
        }

        if (!_moments.TryGetValue((origin.Boot, mono), out TimeSpan at))
        {
            _moments[(origin.Boot, mono)] = at = At(e) - (origin.Mono - mono);
        }

        return at;
    }

    private static bool IsOf(RecordedEvent e, WorldMember member) => e.Event switch
    {
        IInstanceEvent i => i.Node == member.Node && i.Instance == member.Instance,
        NodeStarted or NodeStopped => ((INodeEvent)e.Event).Node == member.Node,
        _ => false,
    };

    /// <param name="IsExact">From a window of inputs, which has all advertisements of its time.</param>
    /// <param name="Window">The record that tells it.</param>
    private readonly record struct Heard(TimeSpan At, int From, int To, bool IsExact, long Window);
}
