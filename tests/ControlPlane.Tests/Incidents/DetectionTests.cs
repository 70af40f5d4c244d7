using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Tests.Incidents;

/// <summary>What the process manager makes of the nodes' events.</summary>
public sealed class DetectionTests
{
    private readonly World _world = new();

    [Fact]
    public void A_healthy_start_is_no_incident()
    {
        _world.Master("node-a", 4, TransitionReason.MasterDownTimerExpired);
        _world.Digest("node-a", 14, World.SourceA);
        _world.Digest("node-b", 14, World.SourceA);
        Assert.Empty(_world.Conclude(20));
        Assert.Empty(_world.Conclude(1000));
    }

    [Fact]
    public void A_killed_Master_is_a_fail_over_with_its_outage()
    {
        Start();
        _world.Master("node-b", 33.6, TransitionReason.MasterDownTimerExpired, lastHeard: 30, World.SourceA);
        _world.Conclude(34);
        IncidentFacts facts = _world.Only(IncidentKind.FailOver);
        Assert.Equal((World.At(30), World.At(33.6), TimeSpan.FromSeconds(3.6)), (facts.Start, facts.End, facts.Outage));
        Assert.Equal((IncidentSeverity.Warning, TimeSpan.Zero), (facts.Severity, facts.Uncertainty));
        Assert.Equal("node-b took over from node-a: it had not heard node-a for 3.6 s", facts.Cause);
        Assert.Equal(["node-a", "node-b"], facts.Nodes);
        Assert.Equal(["10.51.0.100/24"], facts.Addresses);
        Assert.Equal(2, facts.Evidence.Count);

        _world.Boot("node-a", 60);
        _world.Conclude(61);
        Assert.EndsWith("; node-a died without a word and was started again later", _world.Only(IncidentKind.FailOver).Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(_world.Incidents, incident => incident.Kind is IncidentKind.TwoMasters or IncidentKind.NoMaster);
    }

    [Fact]
    public void A_stopped_Master_and_a_preempting_one_are_notices()
    {
        Start();
        _world.Stop("node-a", 30);
        _world.Master("node-b", 30.6, TransitionReason.MasterResigned, lastHeard: 30, World.SourceA);
        _world.Conclude(31);
        IncidentFacts stopped = _world.Only(IncidentKind.FailOver);
        Assert.Equal((IncidentSeverity.Notice, TimeSpan.FromSeconds(0.6)), (stopped.Severity, stopped.Outage!.Value));
        Assert.Equal("node-b took over from node-a: node-a resigned; the daemon on node-a was stopped", stopped.Cause);

        _world.Boot("node-a", 60);
        _world.Master("node-a", 64, TransitionReason.PreemptedLowerPriority, lastHeard: 63.9, World.SourceB);
        _world.Backup("node-b", 64.001, TransitionReason.HigherPriorityAdvertisement, World.SourceA);
        _world.Conclude(65);
        Assert.Equal(2, _world.Incidents.Count);
        Assert.Equal((IncidentSeverity.Notice, TimeSpan.Zero), (_world.Incidents[1].Facts.Severity, _world.Incidents[1].Facts.Outage!.Value));
    }

    [Theory]
    [InlineData("node-a", "node-b")]
    [InlineData("node-b", "node-a")]
    public void A_partition_that_heals_is_exactly_one_incident_of_two_Masters(string first, string second)
    {
        Start();
        _world.Master("node-b", 33.6, TransitionReason.MasterDownTimerExpired, lastHeard: 30, World.SourceA);
        _world.Conclude(34, first, second);
        Assert.DoesNotContain(_world.Incidents, incident => incident.Kind == IncidentKind.TwoMasters);

        _world.Digest("node-a", 40, World.SourceA);
        _world.Digest("node-b", 41, World.SourceB);
        _world.Conclude(41, first, second);
        Assert.Null(_world.Only(IncidentKind.TwoMasters).End);
        _world.Digest("node-a", 50, World.SourceA);
        Assert.Empty(_world.Conclude(51, first, second));

        _world.Backup("node-b", 55.3, TransitionReason.HigherPriorityAdvertisement, World.SourceA);
        _world.Conclude(56, first, second);
        _world.Digest("node-a", 60, World.SourceA);
        _world.Conclude(70, first, second);
        IncidentFacts facts = _world.Only(IncidentKind.TwoMasters);
        Assert.Equal((World.At(33.6), World.At(55.3), IncidentSeverity.Critical), (facts.Start, facts.End, facts.Severity));
        Assert.Contains("neither heard the other", facts.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(_world.Incidents, incident => incident.Kind == IncidentKind.OneWayLink);
        Assert.Null(_world.Only(IncidentKind.FailOver).Outage);
    }

    [Fact]
    public void Two_Masters_of_which_one_hears_the_other_are_a_one_way_link()
    {
        Start();
        _world.Master("node-b", 33.6, TransitionReason.MasterDownTimerExpired, lastHeard: 30, World.SourceA);
        _world.Say("node-a", 36, new LowerPriorityMasterHeard("node-a", "VI_1", World.SourceB, 100, 150));
        _world.Digest("node-a", 40, World.SourceB);
        _world.Digest("node-b", 41, World.SourceB);
        _world.Conclude(42);
        IncidentFacts facts = _world.Only(IncidentKind.OneWayLink);
        Assert.Equal("advertisements of node-b reached node-a, those of node-a did not reach node-b", facts.Cause);
    }

    [Fact]
    public void A_Master_that_sends_no_records_and_is_heard_by_ours_is_one_incident_as_long_as_it_is_heard()
    {
        Start();
        Contradict(36);
        Contradict(37);
        _world.Conclude(37.5);
        Assert.Null(_world.Only(IncidentKind.TwoMasters).End);
        for (int second = 47; second <= 67; second += 10)
        {
            Contradict(second, new(10, NodeScript.Mono(second - 9), NodeScript.Mono(second == 67 ? 65 : second)));
            _world.Conclude(second + 0.5);
        }

        Assert.Null(_world.Only(IncidentKind.TwoMasters).End);
        _world.Conclude(65 + 16);
        IncidentFacts facts = _world.Only(IncidentKind.TwoMasters);
        Assert.Equal((World.At(36), World.At(65), IncidentSeverity.Critical), (facts.Start, facts.End, facts.Severity));
        Assert.Equal(["node-a"], facts.Nodes);
        Assert.StartsWith("node-a was Master and heard 10.51.0.77 as Master for 29 s, which did not hear it; 10.51.0.77 sends no records", facts.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_from_such_a_Master_shows_when_it_heals_and_a_hand_over_does_not()
    {
        Start();
        Contradict(4.9);                                         // node-a became Master at 4
        _world.Conclude(30);
        Assert.Empty(_world.Incidents);
        Contradict(60);
        _world.Conclude(61);
        _world.Conclude(80);
        IncidentFacts facts = _world.Only(IncidentKind.TwoMasters);
        Assert.Equal((World.At(60), World.At(60)), (facts.Start, facts.End));
        Assert.Contains("the network between them was cut until then", facts.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void An_overlap_that_the_clocks_may_explain_is_none()
    {
        _world.Clock("node-b", offset: 0, bound: 3);
        Start();
        _world.Master("node-b", 33.6, TransitionReason.MasterDownTimerExpired, lastHeard: 30, World.SourceA);
        _world.Stop("node-a", 37.5);
        _world.Conclude(40);
        Assert.DoesNotContain(_world.Incidents, incident => incident.Kind == IncidentKind.TwoMasters);
        Assert.Contains(_world.Incidents, incident => incident.Kind == IncidentKind.FailOver);
    }

    [Fact]
    public void Moments_are_told_on_the_control_plane_s_clock()
    {
        _world.Clock("node-b", offset: 5, bound: 0.01);
        Start();
        _world.Master("node-b", 38.6, TransitionReason.MasterDownTimerExpired, lastHeard: 35, World.SourceA);
        _world.Conclude(40);
        IncidentFacts facts = _world.Only(IncidentKind.FailOver);
        Assert.Equal((World.At(30), World.At(33.6)), (facts.Start, facts.End));
    }

    [Fact]
    public void Nobody_takes_over_is_no_Master_until_somebody_does()
    {
        StartAndStopWithoutHeir();
        _world.Conclude(33);
        Assert.DoesNotContain(_world.Incidents, incident => incident.Kind == IncidentKind.NoMaster);
        _world.Conclude(36);
        IncidentFacts open = _world.Only(IncidentKind.NoMaster);
        Assert.Equal((World.At(30), null, IncidentSeverity.Critical), (open.Start, open.End, open.Severity));
        Assert.Equal("nobody was Master: node-a was stopped; node-b is in FAULT (InterfaceDown)", open.Cause);
        Assert.Null(_world.Only(IncidentKind.Fault).End);

        _world.Backup("node-b", 50, TransitionReason.FaultCleared);
        _world.Master("node-b", 53.6, TransitionReason.MasterDownTimerExpired);
        _world.Conclude(54);
        IncidentFacts closed = _world.Only(IncidentKind.NoMaster);
        Assert.Equal((World.At(53.6), TimeSpan.FromSeconds(23.6)), (closed.End, closed.Outage));
        Assert.NotNull(_world.Only(IncidentKind.Fault).End);
    }

    [Fact]
    public void All_stopped_in_good_order_is_no_incident()
    {
        Start();
        _world.Stop("node-b", 29);
        _world.Stop("node-a", 30);
        _world.Conclude(100);
        Assert.Empty(_world.Incidents);
    }

    [Fact]
    public void A_silent_Master_that_nobody_replaces_is_no_Master()
    {
        Start();
        _world.Fault("node-b", 25);
        _world.Conclude(26);
        _world.Silent("node-a", 30);
        _world.Conclude(46);
        Assert.Equal("nobody was Master: node-a was Master and is silent; node-b is in FAULT (InterfaceDown)", _world.Only(IncidentKind.NoMaster).Cause);
        Assert.Equal(World.At(30), _world.Only(IncidentKind.NodeSilent).Start);
        _world.Heard("node-a");
        _world.Conclude(50);
        Assert.Equal(World.At(50), _world.Only(IncidentKind.NodeSilent).End);
    }

    [Fact]
    public void Five_changes_of_Master_in_ten_minutes_are_flapping()
    {
        Start();
        for (int turn = 0; turn < 3; turn++)
        {
            double at = 30 + (turn * 20);
            _world.Backup("node-a", at, TransitionReason.FaultDetected);
            _world.Master("node-b", at + 0.5, TransitionReason.MasterResigned, lastHeard: at, World.SourceA);
            _world.Master("node-a", at + 10, TransitionReason.PreemptedLowerPriority, lastHeard: at + 9, World.SourceB);
            _world.Backup("node-b", at + 10, TransitionReason.HigherPriorityAdvertisement, World.SourceA);
        }

        _world.Conclude(90);
        Assert.Null(_world.Only(IncidentKind.Flapping).End);
        _world.Conclude(800);
        Assert.Equal(World.At(80), _world.Only(IncidentKind.Flapping).End);
    }

    [Fact]
    public void Peers_with_other_settings_are_a_mismatch_until_they_agree()
    {
        _world.Boot("node-b", 10, World.Config(100, interval: 2));
        _world.Conclude(11);
        Assert.Equal(
            "the settings do not fit together: advertisement interval 1 s on node-a, 2 s on node-b", _world.Only(IncidentKind.ConfigurationMismatch).Cause);
        _world.Boot("node-b", 20);
        _world.Conclude(21);
        Assert.NotNull(_world.Only(IncidentKind.ConfigurationMismatch).End);
    }

    [Fact]
    public void Another_router_with_our_VRID_is_a_collision()
    {
        Start();
        _world.Say("node-a", 30, new AdvertisementsRejected(
            "node-a", "VI_1", RouterAddress.Parse("10.51.0.77"), "AuthenticationFailed", "the password differs from ours", 10));
        _world.Conclude(31);
        Assert.Equal(
            "10.51.0.77 sends VRRP with VRID 51 for another virtual router: the password differs from ours", _world.Only(IncidentKind.VridCollision).Cause);
        _world.Conclude(95);
        Assert.NotNull(_world.Only(IncidentKind.VridCollision).End);
    }

    [Fact]
    public void A_failed_hook_is_one_incident_until_it_succeeds()
    {
        HookFinished Run(int code) => new("node-a", "notify_master VI_1", 1, code, null, null, TimeSpan.FromSeconds(1), "mysql: refused\n");
        _world.Say("node-a", 10, Run(0));
        _world.Say("node-a", 20, Run(1));
        _world.Say("node-a", 30, Run(2));
        _world.Conclude(31);
        Assert.Equal("notify_master VI_1 on node-a ended with 1: mysql: refused", _world.Only(IncidentKind.HookFailed).Cause);
        _world.Say("node-a", 40, Run(0));
        _world.Conclude(41);
        Assert.NotNull(_world.Only(IncidentKind.HookFailed).End);
    }

    [Fact]
    public void A_lost_quorum_is_an_incident_until_it_is_gained()
    {
        _world.Say("node-a", 10, new QuorumLost("node-a", "[192.0.2.1]:tcp:80", 1, 2, 0, null));
        _world.Conclude(11);
        Assert.Equal(IncidentSeverity.Critical, _world.Only(IncidentKind.QuorumLost).Severity);
        _world.Say("node-a", 20, new QuorumGained("node-a", "[192.0.2.1]:tcp:80", 2, 2, 0));
        _world.Conclude(21);
        Assert.NotNull(_world.Only(IncidentKind.QuorumLost).End);
    }

    [Fact]
    public void An_outage_in_which_daemons_stop_and_start_is_one_incident()
    {
        StartAndStopWithoutHeir();
        _world.Conclude(40);
        _world.Stop("node-b", 50);
        _world.Conclude(51);
        Assert.Equal(World.At(51), _world.Only(IncidentKind.NoMaster).End);

        _world.Boot("node-b", 60);
        IncidentChanged again = Assert.IsType<IncidentChanged>(Assert.Single(_world.Conclude(61)));
        Assert.Equal((World.At(30), null), (again.Facts.Start, again.Facts.End));

        _world.Master("node-b", 64, TransitionReason.MasterDownTimerExpired);
        _world.Conclude(65);
        Assert.Equal((World.At(64), TimeSpan.FromSeconds(34)), (_world.Only(IncidentKind.NoMaster).End, _world.Only(IncidentKind.NoMaster).Outage));
    }

    [Fact]
    public void A_daemon_that_dies_again_and_again_in_an_outage_neither_ends_nor_begins_it()
    {
        StartAndStopWithoutHeir();
        _world.Conclude(40);
        Assert.Null(_world.Only(IncidentKind.NoMaster).End);
        for (int second = 41; second < 60; second++)
        {
            _world.Start("node-b", second);
            _world.Conclude(second + 0.1);
            Assert.Null(_world.Only(IncidentKind.NoMaster).End);
            _world.Configure("node-b", second + 0.2);
            _world.Conclude(second + 0.3);
            Assert.Null(_world.Only(IncidentKind.NoMaster).End);
        }
    }

    private void Contradict(double second, (int Count, TimeSpan From, TimeSpan To)? again = null) => _world.Say(
        "node-a", second, new LowerPriorityMasterHeard("node-a", "VI_1", RouterAddress.Parse("10.51.0.77"), 100, 150, again?.Count, again?.From, again?.To));

    /// <summary>The Master stops at second 30, and the other node is in FAULT.</summary>
    private void StartAndStopWithoutHeir()
    {
        Start();
        _world.Fault("node-b", 25);
        _world.Stop("node-a", 30);
    }

    private void Start()
    {
        _world.Master("node-a", 4, TransitionReason.MasterDownTimerExpired);
        _world.Digest("node-a", 24, World.SourceA);
        _world.Digest("node-b", 24, World.SourceA);
    }
}
