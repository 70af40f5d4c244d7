using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Replay;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Tests;

namespace Keepalived.Es.ControlPlane.Tests.Replay;

/// <summary>Recorded incidents through the machines again, and under another configuration.</summary>
public sealed class IncidentReplayTests
{
    [Fact]
    public void Ten_thousand_simulated_fail_overs_replay_as_they_were()
    {
        Parallel.For(0, 10_000, seed =>
        {
            ReplayedIncident replay = IncidentReplay.Run(SimulatedIncident.Of(seed, (SimulatedIncident.Trouble)(seed % 4)));
            Assert.True(replay.Same, $"seed {seed}: {replay.Steps.FirstOrDefault(step => step.Difference is not null)}");
            Assert.True(replay.Decisions >= 4, $"seed {seed}: {replay.Decisions} decisions");
        });
    }

    [Fact]
    public void A_decision_that_was_recorded_otherwise_is_found()
    {
        IncidentBundle bundle = SimulatedIncident.Of(1, SimulatedIncident.Trouble.Kill);
        IncidentBundle forged = bundle with { Events = [.. bundle.Events.Select(Forged)] };
        ReplayedIncident replay = IncidentReplay.Run(forged);
        Assert.False(replay.Same);
        Assert.Contains(replay.Steps, step => step.Difference == "the record has no such transition");
        Assert.Contains(replay.Steps, step => step.Difference == "recorded is BACKUP -> MASTER: the Master resigned (priority 0)");
    }

    [Theory]
    [InlineData(SimulatedIncident.Trouble.Kill)]
    [InlineData(SimulatedIncident.Trouble.Stop)]
    [InlineData(SimulatedIncident.Trouble.LinkDown)]
    [InlineData(SimulatedIncident.Trouble.Partition)]
    internal void An_unchanged_configuration_gives_the_recorded_outcome(SimulatedIncident.Trouble trouble)
    {
        for (int seed = 0; seed < 250; seed++)
        {
            WhatIfReport report = Run(SimulatedIncident.Of(seed, trouble), WhatIfChanges.None);
            Assert.True(report.Faithful, $"seed {seed}: recorded {Text(report.Recorded)}; simulated {Text(report.Unchanged)}");
            Assert.True((report.Recorded.WithoutMaster - report.Unchanged.WithoutMaster).Duration() < WhatIf.Tolerance, $"seed {seed}");
            Assert.True((report.Recorded.WithSeveral - report.Unchanged.WithSeveral).Duration() < WhatIf.Tolerance, $"seed {seed}");
        }
    }

