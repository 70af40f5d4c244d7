using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Tests.Audit;

public sealed class ExplainTests
{
    [Fact]
    public void The_master_was_killed()
    {
        AuditContext context = Failover.Context([Failover.NodeA(), Failover.NodeB()],
            [Failover.Contact("node-a", 0, 55.2), Failover.Contact("node-b", 1, 900)]);
        Golden("explain-killed.txt", context);
    }

    [Fact]
    public void The_master_was_killed_and_started_again()
    {
        NodeScript again = new("node-a", "boot-a2");
        again.Add(80, new NodeStarted("node-a", TestStore.Tenant, "0.1.0", "kernel-a", 101, new string('a', 64)));
        AuditContext context = Failover.Context(
            [Failover.NodeA(), Failover.NodeB(), again],
            [Failover.Contact("node-a", 0, 55.2), Failover.Contact("node-a", 80, 900), Failover.Contact("node-b", 1, 900)]);
        Golden("explain-restarted.txt", context);
    }

    [Fact]
    public void The_master_was_stopped()
    {
        NodeScript a = Failover.NodeA();
        long stopping = a.Add(59.39, new NodeStopped("node-a", "SIGTERM"));
        a.Add(59.3905, new InstanceStopped("node-a", Failover.Instance, 51, VrrpPhase.Master, TransitionReason.Shutdown, 150,
            NodeScript.Mono(59.3905)), stopping);
        AuditContext context = Failover.Context(
            [a, Failover.NodeB(TransitionReason.MasterResigned)],
            [Failover.Contact("node-a", 0, 59.4), Failover.Contact("node-b", 1, 900)]);
        Golden("explain-stopped.txt", context);
    }

    [Fact]
    public void The_masters_link_went_down()
    {
        NodeScript a = Failover.NodeA();
        long link = a.Add(56.5, new LinkChanged("node-a", "eth0", "down"));
        a.Add(56.5002, new InstanceEnteredFault(
            "node-a", Failover.Instance, 51, VrrpPhase.Master, TransitionReason.FaultDetected, 150, NodeScript.Mono(56.5002),
            FaultReasons.InterfaceDown), link);
        AuditContext context = Failover.Context([a, Failover.NodeB()],
            [Failover.Contact("node-a", 0, 900), Failover.Contact("node-b", 1, 900)]);
        Golden("explain-link-down.txt", context);
    }

    [Fact]
    public void The_master_gave_up_because_its_check_failed()
    {
        NodeScript a = Failover.NodeA();
        long check = a.Add(59.3, new TrackScriptChanged(
            "node-a", "vrrp_script check_mysql", TrackStatus.Up, TrackStatus.Down, TrackResultKind.Failed, 1, null, TimeSpan.FromMilliseconds(14),
            null, "MySQL did not answer\n"));
        a.Add(59.301, new InstanceEnteredFault(
            "node-a", Failover.Instance, 51, VrrpPhase.Master, TransitionReason.FaultDetected, 150, NodeScript.Mono(59.301), FaultReasons.Tracker), check);
        AuditContext context = Failover.Context(
            [a, Failover.NodeB(TransitionReason.MasterResigned)], [Failover.Contact("node-a", 0, 900), Failover.Contact("node-b", 1, 900)]);
        Golden("explain-check-failed.txt", context);
    }

    [Fact]
    public void The_master_was_alive_and_there_were_two()
    {
        NodeScript a = Failover.NodeA();
        a.Add(63, new LowerPriorityMasterHeard("node-a", Failover.Instance, Failover.SourceB, 100, 150));
        NodeScript b = Failover.NodeB(before: b =>
            b.Add(59, new TimerLate("node-b", Failover.Instance, NodeScript.Mono(58.8), TimeSpan.FromMilliseconds(200))));
        AuditContext context = Failover.Context([a, b], [Failover.Contact("node-a", 0, 900), Failover.Contact("node-b", 1, 900)]);
        Golden("explain-two-masters.txt", context);
    }

    [Fact]
    public void The_master_was_stopped_long_before()
    {
        NodeScript a = new("node-a", "boot-a");
        a.Add(-4000, Failover.Configured("node-a", Failover.SourceA, 150));
        a.Add(-3000, new InstanceStopped("node-a", Failover.Instance, 51, VrrpPhase.Master, TransitionReason.Shutdown, 150,
            NodeScript.Mono(-3000)));
        a.Add(-2999, new NodeStopped("node-a", "SIGTERM"));
        Golden("explain-stopped-before.txt", Failover.Context([a, Failover.NodeB()], [Failover.Contact("node-b", 1, 900)]));
    }

    [Fact]
    public void It_is_too_early_to_tell()
    {
        AuditContext context = Failover.Context(
            [Failover.NodeA(), Failover.NodeB()], [Failover.Contact("node-a", 0, 55.2), Failover.Contact("node-b", 1, 61)], askedAt: 62);
        Assert.Equal("node-a was not heard since, but it is too early to call it silent.", Explainer.Explain(context).Conclusion);
    }

    [Fact]
    public void A_higher_priority_was_heard()
    {
        NodeScript b = Failover.NodeB();
        long backup = b.Add(70, new InstanceBecameBackup(
            "node-b", Failover.Instance, 51, VrrpPhase.Master, TransitionReason.HigherPriorityAdvertisement, 100, NodeScript.Mono(70),
            Failover.SourceA, 150));
        b.Add(70.0004, new AddressRemoved("node-b", Failover.Instance, "10.51.0.100/24", "eth0", null), backup);
        AuditContext context = Failover.Context([Failover.NodeA(), b],
            [Failover.Contact("node-a", 0, 900), Failover.Contact("node-b", 1, 900)]);
        Golden("explain-preempted.txt", context);
    }

    [Fact]
    public void Nothing_else_is_known()
    {
        NodeScript b = new("node-b", "boot-b");
        b.Add(60, new InstanceBecameMaster(
            "node-b", Failover.Instance, 51, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, 100, NodeScript.Mono(60),
            RouterAddress.None, 0, null, null));
        Golden("explain-alone.txt", Failover.Context([b], []));
    }

    private static void Golden(string name, AuditContext context)
    {
        StringWriter text = new() { NewLine = "\n" };
        AuditText.Write(text, new TimeText(TimeZoneInfo.Utc), Explainer.Explain(context));
        GoldenFile.Matches(name, text.ToString());
    }
}
