using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Outages;

/// <summary>Two nodes without daemons that share a VRID: digests in quiet times, now and then a fail-over, and whatever is said is sent at once.</summary>
internal sealed class SimulatedPair
{
    private const string Instance = "VI_1";
    private const int BatchLimit = 100;
    private const int MostAtOnce = 40;
    private const int StepsBetweenFailOvers = 60;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Digest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(50);

    private readonly byte _vrid;
    private readonly Random _random;
    private int _master;

    internal SimulatedPair(byte vrid, IReadOnlyList<SimulatedNode> nodes, Random random)
    {
        (_vrid, Nodes, _random) = (vrid, nodes, random);
        Say(0, new NodeStarted(nodes[0].Name, "lab", "1.0", "kernel", 1, new string('0', 64)), Configured(0), Became(0, TransitionReason.Started));
        Say(1, new NodeStarted(nodes[1].Name, "lab", "1.0", "kernel", 1, new string('0', 64)), Configured(1), Became(1, TransitionReason.Started));
        Say(0, Mastered(0, RouterAddress.None));
    }

    internal IReadOnlyList<SimulatedNode> Nodes { get; }

    /// <summary>Goes on until <paramref name="end"/>, then sends what is left, however long that takes.</summary>
    internal async Task RunAsync(HttpClient http, CancellationToken end, CancellationToken stop)
    {
        while (!end.IsCancellationRequested)
        {
            Step();
            await Task.WhenAll(Nodes.Select(node => SendAsync(node, http, stop)));
        }

        while (Nodes.Any(node => node.Acknowledged < node.Said))
        {
            await Task.WhenAll(Nodes.Select(node => SendAsync(node, http, stop)));
        }
    }

    private static async Task SendAsync(SimulatedNode node, HttpClient http, CancellationToken stop)
    {
        if (!await node.SendAsync(http, BatchLimit, stop))
        {
            await Task.Delay(AfterRefusal, stop);
        }
    }

    private void Step()
    {
        int other = 1 - _master;
        if (_random.Next(StepsBetweenFailOvers) == 0)
        {
            Say(_master, new InstanceEnteredFault(
                Nodes[_master].Name, Instance, _vrid, VrrpPhase.Master, TransitionReason.FaultDetected, 100, Mono, FaultReasons.InterfaceDown));
            Say(other, Mastered(other, Source(_master)));
            Say(_master, Became(_master, TransitionReason.FaultCleared));
            _master = other;
            return;
        }

        for (int i = _random.Next(MostAtOnce); i >= 0; i--)
        {
            Say(other, new AdvertisementDigest(
                Nodes[other].Name, Instance, Source(_master), Mono - Digest, Mono, 10, Second * 0.99, Second * 1.01, 100));
        }
    }

    private void Say(int index, params INodeEvent[] events)
    {
        foreach (INodeEvent e in events)
        {
            Nodes[index].Say(e, DateTimeOffset.UtcNow, Mono);
        }
    }

    private InstanceConfigured Configured(int index) => new(
        Nodes[index].Name, Instance, "eth0", Source(index), [$"10.60.{_vrid}.100/24 dev eth0"], [], new VrrpConfig { Instance = Instance, Vrid = _vrid, Priority = 100 });

    private InstanceBecameBackup Became(int index, TransitionReason reason) =>
        new(Nodes[index].Name, Instance, _vrid, VrrpPhase.Initialize, reason, 100, Mono, RouterAddress.None, 0);

    private InstanceBecameMaster Mastered(int index, RouterAddress from) => new(
        Nodes[index].Name, Instance, _vrid, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, 100, Mono, from, 100,
        from == RouterAddress.None ? null : Mono, Mono);

    private RouterAddress Source(int index) => RouterAddress.Parse($"10.60.{_vrid}.{index + 1}");

    private static TimeSpan Mono => TimeSpan.FromMilliseconds(Environment.TickCount64);
}
