using System.Collections.Immutable;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Tests.Incidents;

/// <summary>Two nodes of one virtual router, written event by event, and the process manager over them.</summary>
internal sealed class World
{
    internal static readonly RouterAddress SourceA = RouterAddress.Parse("10.51.0.1");
    internal static readonly RouterAddress SourceB = RouterAddress.Parse("10.51.0.2");
    private const string Instance = "VI_1";
    private readonly Dictionary<string, SubjectFacts> _subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeScript> _scripts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClockBound> _clocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _silent = new(StringComparer.Ordinal);
    private long _position;

    internal List<IIncidentEvent> Events { get; } = [];

    internal World()
    {
        _clocks["node-a"] = _clocks["node-b"] = new ClockBound(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), true);
        Boot("node-a", 0);
        Boot("node-b", 0);
    }

    /// <summary>Incidents by kind as they stand: the last facts of each.</summary>
    internal IReadOnlyList<(IncidentKind Kind, IncidentFacts Facts)> Incidents =>
    [
        .. Events.OfType<IncidentOpened>().Select(opened => (opened.Kind, Events.Where(e => e.Incident == opened.Incident).Select(e => e switch
        {
            IncidentOpened o => o.Facts,
            IncidentChanged c => c.Facts,
            IncidentClosed c => c.Facts,
            _ => null,
        }).OfType<IncidentFacts>().Last())),
    ];

    internal IncidentFacts Only(IncidentKind kind) => Assert.Single(Incidents, incident => incident.Kind == kind).Facts;

    internal static DateTimeOffset At(double second) => NodeScript.Origin + TimeSpan.FromSeconds(second);

    internal void Clock(string node, double offset, double bound) =>
        _clocks[node] = new ClockBound(TimeSpan.FromSeconds(offset), TimeSpan.FromSeconds(bound), true);

    internal void Silent(string node, double lastContact) => _silent[node] = At(lastContact);

    internal void Heard(string node) => _silent.Remove(node);

    internal void Start(string node, double second)
    {
        _scripts[node] = new NodeScript(node, $"boot-{node}-{second}");
        _taken[node] = 0;
        Say(node, second, new NodeStarted(node, "site-1", "1.0", "kernel", 1, new string('0', 64)));
    }

    internal void Boot(string node, double second, VrrpConfig? config = null, string[]? addresses = null)
    {
        Start(node, second);
        Configure(node, second, config, addresses);
    }

    internal void Configure(string node, double second, VrrpConfig? config = null, string[]? addresses = null)
    {
        Say(node, second, new InstanceConfigured(
            node, Instance, "eth0", node == "node-a" ? SourceA : SourceB, addresses ?? ["10.51.0.100/24 dev eth0"], [],
            config ?? Config(node == "node-a" ? (byte)150 : (byte)100)));
        Backup(node, second, TransitionReason.Started);
    }

    internal static VrrpConfig Config(byte priority, double interval = 1) =>
        new() { Instance = Instance, Vrid = 51, Priority = priority, AdverInterval = TimeSpan.FromSeconds(interval) };

    internal void Say(string node, double second, INodeEvent e) => _scripts[node].Add(second, e);

    internal void Master(string node, double second, TransitionReason reason, double? lastHeard = null, RouterAddress master = default) => Say(
        node, second, new InstanceBecameMaster(
            node, Instance, 51, VrrpPhase.Backup, reason, 100, NodeScript.Mono(second), master, 150, lastHeard is { } at ? NodeScript.Mono(at) : null,
            NodeScript.Mono(second)));

    internal void Backup(string node, double second, TransitionReason reason, RouterAddress peer = default) => Say(
        node, second, new InstanceBecameBackup(node, Instance, 51, VrrpPhase.Initialize, reason, 100, NodeScript.Mono(second), peer, 150));

    internal void Fault(string node, double second) => Say(
        node, second, new InstanceEnteredFault(
            node, Instance, 51, VrrpPhase.Backup, TransitionReason.FaultDetected, 100, NodeScript.Mono(second), FaultReasons.InterfaceDown));

    internal void Stop(string node, double second)
    {
        Say(node, second, new InstanceStopped(node, Instance, 51, VrrpPhase.Master, TransitionReason.Shutdown, 100, NodeScript.Mono(second)));
        Say(node, second, new NodeStopped(node, "SIGTERM"));
    }

    /// <summary>What the node itself sent, and heard of a peer, in ten seconds until then.</summary>
    internal void Digest(string node, double second, RouterAddress peer) => Say(
        node, second, new AdvertisementDigest(node, Instance, peer, NodeScript.Mono(second - 10), NodeScript.Mono(second), 10, null, null, 150));

    /// <summary>Everything said so far comes in, and time is <paramref name="second"/>.</summary>
    internal IReadOnlyList<IIncidentEvent> Conclude(double second, params string[] order)
    {
        SiteDetection detection = new("site-1", _subjects, node => _clocks.GetValueOrDefault(node, ClockBound.Unknown));
        foreach (string node in order.Length == 0 ? ["node-a", "node-b"] : order)
        {
            foreach (RecordedEvent recorded in _scripts[node].Recorded(_position + 1).Skip(_taken[node]))
            {
                detection.Apply(recorded with { Position = ++_position });
                _taken[node]++;
            }
        }

        IReadOnlyList<IIncidentEvent> told = IncidentBook.GoOn(
            detection.Conclude(At(second), _silent.ToImmutableDictionary()), Events.Select(e => e.Incident).ToHashSet(StringComparer.Ordinal));
        foreach ((string subject, SubjectFacts facts) in detection.Changed)
        {
            _subjects[subject] = facts;
        }

        Events.AddRange(told);
        return told;
    }
}
