using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.ControlPlane.Views;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using static Keepalived.Es.ControlPlane.Tests.Views.Accounts;

namespace Keepalived.Es.ControlPlane.Tests.Views;

/// <summary>What the views make of hand-written histories.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void A_silent_node_is_unknown_from_its_last_contact_on_and_never_backup()
    {
        NodeAccount a = Of([Failover.NodeA()], Exact, 0, 55);
        InstanceHistory history = InstanceHistory.Of(a, Failover.Instance, Stretch(0, 120), At(120), null)!;
        Assert.Equal(
            [(0.01, MemberPhase.Initialize), (0.02, MemberPhase.Backup), (4, MemberPhase.Master), (55, MemberPhase.Unknown)],
            history.Phases.Select(s => (Second(s.From), s.Phase)));
        Assert.Equal(("VI_1 became MASTER: the Master-down timer expired", MemberPhase.Master), (history.Phases[2].Why, history.Phases[3].LastSaid));
        Assert.Equal(At(120), history.Phases[^1].To);
    }

    [Theory]                                    // last contact, moment of asking, known until
    [InlineData(55, 60, 60)]                    // within its patience
    [InlineData(55, 71, 55)]
    public void What_is_recent_is_known_while_the_patience_lasts(double contact, double now, double known)
    {
        InstanceHistory history = InstanceHistory.Of(Of([Failover.NodeA()], Exact, 0, contact), Failover.Instance, Stretch(0, now), At(now), null)!;
        Assert.Equal(At(known), history.Phases.Last(s => s.Phase == MemberPhase.Master).To);
    }

    [Fact]
    public void What_a_node_tells_later_of_the_same_boot_is_known()
    {
        NodeScript a = Failover.NodeA();
        a.Add(100, new LinkChanged("node-a", "eth1", "down"));
        InstanceHistory history = InstanceHistory.Of(Of([a], Exact), Failover.Instance, Stretch(0, 100), At(1000), null)!;
        Assert.Equal((At(4), At(100), MemberPhase.Master), (history.Phases[^1].From, history.Phases[^1].To, history.Phases[^1].Phase));
    }

    [Fact]
    public void Between_a_death_without_a_word_and_the_next_start_nobody_knows()
    {
        NodeScript later = new("node-a", "boot-a2");
        later.Add(90, new NodeStarted("node-a", TestStore.Tenant, "0.1.0", "kernel-a", 1, ""));
        NodeScript first = Failover.NodeA();
        first.Add(50, new LinkChanged("node-a", "eth1", "up"));
        InstanceHistory history = InstanceHistory.Of(Of([first, later], Exact, 0, 300), Failover.Instance, Stretch(0, 100), At(300), null)!;
        Assert.Equal(
            [(4.0, MemberPhase.Master), (50, MemberPhase.Unknown), (90, MemberPhase.Stopped)],
            history.Phases.Skip(2).Select(s => (Second(s.From), s.Phase)));
    }

    [Fact]
    public void A_stop_in_good_order_is_known_for_ever()
    {
        InstanceHistory history = InstanceHistory.Of(Of([Stopped()], Exact, 0, 70.2), Failover.Instance, Stretch(60, 500), At(9999), null)!;
        Assert.Equal([(60, MemberPhase.Master), (70, MemberPhase.Stopped)], history.Phases.Select(s => (Second(s.From), s.Phase)));
        Assert.Equal(At(500), history.Phases[^1].To);
    }

    [Fact]
    public void Priority_is_told_with_every_contribution()
    {
        NodeScript b = Failover.NodeB(before: script => script.Add(
            55, new PriorityChanged("node-b", Failover.Instance, 100, 70, 100, new Dictionary<string, int> { ["chk_mysql"] = -40, ["link"] = 10 })));
        InstanceHistory history = InstanceHistory.Of(Of([b], Exact), Failover.Instance, Stretch(0, 59), At(60), null)!;
        Assert.Equal([(1.01, 100, "not on record"), (55, 70, "chk_mysql -40, link +10")],
            history.Priorities.Select(p => (Second(p.At), (int)p.Priority, ViewWords.Contributions(p))));
    }

    [Fact]
    public void Moments_are_told_on_the_control_plane_s_clock()
    {
        NodeAccount a = Of([Failover.NodeA()], new ClockBound(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(1), true), 0, 100);
        Assert.Equal(At(2), InstanceHistory.Of(a, Failover.Instance, Stretch(0, 50), At(100), null)!.Phases[^1].From);
    }

    [Fact]
    public void An_address_is_answered_for_by_nobody_one_unknown_and_one_known()
    {
        AddressHistory history = AddressHistory.Of(
            [Of([Failover.NodeA()], Exact, 0, 55), Of([Failover.NodeB()], Exact, 1, 120)], "10.51.0.100", Stretch(0, 120), At(120))!;
        Assert.Equal(
            [(0.01, RouterVerdict.NoMaster), (4, RouterVerdict.OneMaster), (55, RouterVerdict.Unknown), (60, RouterVerdict.OneMasterKnown)],
            history.Stretches.Select(s => (Second(s.From), s.Verdict)));
        Assert.Equal(["node-b"], history.Stretches[^1].Masters);
        Assert.Equal(["node-a"], history.Stretches[^1].Silent);
        Availability a = history.Availability;
        Assert.Equal((119.99, 51, 60, 0, 3.99, 5), (S(a.Length), S(a.OneMaster), S(a.OneMasterKnown), S(a.SeveralMasters), S(a.NoMaster), S(a.Unknown)));
        Assert.Equal(a.Length, a.OneMaster + a.OneMasterKnown + a.SeveralMasters + a.NoMaster + a.Unknown);
        Assert.Equal(111 / 119.99, a.ShareAtLeast, 9);
        Assert.Equal(116 / 119.99, a.ShareAtMost, 9);
    }

    [Theory]                                    // clocks' bound of each node in seconds, whether the two Masters are certain
    [InlineData(0.1, true)]
    [InlineData(6, false)]
    public void Two_Masters_are_told_and_counted_unless_the_clocks_explain_them(double bound, bool certain)
    {
        ClockBound clock = new(TimeSpan.Zero, TimeSpan.FromSeconds(bound), true);
        AddressHistory history = AddressHistory.Of(
            [Of([Stopped()], clock, 0, 71), Of([Failover.NodeB()], clock, 1, 300)], "10.51.0.100", Stretch(10, 100), At(300))!;
        AnswerStretch two = Assert.Single(history.Stretches, s => s.Verdict == RouterVerdict.SeveralMasters);
        Assert.Equal((At(60), At(70), !certain), (two.From, two.To, two.WithinUncertainty));
        Assert.Equal(["node-a", "node-b"], two.Masters);
        Assert.Equal(certain ? (10, 0) : (0, 10), (S(history.Availability.SeveralMasters), S(history.Availability.Unknown)));
    }

    [Fact]
    public void An_address_counts_from_when_it_was_configured_and_another_is_none()
    {
        Assert.Equal(At(0.01), AddressHistory.Of([Of([Failover.NodeA()], Exact, 0, 55)], "10.51.0.100", Stretch(-500, 50), At(55))!.From);
        Assert.Null(AddressHistory.Of([Of([Failover.NodeA()], Exact, 0, 55)], "10.51.0.1", Stretch(0, 50), At(55)));
    }

    [Theory]
    [InlineData("192.0.2.10/24 dev eth0", "192.0.2.10")]
    [InlineData("192.0.2.10", "192.0.2.10")]
    [InlineData("2001:DB8:0::1/64", "2001:db8::1")]
    [InlineData("nonsense dev x", "nonsense")]
    public void An_address_is_known_by_itself(string configured, string bare) => Assert.Equal(bare, VirtualAddress.Bare(configured));

    [Fact]
    public void Real_servers_and_quorum_are_told_by_stretches()
    {
        NodeScript script = Balancing.Node("lb-1", 30);
        script.Add(50, new RealServerDrained("lb-1", Balancing.Service, Balancing.Second, true, null, "alice"));
        IReadOnlyList<HealthStretch> all = ServiceHistory.Of([Of([script], Exact, 0, 60)], Balancing.Service, null, Stretch(0, 100), At(100));
        Assert.Equal(["met 0.1", "LOST 30.003", "unknown (was LOST) 60"], Told(all, null));
        Assert.Equal(["up 0.1", "DOWN 30.002", "unknown (was DOWN) 60"], Told(all, Balancing.First));
        Assert.Equal(["up 0.1", "drained 50", "unknown (was drained) 60"], Told(all, Balancing.Second));
        Assert.All(ServiceHistory.Of([Of([script], Exact)], Balancing.Service, Balancing.First, Stretch(0, 100), At(100)), s => Assert.Equal(Balancing.First, s.Server));

        static IEnumerable<string> Told(IEnumerable<HealthStretch> all, string? server) =>
            all.Where(s => s.Server == server).Select(s => $"{ViewWords.Health(s)} {Second(s.From)}");
    }

    [Fact]
    public void Runs_join_starts_and_ends_and_failures_are_told()
    {
        NodeScript a = new("node-a");
        a.Add(1, new HookStarted("node-a", "notify_master VI_1", 1, ["/x", "y"]));
        a.Add(2, new HookStarted("node-a", "notify_backup VI_1", 2, ["/z"]));
        a.Add(3, new HookFinished("node-a", "notify_master VI_1", 1, 7, null, null, TimeSpan.FromSeconds(2), "no <b>\n"));
        a.Add(5, new HookFinished("node-a", "old", 9, 0, null, null, TimeSpan.FromSeconds(4.5), ""));
        IReadOnlyList<HookRun> runs = HookRun.Of(a.Recorded(1));
        Assert.Equal(
            [("old", 0.5, false, 4.5), ("notify_master VI_1", 1, true, 2), ("notify_backup VI_1", 2, false, null)],
            runs.Select(r => (r.Hook, Second(r.Started), r.Failed, r.Duration?.TotalSeconds)));
        Assert.Equal(["/x", "y"], runs[1].Command!);
        Assert.Null(runs[0].Command);
    }

    [Fact]
    public void A_configuration_is_told_with_its_difference_to_the_one_before()
    {
        ConfigurationLoaded Loaded(string hash, string text) => new("node-a", "/etc/k.conf", new string(hash[0], 64), text, []);
        NodeScript a = new("node-a");
        a.Add(1, Loaded("a", "one\ntwo\nthree\n"));
        a.Add(2, Loaded("b", "one\n2\nthree\n"));
        a.Add(3, new ConfigurationReloaded("node-a", "/etc/k.conf", new string('b', 64), ["two"]));
        a.Add(4, new ConfigurationRejected("node-a", "/etc/k.conf", new string('c', 64), ["k.conf:1:1: error"]));
        a.Add(5, Loaded("b", "one\n2\nthree\n"));
        IReadOnlyList<ConfigurationChange> changes = ConfigurationHistory.Of(null, a.Recorded(1), withDifference: true);
        Assert.Null(changes[0].Difference);
        Assert.Contains("\n-two\n+2\n", changes[1].Difference, StringComparison.Ordinal);
        Assert.StartsWith("--- /etc/k.conf aaaaaaaaaaaa\n+++ /etc/k.conf bbbbbbbbbbbb\n@@ ", changes[1].Difference, StringComparison.Ordinal);
        Assert.Equal((null, null, ""), (changes[2].Difference, changes[3].Difference, changes[4].Difference));
        Assert.Equal(["k.conf:1:1: error"], changes[3].Notes);
        Assert.All(ConfigurationHistory.Of(null, a.Recorded(1), withDifference: false), change => Assert.Null(change.Difference));
    }

    [Fact]
    public void Stretches_are_cut_where_knowledge_begins_and_ends()
    {
        List<Stretch> known = Stretches.Union([Stretch(5, 10), Stretch(8, 12), Stretch(20, 30), Stretch(3, 3)]);
        Assert.Equal([Stretch(5, 12), Stretch(20, 30)], known);
        Assert.Equal(
            [(0, 5, false), (5, 12, true), (12, 20, false), (20, 25, true)],
            Stretches.Cut(Stretch(0, 25), known).Select(c => (Second(c.Part.From), Second(c.Part.To), c.Known)));
        Assert.Equal([Stretch(5, 7), Stretch(9, 12), Stretch(20, 30)], known.Without(Stretch(7, 9)));
    }

    private static NodeScript Stopped()
    {
        NodeScript a = Failover.NodeA();
        a.Add(70, new InstanceStopped("node-a", Failover.Instance, 51, VrrpPhase.Master, TransitionReason.Shutdown, 150, NodeScript.Mono(70)));
        a.Add(70.1, new NodeStopped("node-a", "SIGTERM"));
        return a;
    }

    private static double Second(DateTimeOffset at) => (at - NodeScript.Origin).TotalSeconds;

    private static double S(TimeSpan span) => span.TotalSeconds;
}
