using System.Collections.Immutable;
using Keepalived.Es.Domain.Bfd;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Events;

/// <summary>One event of each kind, and some again with their optional fields empty.</summary>
internal static class Samples
{
    private const string Node = "node-a";
    private const string Instance = "VI_1";
    private const string Service = "[192.0.2.1]:tcp:80";
    private const string Server = "[198.51.100.1]:80";
    private static readonly RouterAddress Peer = RouterAddress.Parse("192.0.2.2");
    private static readonly TimeSpan At = new(3, 4, 5, 6, 7);
    private static readonly DateTimeOffset Wall = new(2026, 11, 23, 12, 0, 0, 123, TimeSpan.Zero);

    internal static readonly VrrpConfig Config = new()
    {
        Instance = Instance,
        Vrid = 51,
        Version = 3,
        Priority = 150,
        AdverInterval = TimeSpan.FromMilliseconds(250),
        DownTimerAdverts = 4,
        Preempt = false,
        PreemptDelay = TimeSpan.FromSeconds(30),
        StartAsMaster = true,
        StartupDelay = TimeSpan.FromSeconds(2),
        InSyncGroup = true,
        LowerPriorityNoAdvert = true,
        HigherPrioritySendAdvert = true,
        OwnerIgnoreAdverts = true,
        Garp = new GratuitousArpSchedule(3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), 2, 1, TimeSpan.FromSeconds(4)),
    };

    private static readonly IncidentFacts Facts = new(
        IncidentSeverity.Warning, Wall, Wall.AddSeconds(3.609), TimeSpan.FromMilliseconds(2), TimeSpan.FromSeconds(3.609), ["node-a", "node-b"],
        ["198.51.100.10/24 dev eth0"], "node-b took over", ["node-b/b1/17"]);

    internal static readonly ImmutableArray<IStoredEvent> All =
    [
        new NodeStarted(Node, "default", "1.2.3", "0f0e0d0c-0b0a-0908-0706-050403020100", 4711, new string('a', 64)),
        new NodeStopped(Node, "SIGTERM"),
        new ConfigurationLoaded(Node, "/etc/keepalived/keepalived.conf", new string('b', 64), "vrrp_instance VI_1 {\n}\n", ["k.conf:3:9: warning KA0102: \"odd\""]),
        new ConfigurationRejected(Node, "/etc/keepalived/keepalived.conf", new string('c', 64), ["k.conf:1:1: error KA0001: wrong"]),
        new ConfigurationReloaded(Node, "/etc/keepalived/keepalived.conf", new string('b', 64), ["vrrp_instance VI_1: priority 100, now 150"]),
        new LinkChanged(Node, "eth0", "down"),
        new EventsLost(Node, 17, "database or disk is full", Wall, Wall.AddSeconds(9)),
        new Degraded(Node, "vrrp_rt_priority", "EPERM", "add CAP_SYS_NICE"),
        new ClockStepped(Node, Wall, Wall.AddSeconds(-2.5), TimeSpan.FromSeconds(1)),
        new InstanceConfigured(Node, Instance, "eth0", RouterAddress.Parse("192.0.2.1"), ["198.51.100.10/24 dev eth0"], ["192.0.2.2"], Config),
        new InstanceConfigured(
            Node, Instance, "eth0", RouterAddress.Parse("192.0.2.1"), ["198.51.100.10/24 dev eth0"], [], Config, VrrpPhase.Master, "VI_0"),
        new InstanceBecameMaster(Node, Instance, 51, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, 150, At, Peer, 200, At - TimeSpan.FromSeconds(3.609), At),
        new InstanceBecameMaster(Node, Instance, 51, VrrpPhase.Initialize, TransitionReason.AddressOwner, 255, At, RouterAddress.None, 0, null, null),
        new InstanceBecameBackup(Node, Instance, 51, VrrpPhase.Master, TransitionReason.HigherPriorityAdvertisement, 150, At, Peer, 200),
        new InstanceEnteredFault(Node, Instance, 51, VrrpPhase.Master, TransitionReason.FaultDetected, 150, At, FaultReasons.InterfaceDown | FaultReasons.NoSourceAddress),
        new InstanceStopped(Node, Instance, 51, VrrpPhase.Master, TransitionReason.Shutdown, 150, At),
        new PriorityChanged(Node, Instance, 150, 130, 150, new Dictionary<string, int> { ["chk_mysql"] = -20 }),
        new AdvertisementDigest(Node, Instance, Peer, At, At + TimeSpan.FromSeconds(10), 40, TimeSpan.FromMilliseconds(249.9), TimeSpan.FromMilliseconds(251), 200),
        new AdvertisementDigest(Node, Instance, Peer, At, At + TimeSpan.FromSeconds(10), 1, null, null, 200),
        new InputsRecorded(
            Node, Instance, VrrpMachine.Initial(Config),
            [
                new(At, VrrpInput.Startup(RouterAddress.Parse("192.0.2.1"))), new(At, VrrpInput.Heard(Peer, 200, TimeSpan.FromSeconds(1))), new(At, VrrpInput.Deadline()),
                new(At, VrrpInput.SetPriority(7)), new(At, VrrpInput.Environment(RouterAddress.None, FaultReasons.InterfaceMissing)),
            ],
            VrrpMachine.Initial(Config) with { Phase = VrrpPhase.Master, Deadline = At, Master = Peer, MasterPriority = 150, LastHeard = At }, Truncated: true),
        new AdvertisementsRejected(Node, Instance, Peer, "Ttl", "TTL 64, allowed 255", 12),
        new LowerPriorityMasterHeard(Node, Instance, Peer, 90, 150),
        new LowerPriorityMasterHeard(Node, Instance, Peer, 90, 150, 10, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(29)),
        new TimerLate(Node, Instance, At, TimeSpan.FromMilliseconds(37.5)),
        new AddressAdded(Node, Instance, "198.51.100.10/24 dev eth0", "eth0", null),
        new AddressAdded(Node, Instance, "198.51.100.10/24 dev eth0", "eth0", "Invalid argument (22)"),
        new AddressRemoved(Node, Instance, "198.51.100.10/24 dev eth0", "eth0", null),
        new AddressLost(Node, Instance, "198.51.100.10/24 dev eth0", "eth0"),
        new GratuitousArpSent(Node, Instance, "eth0", 2, 10, null),
        new HookStarted(Node, "notify_master VI_1", 3, ["/etc/keepalived/to-master", "a b", "\"'"]),
        new HookStarted(Node, "notify_master VI_1", 4, ["/etc/keepalived/hook.js"], "notify_master", """{"to":"MASTER"}""", 2),
        new HookFinished(Node, "notify_master VI_1", 4, null, null, "ended", TimeSpan.FromSeconds(2), "", "heap", """{"ok":true}"""),
        new HookHostCalled(Node, "notify_master VI_1", 4, 1, "mysql.exec", """["local","SET GLOBAL read_only=OFF"]""", """{"ok":true,"ms":3}""", TimeSpan.FromMilliseconds(3)),
        new HookReported(Node, "notify_master VI_1", 4, "hook.mysql.promoted", """{"gtid":"0-1-42"}"""),
        new TrackScriptChanged(
            Node, "vrrp_script chk", TrackStatus.Up, TrackStatus.Down, TrackResultKind.Failed, 1, null, TimeSpan.FromMilliseconds(8), "refused", "no answer\n"),
        new TrackRunSkipped(Node, "vrrp_script chk", TimeSpan.FromSeconds(2)),
        new HookFinished(Node, "notify_master VI_1", 3, 0, null, null, TimeSpan.FromMilliseconds(12.5), "done\n"),
        new HookFinished(Node, "notify_master VI_1", 3, null, 9, null, TimeSpan.FromSeconds(1), ""),
        new HookFinished(Node, "notify_master VI_1", 3, null, null, "no such file", TimeSpan.Zero, ""),
        new VirtualServerConfigured(
            Node, Service, "shop", [Service, "FWM 3"], "wrr", [new RealServerConfigured(Server, null, 3, ["TCP_CHECK 198.51.100.1:80"], true)], "[198.51.100.9]:80", 2, 1, true, true),
        new VirtualServerRemoved(Node, Service, "reload"),
        new CheckChanged(Node, Service, Server, "TCP_CHECK 198.51.100.1:80", CheckStatus.Up, CheckStatus.Down, 3, "connection refused", TimeSpan.FromMilliseconds(0.3)),
        new ChecksNotMade(Node, Service, Server, "TCP_CHECK 198.51.100.1:80", "no descriptor is left (EMFILE)", 12),
        new RealServerUp(Node, Service, Server, 3, "TCP_CHECK 198.51.100.1:80 connected"),
        new RealServerDown(Node, Service, Server, 3, "TCP_CHECK 198.51.100.1:80 connection refused"),
        new RealServerWeightChanged(Node, Service, Server, 3, 0, "MISC_CHECK /bin/load"),
        new RealServerDrained(Node, Service, Server, true, TimeSpan.FromMinutes(10), "operator"),
        new QuorumGained(Node, Service, 3, 2, 1),
        new QuorumLost(Node, Service, 0, 2, 1, "[198.51.100.9]:80"),
        new PoolChanged(Node, Service, "[198.51.100.1]:80 added with weight 3", "Invalid argument (22)"),
        new PoolCorrected(Node, Service, ["[198.51.100.1]:80 was missing"]),
        new SyncDaemonChanged(Node, "eth1", "master", 51, null),
        new IncidentOpened("20261126-140512-fail-over-3f2a", IncidentKind.FailOver, "VRID 51", Facts),
        new IncidentChanged("20261126-140512-fail-over-3f2a", Facts with { End = null, Outage = null }),
        new IncidentClosed("20261126-140512-fail-over-3f2a", Facts),
        new IncidentAnnotated("20261126-140512-fail-over-3f2a", "mallory", "the switch was rebooted"),
        new IncidentAcknowledged("20261126-140512-fail-over-3f2a", "mallory"),
        new IncidentAssigned("20261126-140512-fail-over-3f2a", "mallory", "alice"),
        new IncidentHookRan("20261126-140512-fail-over-3f2a", "incident_opened", "/etc/kes/page.sh", 0, null, TimeSpan.FromMilliseconds(120), "paged"),
        new CommandAcknowledged(Node, "0f0e0d0c-0b0a-0908-0706-050403020100", "drain [198.51.100.1]:80 of [192.0.2.1]:tcp:80", "operator", null),
        new ChecksLate(Node, 40, TimeSpan.FromSeconds(1.5)),
        new BfdSessionChanged(
            Node, "core", RouterAddress.Parse("192.0.2.2"), BfdSessionState.Up, BfdSessionState.Down, BfdDiagnostic.ControlDetectionTimeExpired, BfdSessionState.Up),
    ];
}
