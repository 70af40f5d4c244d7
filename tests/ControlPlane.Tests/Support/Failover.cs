using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>Histories of two nodes, node-a (priority 150, 10.51.0.1) and node-b (100, 10.51.0.2), that share VRID 51. node-b takes over at
/// second 60.</summary>
public static class Failover
{
    public const string Instance = "VI_1";
    public static readonly RouterAddress SourceA = RouterAddress.Parse("10.51.0.1");
    public static readonly RouterAddress SourceB = RouterAddress.Parse("10.51.0.2");
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static VrrpConfig Config(byte priority) => new() { Instance = Instance, Vrid = 51, Priority = priority };

    public static InstanceConfigured Configured(string node, RouterAddress source, byte priority) =>
        new(node, Instance, "eth0", source, ["10.51.0.100/24"], [], Config(priority));

    /// <summary>node-a starts, becomes Master at second 4 and says nothing more.</summary>
    public static NodeScript NodeA(string boot = "boot-a")
    {
        NodeScript a = new("node-a", boot);
        a.Add(0, new NodeStarted("node-a", TestStore.Tenant, "0.1.0", "kernel-a", 100, new string('a', 64)));
        a.Add(0.01, Configured("node-a", SourceA, 150));
        a.Add(0.02, new InstanceBecameBackup("node-a", Instance, 51, VrrpPhase.Initialize, TransitionReason.Started, 150,
            NodeScript.Mono(0.02), RouterAddress.None, 0));
        long master = a.Add(4, new InstanceBecameMaster(
            "node-a", Instance, 51, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, 150, NodeScript.Mono(4), RouterAddress.None,
            0, null, NodeScript.Mono(3.999)));
        a.Add(4.001, new AddressAdded("node-a", Instance, "10.51.0.100/24", "eth0", null), master);
        return a;
    }

    /// <summary>node-b hears node-a until second 56.391 and takes over at second 60, 0.4 ms late.</summary>
    /// <param name="before">Adds records before the transition.</param>
    /// <param name="reason">Why; with a resignation the timer was due skew time after it.</param>
    public static NodeScript NodeB(TransitionReason reason = TransitionReason.MasterDownTimerExpired, Action<NodeScript>? before = null)
    {
        NodeScript b = new("node-b", "boot-b");
        b.Add(1, new NodeStarted("node-b", TestStore.Tenant, "0.1.0", "kernel-b", 200, new string('b', 64)));
        b.Add(1.01, Configured("node-b", SourceB, 100));
        b.Add(1.02, new InstanceBecameBackup("node-b", Instance, 51, VrrpPhase.Initialize, TransitionReason.Started, 100,
            NodeScript.Mono(1.02), RouterAddress.None, 0));
        b.Add(50.5, new AdvertisementDigest("node-b", Instance, SourceA, NodeScript.Mono(40.5), NodeScript.Mono(50.5), 10, Second * 0.999,
            Second * 1.002, 150));
        before?.Invoke(b);
        bool resigned = reason == TransitionReason.MasterResigned;
        long master = b.Add(60, new InstanceBecameMaster(
            "node-b", Instance, 51, VrrpPhase.Backup, reason, 100, NodeScript.Mono(60), SourceA, 150, NodeScript.Mono(56.391),
            NodeScript.Mono(59.9996)));
        b.Add(60.0001, Window(resigned), master);
        b.Add(60.0006, new AddressAdded("node-b", Instance, "10.51.0.100/24", "eth0", null), master);
        long garp = b.Add(60.001, new GratuitousArpSent("node-b", Instance, "eth0", 1, 5, null), master);
        b.Add(60.002, new HookStarted("node-b", $"notify_master {Instance}", 1,
            ["/etc/keepalived/promote.sh", "INSTANCE", Instance, "MASTER", "100"]), master);
        b.Add(60.84, new HookFinished("node-b", $"notify_master {Instance}", 1, 0, null, null, Second * 0.838, ""), garp + 1);
        return b;
    }

    private static InputsRecorded Window(bool resigned)
    {
        List<RecordedInput> inputs = [.. Enumerable.Range(0, 5).Select(i => new RecordedInput(
            NodeScript.Mono(52.391 + i), VrrpInput.Heard(SourceA, 150, Second)))];
        if (resigned)
        {
            inputs.Add(new RecordedInput(NodeScript.Mono(59.3906), VrrpInput.Heard(SourceA, 0, Second)));
        }

        inputs.Add(new RecordedInput(NodeScript.Mono(60), VrrpInput.Deadline()));
        VrrpState before = new()
        {
            Phase = VrrpPhase.Backup,
            Priority = 100,
            MasterAdverInterval = Second,
            Source = SourceB,
            Master = SourceA,
            MasterPriority = 150,
            LastHeard = NodeScript.Mono(51.391),
            Deadline = NodeScript.Mono(55),
            DownTimerBasis = DownTimerBasis.MasterHeard,
        };
        return new InputsRecorded("node-b", Instance, before, inputs, before, Truncated: true);
    }

    /// <summary>What the store would hand to the audit about the last transition of node-b.</summary>
    public static AuditContext Context(IReadOnlyList<NodeScript> scripts, IReadOnlyList<ContactInterval> contacts, double askedAt = 3600)
    {
        RecordedEvent[] events = [.. scripts.SelectMany((script, index) => script.Recorded(100 * (index + 1))).OrderBy(e => e.Origin!.Hlc)];
        RecordedEvent subject = events.Last(e => e.Event is ITransitionEvent { Node: "node-b" });
        RecordedEvent[] around = [.. events.Where(e => (e.Time - subject.Time).Duration() <= AuditContext.Reach)];
        RecordedEvent[] configured = [.. events.Where(e => e.Event is InstanceConfigured && e.Time <= subject.Time)];
        RecordedEvent[] words =
        [
            .. events.Where(e => e.Time <= subject.Time && e.Event is ITransitionEvent or NodeStarted or NodeStopped)
                .GroupBy(e => e.Stream).Select(stream => stream.Last()),
        ];
        return new AuditContext(subject, around, configured, words, contacts, NodeScript.Origin.AddSeconds(askedAt));
    }

    public static ContactInterval Contact(string node, double from, double to) =>
        new(TestStore.Tenant, node, NodeScript.Origin.AddSeconds(from), NodeScript.Origin.AddSeconds(to));
}
