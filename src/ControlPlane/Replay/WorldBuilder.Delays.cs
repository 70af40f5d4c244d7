using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Simulation;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <content>Loops that stood still, and what was heard late.</content>
internal sealed partial class WorldBuilder
{
    /// <summary>The last advertisement heard was sent within so many intervals before: less than one, so that the one before it is not meant.</summary>
    private const double LastWords = 0.9;

    private readonly List<Stall> _stalls = [];

    /// <summary>
    /// A loop that woke late stood still from before its timer was due. When exactly is open: what is late by no more than <see cref="TimerLate.Tolerated"/> is told by windows
    /// of inputs only, and adds up in the simulation.
    /// </summary>
    private void Stalls()
    {
        foreach (IGrouping<int, Stall> own in Reported().Concat(Observed()).GroupBy(stall => stall.Router))
        {
            _stalls.AddRange(Apart(own.Select(stall => (stall.Begin, stall.End))).Select(apart => new Stall(own.Key, apart.Begin, apart.End)));
        }
    }

    private IEnumerable<Stall> Reported()
    {
        foreach (RecordedEvent e in _bundle.Events)
        {
            if (e.Event is TimerLate late && Index(late.Node, late.Instance) is >= 0 and int index)
            {
                (TimeSpan due, TimeSpan end) = (At(e, late.Due), At(e, late.Due + late.Lateness));
                bool tookOver = _recorded.Exists(t => t.To == VrrpPhase.Master && t.At == end && Index(t.Node, t.Instance) == index);
                yield return new Stall(index, due - Before(index, due, heard: !tookOver), end);
            }
            else if (e.Event is InstanceBecameMaster { Due: { } promised } master && Index(master.Node, master.Instance) is >= 0 and int router)
            {
                yield return new Stall(router, At(e, promised) - Moment, At(e, master.At));
            }
        }
    }

    /// <summary>
    /// How long before its timer was due a loop stood still already. A Master may have sent until then. A Backup whose timer fired had heard nothing for long; one that heard a
    /// Master as it woke had missed what that sent since the timer was set.
    /// </summary>
    private TimeSpan Before(int index, TimeSpan due, bool heard)
    {
        VrrpConfig config = _members[index].Config;
        return (MasterUntil(index, due), heard) switch
        {
            (not null, _) => TimerLate.Tolerated(config),
            (null, false) => Half(index),
            (null, true) => VrrpTimers.MasterDownInterval(config, config.Priority, config.AdverInterval) - Half(index),
        };
    }

    /// <summary>In windows of inputs: one that came when a timer was already due.</summary>
    private IEnumerable<Stall> Observed()
    {
        EffectBuffer effects = new();
        RecordedEvent[] all = [.. _bundle.Before, .. _bundle.Events];
        foreach (RecordedEvent e in _bundle.Events.Where(e => e.Origin is not null))
        {
            if (e.Event is InputsRecorded window && Index(window.Node, window.Instance) is >= 0 and int index && IncidentReplay.Configuration(all, e, window) is { } config)
            {
                VrrpState state = window.Before;
                foreach (RecordedInput input in window.Inputs)
                {
                    VrrpInput given = input.Input;
                    if (state.NextDeadline != VrrpState.Never && input.At - state.NextDeadline > Moment)
                    {
                        bool missed = state.Phase == VrrpPhase.Backup && given.Kind == VrrpInputKind.AdvertisementReceived;
                        TimeSpan before = missed ? Before(index, At(e, state.NextDeadline), heard: true) : Moment;
                        yield return new Stall(index, At(e, state.NextDeadline) - before, At(e, input.At));
                    }

                    effects.Clear();
                    state = VrrpMachine.Step(config, state, in given, input.At, effects);
                }
            }
        }
    }

    /// <summary>
    /// What decided arrives when it was heard, which is not at once when one of the two stood still: what a member sends as it becomes Master or resigns, and what another
    /// heard last before it took over, and first afterwards.
    /// </summary>
    private void Holds(Heard[] heard)
    {
        List<(int From, int To, TimeSpan Begin, TimeSpan End)> holds = [];
        foreach (MemberTransition transition in _recorded)
        {
            int own = Index(transition.Node, transition.Instance);
            for (int other = 0; other < _members.Length; other++)
            {
                if (other != own && transition.To != VrrpPhase.Backup && Arrival(heard, transition, other) - transition.At is { } late && late > Moment)
                {
                    holds.Add((own, other, transition.At - late, transition.At + late));
                }

                if (other != own && transition is { To: VrrpPhase.Master, Reason: TransitionReason.MasterDownTimerExpired }
                    && LastHeard(heard, other, own, transition.At) is { Ticks: > 0 } last)
                {
                    holds.Add((other, own, last - (_members[other].Config.AdverInterval * LastWords), last));
                    if (FirstHeard(heard, other, own, transition.At) is { } next)
                    {
                        holds.Add((other, own, next, next + Half(other)));
                    }
                }
            }
        }

        foreach (var link in holds.GroupBy(hold => (hold.From, hold.To)))
        {
            foreach ((TimeSpan begin, TimeSpan end) in Apart(link.Select(hold => (hold.Begin, hold.End))))
            {
                _events.Add(new WorldEvent(begin, WorldEventKind.Hold, link.Key.From, link.Key.To));
                _events.Add(new WorldEvent(end, WorldEventKind.Release, link.Key.From, link.Key.To));
            }
        }
    }

    /// <summary>Of stretches that overlap the later begins where the earlier ends.</summary>
    private static IEnumerable<(TimeSpan Begin, TimeSpan End)> Apart(IEnumerable<(TimeSpan Begin, TimeSpan End)> stretches)
    {
        TimeSpan last = TimeSpan.Zero;
        foreach ((TimeSpan begin, TimeSpan end) in stretches.OrderBy(stretch => stretch.End).ThenBy(stretch => stretch.Begin))
        {
            TimeSpan from = begin > last ? begin : last;
            if (from < end)
            {
                yield return (from, end);
            }

            last = end;
        }
    }

    /// <summary>
    /// When the other heard what a member sent at its transition: what it hears next, unless that is so late that something was lost. One that stood still takes several at once.
    /// </summary>
    /// <returns>Null: it is not on record. Nor is it when a new Master is said to be heard before it is one: then the clocks are too far apart to tell.</returns>
    private TimeSpan? Arrival(Heard[] heard, MemberTransition sent, int to)
    {
        int from = Index(sent.Node, sent.Instance);
        TimeSpan interval = _members[from].Config.AdverInterval;
        Heard[] near = [.. heard.Where(h => h.From == from && h.To == to && h.At > sent.At - interval && Earliest(to, h.At) < sent.At + (interval * LossGap))];
        return sent.To == VrrpPhase.Master && near.Any(h => h.At <= sent.At) ? null : near.Where(h => h.At > sent.At).Select(h => (TimeSpan?)h.At).Min();
    }

    /// <summary>When something that the member took at a moment may have been there at the earliest.</summary>
    private TimeSpan Earliest(int to, TimeSpan taken) => _stalls.Find(stall => stall.Router == to && stall.End == taken) is { End.Ticks: > 0 } stall ? stall.Begin : taken;

    /// <summary>The router's loop did not run in between.</summary>
    private readonly record struct Stall(int Router, TimeSpan Begin, TimeSpan End);
}
