using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Benchmarks.Fleet;

/// <summary>A simulated node with its instances. Ten nodes are a site, two neighbours a pair that shares its virtual routers; the even one is Master at first.</summary>
internal sealed class FleetNode(int number, int instances, string token)
{
    internal const int NodesOfSite = 10;
    private const int Heard = 10;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly int _place = number % NodesOfSite;

    internal SimulatedNode Journal { get; } = new(NameOf(number), token);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>It says nothing any more.</summary>
    internal bool IsDead { get; set; }

    internal bool IsMaster => _place % 2 == 0;

    internal static string NameOf(int number) => $"node-{number}";

    internal static string SiteOf(int number) => $"site-{number / NodesOfSite}";

    private static TimeSpan Mono => TimeSpan.FromMilliseconds(Environment.TickCount64);

    private RouterAddress Own => RouterAddress.Parse($"10.60.0.{_place + 1}");

    private RouterAddress Peer => RouterAddress.Parse($"10.60.0.{(_place ^ 1) + 1}");

    /// <summary>One at a time makes and sends this node's records.</summary>
    internal async Task<IDisposable> EnterAsync()
    {
        await _turn.WaitAsync();
        return new Leave(_turn);
    }

    internal void Start()
    {
        Say(new NodeStarted(Journal.Name, SiteOf(number), "1.0", "kernel", 1, new string('0', 64)));
        for (int i = 0; i < instances; i++)
        {
            Say(new InstanceConfigured(Journal.Name, Instance(i), "eth0", Own, [$"10.{_place / 2}.{i}.100/24 dev eth0"], [], new VrrpConfig
            {
                Instance = Instance(i),
                Vrid = Vrid(i),
                Priority = IsMaster ? (byte)101 : (byte)100,
            }));
            Say(new InstanceBecameBackup(Journal.Name, Instance(i), Vrid(i), VrrpPhase.Initialize, TransitionReason.Started, 100, Mono, RouterAddress.None, 0));
            if (IsMaster)
            {
                Say(BecameMaster(i, RouterAddress.None));
            }
        }
    }

    /// <summary>What a node tells of ten quiet seconds.</summary>
    internal void Digest()
    {
        for (int i = 0; i < instances; i++)
        {
            Say(new AdvertisementDigest(
                Journal.Name, Instance(i), IsMaster ? Own : Peer, Mono - Window, Mono, Heard, Second * 0.998, Second * 1.003, IsMaster ? (byte)101 : (byte)100));
        }
    }

    /// <summary>The Master is silent: all instances take over, with all that a node records of it.</summary>
    internal void TakeOver()
    {
        for (int i = 0; i < instances; i++)
        {
            Say(BecameMaster(i, Peer));
            Say(Inputs(i));
            Say(new AddressAdded(Journal.Name, Instance(i), $"10.{_place / 2}.{i}.100/24", "eth0", null));
            Say(new GratuitousArpSent(Journal.Name, Instance(i), "eth0", 1, 5, null));
            Say(new HookStarted(Journal.Name, $"notify_master {Instance(i)}", 1, ["/etc/keepalived/promote.sh", "INSTANCE", Instance(i), "MASTER", "100"]));
            Say(new HookFinished(Journal.Name, $"notify_master {Instance(i)}", 1, 0, null, null, Second * 0.1, "promoted\n"));
        }
    }

    private static string Instance(int i) => $"VI_{i + 1}";

    private byte Vrid(int i) => (byte)((((_place / 2 * instances) + i) % 255) + 1);

    private void Say(INodeEvent e) => Journal.Say(e, DateTimeOffset.UtcNow, Mono);

    private InstanceBecameMaster BecameMaster(int i, RouterAddress from) => new(
        Journal.Name, Instance(i), Vrid(i), VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, 100, Mono, from, 101,
        from == RouterAddress.None ? null : Mono - (Second * 3.6), Mono);

    private InputsRecorded Inputs(int i)
    {
        TimeSpan now = Mono;
        VrrpState before = new()
        {
            Phase = VrrpPhase.Backup,
            Priority = 100,
            MasterAdverInterval = Second,
            Source = Own,
            Master = Peer,
            MasterPriority = 101,
            LastHeard = now - (Second * 14.6),
            Deadline = now - (Second * 11),
            DownTimerBasis = DownTimerBasis.MasterHeard,
        };
        List<RecordedInput> inputs = [.. Enumerable.Range(0, Heard).Select(n => new RecordedInput(now - (Second * (13.6 - n)), VrrpInput.Heard(Peer, 101, Second)))];
        inputs.Add(new RecordedInput(now, VrrpInput.Deadline()));
        return new InputsRecorded(Journal.Name, Instance(i), before, inputs, before, Truncated: true);
    }

    private sealed class Leave(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
