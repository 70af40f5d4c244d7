using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Simulation;

/// <summary>
/// Several machines of one virtual router in a world whose events are given and not drawn: kills, stops, faults, cuts, holds, stalls, priorities at their moments. Clocks
/// run alike and packets take one and the same time unless they are held, so that the outcome is a function of the configurations. Pure: equal arguments give equal results.
/// </summary>
public sealed class ScriptedWorld
{
    /// <summary>Where the world's clock stands at its zero: machines take times since boot, which are never negative.</summary>
    private static readonly TimeSpan Origin = TimeSpan.FromDays(1);

    private readonly IReadOnlyList<WorldRouter> _routers;
    private readonly TimeSpan _delay;
    private readonly VrrpState[] _states;
    private readonly bool[] _running;
    private readonly List<Advertisement>?[] _waiting;
    private readonly int[] _contribution;
    private readonly FaultReasons[] _faults;
    private readonly HashSet<(int From, int To)> _cuts = [];
    private readonly Dictionary<(int From, int To), List<(TimeSpan Due, Advertisement Advertisement)>> _held = [];
    private readonly PriorityQueue<(int Receiver, Advertisement Advertisement), (TimeSpan, long)> _inFlight = new();
    private readonly EffectBuffer _effects = new();
    private readonly List<WorldTransition> _transitions = [];
    private long _sent;
    private TimeSpan _now;

    private ScriptedWorld(IReadOnlyList<WorldRouter> routers, TimeSpan delay)
    {
        (_routers, _delay) = (routers, delay);
        _running = [.. routers.Select(router => router.IsRunning)];
        _waiting = new List<Advertisement>?[routers.Count];
        _contribution = [.. routers.Select(router => router.Contribution)];
        _faults = [.. routers.Select(router => router.Faults)];
        _states = [.. routers.Select(Begin)];
    }

    /// <summary>Runs a world to its end.</summary>
    /// <param name="routers">The machines as they stand at zero.</param>
    /// <param name="events">What happens, by time; equal times in this order.</param>
    /// <param name="end">How long it runs, from zero.</param>
    /// <param name="delay">From sender to receiver, at least zero.</param>
    public static IReadOnlyList<WorldTransition> Run(
        IReadOnlyList<WorldRouter> routers, IEnumerable<WorldEvent> events, TimeSpan end, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(routers);
        ArgumentNullException.ThrowIfNull(events);
        ScriptedWorld world = new(routers, delay);
        foreach (WorldEvent e in events.OrderBy(e => e.At).Where(e => e.At <= end))
        {
            world.RunUntil(e.At);
            world.Happen(e);
        }

        world.RunUntil(end);
        return world._transitions;
    }

    private VrrpState Begin(WorldRouter router)
    {
        VrrpState state = VrrpMachine.Initial(router.Config) with { Source = router.Address, Faults = router.Faults, Phase = router.Phase };
        state = state with { Priority = Effective(router.Config, router.Contribution) };
        return router.Phase switch
        {
            VrrpPhase.Master => state with
            {
                Deadline = Origin + (router.NextAdvertisement ?? TimeSpan.Zero),
                MasterAdverInterval = router.Config.AdverInterval,
                Master = router.Address,
                MasterPriority = state.Priority,
            },
            VrrpPhase.Backup => state with
            {
                Deadline = Origin + VrrpTimers.MasterDownInterval(router.Config, state.Priority, router.Config.AdverInterval),
                DownTimerBasis = DownTimerBasis.MasterHeard,
                LastHeard = Origin,
            },
            _ => state,
        };
    }

    private void RunUntil(TimeSpan end)
    {
        while (NextDue(out int timer) is var due && due <= end)
        {
            _now = due > _now ? due : _now;
            if (timer >= 0)
            {
                Feed(timer, VrrpInput.Deadline());
                continue;
            }

            (int receiver, Advertisement advertisement) = _inFlight.Dequeue();
            Arrive(receiver, advertisement);
        }

        _now = end;
    }

    private void Arrive(int receiver, Advertisement advertisement)
    {
        if (_waiting[receiver] is { } waiting)
        {
            waiting.Add(advertisement);
        }
        else
        {
            Deliver(receiver, advertisement);
        }
    }

    private void Deliver(int receiver, Advertisement advertisement)
    {
        if (_running[receiver] && HasLink(receiver))
        {
            Feed(receiver, new VrrpInput(VrrpInputKind.AdvertisementReceived) { Advertisement = advertisement });
        }
    }

    private TimeSpan NextDue(out int timer)
    {
        timer = -1;
        TimeSpan due = _inFlight.TryPeek(out _, out (TimeSpan At, long) delivery) ? delivery.At : VrrpState.Never;
        for (int index = 0; index < _states.Length; index++)
        {
            TimeSpan next = _running[index] && _waiting[index] is null ? _states[index].NextDeadline : VrrpState.Never;
            if (next != VrrpState.Never && next - Origin < due)
            {
                (due, timer) = (next - Origin, index);
            }
        }

        return due;
    }