    /// <summary>Not everything is on record: a Backup in quiet times says nothing of what it heard just in time, and packets here take up to 20 ms, in the simulation none.</summary>
    [Fact]
    public void An_unchanged_configuration_gives_the_recorded_outcome_also_when_machines_stood_still()
    {
        const int Incidents = 2_000;
        List<string> others = [];
        for (int seed = 0; seed < Incidents; seed++)
        {
            WhatIfReport report = Run(SimulatedIncident.Unsteady(seed), WhatIfChanges.None);
            if (!report.Faithful)
            {
                others.Add($"seed {seed}: recorded {Text(report.Recorded)}; simulated {Text(report.Unchanged)}");
            }
        }

        Assert.True(others.Count <= Incidents / 200, $"{others.Count} of {Incidents}:\n{string.Join('\n', others)}");
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    public void A_Backup_that_stood_still_takes_over_late_though_the_simulation_has_its_timer_due_a_little_earlier(double interval)
    {
        TimeSpan drift = TimeSpan.FromMilliseconds(4);
        TimeSpan still = TimeSpan.FromMilliseconds(300);
        IncidentBundle bundle = SimulatedIncident.Of(0, SimulatedIncident.Trouble.Kill, interval);
        RecordedEvent takeover = bundle.Events.Single(e => e.Event is InstanceBecameMaster { Node: "node-b" });
        var master = (InstanceBecameMaster)takeover.Event!;
        RecordedEvent[] late =
        [
            Later(takeover, still, master with { At = master.At + still }),
            Later(takeover, still, new TimerLate("node-b", SimulatedIncident.Instance, master.At + drift, still - drift)),
        ];
        WhatIfReport report = Run(bundle with { Events = [.. bundle.Events.Where(e => e != takeover).Concat(late).OrderBy(e => e.Time)] }, WhatIfChanges.None);
        Assert.True(report.Faithful, $"recorded {Text(report.Recorded)}; simulated {Text(report.Unchanged)}");
    }

    /// <summary>Node b's timer is due a quarter of a second before a's, and both fire when the machine goes on; a is too little late for a report.</summary>
    [Theory]
    [InlineData(1.9980, 1.99885, 2.01)]                          // b goes on first: both are Master for a moment
    [InlineData(1.9863, 1.98110, 2.02)]                          // a does, but stands still again before it has sent
    public void Two_Backups_that_stood_still_take_over_and_let_go_in_the_recorded_order(double takesOverB, double takesOverA, double heardByB)
    {
        (NodeScript a, NodeScript b) = (new("node-a"), new("node-b"));
        double dueOfB = Starts(b, 1, "10.51.0.2", 100);
        double dueOfA = Starts(a, 1.26, "10.51.0.1", 101);
        Assert.InRange(takesOverA - dueOfA, 0, 0.02);
        b.Add(takesOverB, new TimerLate("node-b", SimulatedIncident.Instance, NodeScript.Mono(dueOfB), TimeSpan.FromSeconds(takesOverB - dueOfB)));
        TakesOver(b, takesOverB, dueOfB, 100);
        TakesOver(a, takesOverA, dueOfA, 101);
        b.Add(heardByB, new InstanceBecameBackup(
            "node-b", SimulatedIncident.Instance, 51, VrrpPhase.Master, TransitionReason.HigherPriorityAdvertisement, 100, NodeScript.Mono(heardByB),
            RouterAddress.Parse("10.51.0.1"), 101));
        IncidentBundle simulated = SimulatedIncident.Of(0, SimulatedIncident.Trouble.Kill);
        DateTimeOffset to = NodeScript.Origin + TimeSpan.FromMinutes(1);
        WhatIfReport report = Run(
            simulated with
            {
                From = NodeScript.Origin,
                To = to,
                Events = [.. a.Recorded(1).Concat(b.Recorded(100)).OrderBy(e => e.Time)],
                Contacts = [.. simulated.Contacts.Select(contact => contact with { From = NodeScript.Origin, To = to })],
            },
            WhatIfChanges.None);
        Assert.True(report.Faithful, $"recorded {Text(report.Recorded)}; simulated {Text(report.Unchanged)}");
    }

    [Fact]
    public void A_shorter_interval_would_have_shortened_the_outage()
    {
        IncidentBundle bundle = SimulatedIncident.Of(0, SimulatedIncident.Trouble.Kill);
        WhatIfReport report = Run(bundle, With("VI_1.advert_int=0.01"));
        Assert.InRange(report.Changed.WithoutMaster, TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(45));
        Assert.True(report.Changed.WithoutMaster < report.Recorded.WithoutMaster);
        Assert.Contains(report.Assumed, line => line.Contains("node-a died", StringComparison.Ordinal));
    }

    [Fact]
    public void A_higher_priority_of_the_other_node_would_have_kept_the_address_there()
    {
        WhatIfReport report = Run(SimulatedIncident.Of(0, SimulatedIncident.Trouble.Kill), With("node-b:VI_1.priority=200"));
        Assert.Equal(["node-b"], report.Changed.Stretches[^1].Masters);
        Assert.Equal(TimeSpan.Zero, report.Changed.WithoutMaster);
    }

    [Fact]
    public void A_bundle_on_another_machine_replays_the_same()
    {
        IncidentBundle bundle = SimulatedIncident.Of(3, SimulatedIncident.Trouble.Partition);
        IncidentBundle read = JsonSerializer.Deserialize<IncidentBundle>(JsonSerializer.Serialize(bundle, ApiJson.Options), ApiJson.Options)!;
        Assert.Equal(JsonSerializer.Serialize(IncidentReplay.Run(bundle)), JsonSerializer.Serialize(IncidentReplay.Run(read)));
        Assert.True(IncidentReplay.Run(read).Decisions > 0);
    }

    [Theory]
    [InlineData("VI_1.advert_int", "advert_int '': allowed are 0.01 to 255 s")]
    [InlineData("VI_1.advert_int=0.001", "advert_int '0.001': allowed are 0.01 to 255 s")]
    [InlineData("advert_int=1", "'advert_int=1': [NODE:]INSTANCE.KEYWORD=VALUE is expected, such as VI_1.advert_int=0.1")]
    [InlineData("VI_1.colour=red", "'colour' cannot be tried; advert_int, priority, ")]
    [InlineData("VI_1.priority=300", "priority '300': allowed are 1 to 255")]
    public void A_change_that_makes_no_sense_is_told_why(string text, string error) =>
        Assert.StartsWith(error, Assert.Throws<FormatException>(() => SettingChange.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_change_that_concerns_nobody_is_told_so() => Assert.Equal(
        "'VI_9.priority=10' concerns nobody: there are node-a:VI_1, node-b:VI_1",
        Assert.Throws<FormatException>(() => Run(SimulatedIncident.Of(0, SimulatedIncident.Trouble.Kill), With("VI_9.priority=10"))).Message);

    [Fact]
    public void A_sweep_tells_the_outage_for_each_value()
    {
        Sweep sweep = Sweep.Run(
            SweepRange.Parse("advert_int=0.1..1"), [.. Enumerable.Range(0, 20).Select(seed => SimulatedIncident.Of(seed, SimulatedIncident.Trouble.Kill, 1))]);
        Assert.Equal((20, "0.1", "1"), (sweep.Incidents, sweep.Points[0].Value, sweep.Points[^1].Value));
        Assert.InRange(sweep.Points[0].MeanOutage, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.4));
        Assert.InRange(sweep.Points[^1].MeanOutage, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        Assert.StartsWith("<svg", SweepPicture.Draw(sweep), StringComparison.Ordinal);
    }

    /// <returns>When its Master-down timer is due.</returns>
    private static double Starts(NodeScript node, double second, string source, byte priority)
    {
        VrrpConfig config = SimulatedIncident.Config(priority, TimeSpan.FromSeconds(0.2));
        node.Add(second, new NodeStarted(node.Node, "site-1", "1.0", "kernel", 1, new string('0', 64)));
        node.Add(second, new InstanceConfigured(node.Node, config.Instance, "eth0", RouterAddress.Parse(source), ["192.0.2.100/24"], [], config));
        node.Add(second, new InstanceBecameBackup(
            node.Node, config.Instance, config.Vrid, VrrpPhase.Initialize, TransitionReason.Started, priority, NodeScript.Mono(second), default, 0));
        return second + VrrpTimers.MasterDownInterval(config, priority, config.AdverInterval).TotalSeconds;
    }

    private static void TakesOver(NodeScript node, double second, double due, byte priority) => node.Add(second, new InstanceBecameMaster(
        node.Node, SimulatedIncident.Instance, 51, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, priority, NodeScript.Mono(second), default, 0, null,
        NodeScript.Mono(due)));

    private static WhatIfReport Run(IncidentBundle bundle, WhatIfChanges changes) =>
        WhatIf.Run(bundle.Incident.Id, RecordedWorld.Of(bundle)!, changes, RecordedHooks.Of(bundle));

    private static WhatIfChanges With(params string[] settings) => WhatIfChanges.None with { Settings = [.. settings.Select(SettingChange.Parse)] };

    private static RecordedEvent Forged(RecordedEvent e) => e.Event is InstanceBecameMaster { Node: "node-b" } master
        ? new RecordedEvent(
            e.Position, e.Tenant, e.Stream, e.Version, e.Id, e.Type, EventCatalog.Serialize(master with { Reason = TransitionReason.MasterResigned }), e.Time,
            e.CorrelationId, e.CausationId, e.Origin)
        : e;

    private static RecordedEvent Later(RecordedEvent e, TimeSpan by, INodeEvent fact) => new(
        e.Position, e.Tenant, e.Stream, e.Version, Guid.NewGuid(), EventCatalog.AliasOf(fact), EventCatalog.Serialize(fact), e.Time + by, null, null,
        e.Origin! with { Mono = e.Origin.Mono + by });

    private static string Text(Outcome outcome) => string.Join(", ", outcome.Transitions.Select(t => $"{t.At} {t.Node} {t.To}"));
}
