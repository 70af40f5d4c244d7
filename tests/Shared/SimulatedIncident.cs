using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Simulation;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Tests;

/// <summary>A fail-over of two simulated machines with drifting clocks, written down as the nodes would have.</summary>
internal static class SimulatedIncident
{
    internal const string Instance = "VI_1";
    private const string Address = "192.0.2.100/24";
    private static readonly DateTimeOffset Origin = new(2026, 11, 23, 14, 0, 0, TimeSpan.Zero);

    internal enum Trouble
    {
        Kill,
        Stop,
        LinkDown,
        Partition,
    }

    internal static VrrpConfig Config(byte priority, TimeSpan interval) => new()
    {
        Instance = Instance,
        Vrid = 51,
        Version = interval.Ticks % TimeSpan.TicksPerSecond == 0 ? (byte)2 : (byte)3,
        Priority = priority,
        AdverInterval = interval,
    };

    /// <param name="seed">Decides the moment of the trouble, the clocks and the network's delays.</param>
    /// <param name="seconds">Advertisement interval; null: by the seed.</param>
    internal static IncidentBundle Of(int seed, Trouble trouble, double? seconds = null)
    {
        Random random = new(seed);
        TimeSpan interval = TimeSpan.FromSeconds(seconds ?? random.Next(3) switch { 0 => 1, 1 => 0.1, _ => 0.25 });
        SimulatedLan lan = new(seed, [Config(150, interval), Config(100, interval)]);
        lan.StartAll();
        lan.Run(interval * 12);
        TimeSpan at = lan.Now + (interval * random.NextDouble());
        lan.Run(at - lan.Now);
        Happen(lan, trouble);
        lan.Run(interval * 10);
        lan.Partition();
        lan.Run(interval * 10);
        return Bundle(lan, trouble, at);
    }

    private static void Happen(SimulatedLan lan, Trouble trouble)
    {
        switch (trouble)
        {
            case Trouble.Kill:
                lan.PowerOff(0);
                break;
            case Trouble.Stop:
                lan.Stop(0);
                break;
            case Trouble.LinkDown:
                lan.SetLink(0, up: false);
                break;
            default:
                lan.Partition(0, 1);
                break;
        }
    }

    /// <summary>
    /// Two daemons start, a little apart, the Master is killed and starts again, and now and then one machine stands still, or the host of both: for up to 0.4 s.
    /// </summary>
    internal static IncidentBundle Unsteady(int seed)
    {
        Random random = new(seed);
        TimeSpan interval = TimeSpan.FromSeconds(random.Next(3) switch { 0 => 1, 1 => 0.1, _ => 0.2 });
        NetworkFaults faults = NetworkFaults.Healthy with { MaximumDelay = TimeSpan.FromMilliseconds(random.Next(1, 20)) };
        SimulatedLan lan = new(seed, [Config(101, interval), Config(100, interval)]) { Faults = faults };
        List<RecordedEvent> events = [];
        TimeSpan startOfB = lan.Now;
        lan.Start(1);
        Run(interval * random.NextDouble());
        TimeSpan startOfA = lan.Now;
        lan.Start(0);
        Run(interval * (8 + (4 * random.NextDouble())));
        TimeSpan at = lan.Now;
        lan.PowerOff(0);
        events.AddRange(Told(lan.Routers[0], "node-a", "boot-1", startOfA));
        Run(interval * (5 + (4 * random.NextDouble())));
        startOfA = lan.Now;
        lan.Start(0);
        Run(interval * 12);
        events.AddRange(Told(lan.Routers[0], "node-a", "boot-2", startOfA));
        events.AddRange(Told(lan.Routers[1], "node-b", "boot-1", startOfB));
        return Bundle([.. events.OrderBy(e => e.Time)], lan.Now, at, lan.Now + TimeSpan.FromMinutes(1));

        void Run(TimeSpan duration)
        {
            TimeSpan end = lan.Now + duration;
            while (lan.Now < end)
            {
                TimeSpan next = lan.Now + (interval * 8 * random.NextDouble());
                TimeSpan still = TimeSpan.FromSeconds(0.4 * Math.Pow(random.NextDouble(), 2));
                int exempt = random.Next(3);
                for (int index = 0; index < 2; index++)
                {
                    if (index != exempt)
                    {
                        lan.StandStill(index, still);
                    }
                }

                lan.Run(next < end ? next - lan.Now : end - lan.Now);
            }
        }
    }