    private void Happen(WorldEvent e)
    {
        switch (e.Kind)
        {
            case WorldEventKind.Start:
                _faults[e.Router] = e.Faults;
                _contribution[e.Router] = 0;
                _running[e.Router] = true;
                _waiting[e.Router] = null;
                _states[e.Router] = VrrpMachine.Initial(_routers[e.Router].Config);
                Feed(e.Router, VrrpInput.Startup(_routers[e.Router].Address, e.Faults));
                break;
            case WorldEventKind.Kill when _running[e.Router]:
                _running[e.Router] = false;
                Note(e.Router, _states[e.Router].Phase, VrrpPhase.Initialize, TransitionReason.None);
                break;
            case WorldEventKind.Stop when _running[e.Router]:
                Feed(e.Router, new VrrpInput(VrrpInputKind.Shutdown));
                _running[e.Router] = false;
                break;
            case WorldEventKind.Faults when _running[e.Router]:
                _faults[e.Router] = e.Faults;
                Feed(e.Router, VrrpInput.Environment(_routers[e.Router].Address, e.Faults));
                break;
            case WorldEventKind.Contribution when _running[e.Router]:
                _contribution[e.Router] = e.Contribution;
                Feed(e.Router, VrrpInput.SetPriority(Effective(_routers[e.Router].Config, e.Contribution)));
                break;
            case WorldEventKind.Cut:
                _cuts.Add((e.Router, e.Other));
                break;
            case WorldEventKind.Mend:
                _cuts.Remove((e.Router, e.Other));
                break;
            case WorldEventKind.Hold:
                _held.TryAdd((e.Router, e.Other), []);
                break;
            case WorldEventKind.Release when _held.Remove((e.Router, e.Other), out List<(TimeSpan Due, Advertisement Advertisement)>? held):
                Release(e.Other, held);
                break;
            case WorldEventKind.Stall:
                _waiting[e.Router] ??= [];
                break;
            case WorldEventKind.Wake when _waiting[e.Router] is { } waiting:
                _waiting[e.Router] = null;
                waiting.ForEach(advertisement => Deliver(e.Router, advertisement));
                break;
        }
    }

    /// <summary>What is overdue arrives before anything else happens.</summary>
    private void Release(int receiver, List<(TimeSpan Due, Advertisement Advertisement)> held)
    {
        foreach ((TimeSpan due, Advertisement advertisement) in held)
        {
            if (due > _now)
            {
                _inFlight.Enqueue((receiver, advertisement), (due, _sent++));
            }
            else
            {
                Arrive(receiver, advertisement);
            }
        }
    }

    private void Feed(int index, VrrpInput input)
    {
        _effects.Clear();
        _states[index] = VrrpMachine.Step(_routers[index].Config, _states[index], in input, Origin + _now, _effects);
        foreach (VrrpEffect effect in _effects.Items)
        {
            if (effect.Kind == VrrpEffectKind.Transition)
            {
                Note(index, effect.From, effect.To, effect.Reason);
            }
            else if (effect.Kind == VrrpEffectKind.SendAdvertisement)
            {
                Send(index, effect.Priority);
            }
        }
    }

    private bool HasLink(int index) => (_faults[index] & (FaultReasons.InterfaceDown | FaultReasons.InterfaceMissing)) == FaultReasons.None;

    private void Send(int sender, byte priority)
    {
        if (!HasLink(sender))
        {
            return;
        }

        WorldRouter from = _routers[sender];
        Advertisement advertisement = new(from.Address, priority, from.Config.AdverInterval);
        for (int receiver = 0; receiver < _routers.Count; receiver++)
        {
            if (receiver == sender || _cuts.Contains((sender, receiver)) || !Accepts(_routers[receiver].Config, from.Config))
            {
                continue;
            }

            if (_held.TryGetValue((sender, receiver), out List<(TimeSpan Due, Advertisement Advertisement)>? held))
            {
                held.Add((_now + _delay, advertisement));
            }
            else
            {
                _inFlight.Enqueue((receiver, advertisement), (_now + _delay, _sent++));
            }
        }
    }

    /// <summary>A packet of another version is dropped, and in version 2 one with another interval (RFC 3768 section 7.1).</summary>
    private static bool Accepts(VrrpConfig receiver, VrrpConfig sender) =>
        receiver.Version == sender.Version && (receiver.Version == 3 || receiver.AdverInterval == sender.AdverInterval);

    private void Note(int index, VrrpPhase from, VrrpPhase to, TransitionReason reason) => _transitions.Add(new WorldTransition(_now, index, from, to, reason));

    private static byte Effective(VrrpConfig config, int contribution) =>
        config.IsOwner ? config.Priority : (byte)Math.Clamp(config.Priority + contribution, 1, 254);
}
