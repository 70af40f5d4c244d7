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

    private static IncidentBundle Bundle(SimulatedLan lan, Trouble trouble, TimeSpan at)
    {
        DateTimeOffset origin = Origin;
        List<RecordedEvent> events = [.. lan.Routers.SelectMany((router, index) => Told(router, $"node-{"ab"[index]}", origin, lan.Now)).OrderBy(e => e.Time)];
        DateTimeOffset to = origin + lan.Now + TimeSpan.FromMinutes(1);
        IncidentFacts facts = new(
            IncidentSeverity.Warning, origin + at, origin + lan.Now, TimeSpan.Zero, null, ["node-a", "node-b"], [Address], "simulated", []);
        IncidentView view = new("20261123-140000-fail-over-000000", "site-1", IncidentKind.FailOver, "VRID 51", 1, facts, to, null, null, [], []);
        DateTimeOffset lastOfA = trouble == Trouble.Kill ? origin + at : to;
        return new IncidentBundle(
            IncidentBundle.CurrentFormat, view, origin, to, [], events, false, [new("site-1", "node-a", origin, lastOfA), new("site-1", "node-b", origin, to)], []);
    }

    /// <summary>One machine's records: its clock has an offset and a rate of its own, and a wall clock that is right.</summary>
    private static IEnumerable<RecordedEvent> Told(SimulatedRouter router, string node, DateTimeOffset origin, TimeSpan end)
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
        foreach (RecordedInput input in router.Inputs)
        {
            VrrpInput given = input.Input;
            VrrpState after = VrrpMachine.Step(router.Config, state, in given, input.At, effects);
            foreach (VrrpEffect effect in effects.Items.ToArray().Where(e => e.Kind == VrrpEffectKind.Transition))
            {
                told.Add((input.At, TransitionEvents.From(node, router.Config, in state, in after, in effect, input.At)));
            }

            effects.Clear();
            state = after;
        }

        told.Add((router.Inputs[^1].At, new InputsRecorded(node, Instance, before, [.. router.Inputs], state, false)));
        return told.OrderBy(t => t.At).Select((t, i) => new RecordedEvent(
            i + 1 + (node == "node-a" ? 0 : 10_000), "site-1", EventCatalog.StreamOf(t.Event), i + 1, Guid.NewGuid(), EventCatalog.AliasOf(t.Event),
            EventCatalog.Serialize(t.Event), origin + (t.At - zero), null, null,
            new RecordedOrigin(node, $"boot-{node}", i + 1, new HybridTimestamp((origin + (t.At - zero)).ToUnixTimeMilliseconds() << 16), t.At)));
    }
}