    private static IncidentBundle Bundle(SimulatedLan lan, Trouble trouble, TimeSpan at) => Bundle(
        [.. lan.Routers.SelectMany((router, index) => Told(router, $"node-{"ab"[index]}", "boot-1", TimeSpan.Zero)).OrderBy(e => e.Time)],
        lan.Now, at, trouble == Trouble.Kill ? at : lan.Now + TimeSpan.FromMinutes(1));

    private static IncidentBundle Bundle(IReadOnlyList<RecordedEvent> events, TimeSpan now, TimeSpan at, TimeSpan lastOfA)
    {
        DateTimeOffset to = Origin + now + TimeSpan.FromMinutes(1);
        IncidentFacts facts = new(
            IncidentSeverity.Warning, Origin + at, Origin + now, TimeSpan.Zero, null, ["node-a", "node-b"], [Address], "simulated", []);
        IncidentView view = new("20261123-140000-fail-over-000000", "site-1", IncidentKind.FailOver, "VRID 51", 1, facts, to, null, null, [], []);
        return new IncidentBundle(
            IncidentBundle.CurrentFormat, view, Origin, to, [], events, false,
            [new("site-1", "node-a", Origin, Origin + lastOfA), new("site-1", "node-b", Origin, to)], []);
    }

    /// <summary>One machine's records since its start: its clock has an offset and a rate of its own, and a wall clock that is right.</summary>
    /// <param name="start">On the world's clock.</param>
    private static IEnumerable<RecordedEvent> Told(SimulatedRouter router, string node, string boot, TimeSpan start)
    {
        TimeSpan zero = router.Inputs[0].At;
        List<(TimeSpan At, INodeEvent Event)> told =
        [
            (zero, new NodeStarted(node, "site-1", "1.0", "kernel", 1, new string('0', 64))),
            (zero, new InstanceConfigured(node, Instance, "eth0", router.Address, [Address], [], router.Config)),
        ];
        VrrpState before = VrrpMachine.Initial(router.Config);
        VrrpState state = before;
        EffectBuffer effects = new();
        List<RecordedInput> inputs = [];
        foreach (RecordedInput input in router.Inputs)
        {
            VrrpInput given = input.Input;
            if (input.At - state.NextDeadline > TimerLate.Tolerated(router.Config))
            {
                told.Add((input.At, new TimerLate(node, Instance, state.NextDeadline, input.At - state.NextDeadline)));
            }

            VrrpState after = VrrpMachine.Step(router.Config, state, in given, input.At, effects);
            inputs.Add(input);
            foreach (VrrpEffect effect in effects.Items.ToArray())
            {
                if (effect.Kind == VrrpEffectKind.LowerPriorityHeard)
                {
                    told.Add((input.At, new LowerPriorityMasterHeard(node, Instance, effect.Cause.Source, effect.Cause.Priority, after.Priority)));
                }

                if (effect.Kind != VrrpEffectKind.Transition)
                {
                    continue;
                }

                told.Add((input.At, TransitionEvents.From(node, router.Config, in state, in after, in effect, input.At)));
                told.Add((input.At, new InputsRecorded(node, Instance, before, [.. inputs], after, false)));
            }

            effects.Clear();
            state = after;
        }

        int first = (node == "node-a" ? 1 : 10_000) + (boot == "boot-1" ? 0 : 1_000);
        return told.Select((t, i) => new RecordedEvent(
            first + i, "site-1", EventCatalog.StreamOf(t.Event), i + 1, Guid.NewGuid(), EventCatalog.AliasOf(t.Event),
            EventCatalog.Serialize(t.Event), Origin + start + (t.At - zero), null, null,
            new RecordedOrigin(node, $"{boot}-{node}", i + 1, new HybridTimestamp((Origin + start + (t.At - zero)).ToUnixTimeMilliseconds() << 16), t.At)));
    }
}
