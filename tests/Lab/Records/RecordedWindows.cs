using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Records;

/// <summary>What a node writes down during real fail-overs is enough to run them again, and nothing of it can be changed unseen.</summary>
public sealed class RecordedWindows
{
    public static TheoryData<DaemonKind, int> Peers => new()
    {
        { DaemonKind.Keepalived, 2 }, { DaemonKind.Keepalived, 3 }, { DaemonKind.Ours, 3 },
    };

    [LabTheory("keepalived"), MemberData(nameof(Peers))]
    public async Task Running_the_recorded_inputs_again_gives_the_recorded_states(DaemonKind peer, int version)
    {
        VrrpText form = version == 2 ? VrrpText.Version2 : VrrpText.Version3;
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        b.StartOurs(form.For(b, 100));
        a.Start(peer, form.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        await a.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(b);
        a.Start(peer, form.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        await a.StopGracefullyAsync();
        await lab.UntilHeldAloneByAsync(b);
        await b.LinkDownAsync();
        await lab.UntilAsync("b is in FAULT", () => b.Journal.Events<InstanceEnteredFault>().Count == 1);
        await b.LinkUpAsync();
        await lab.UntilHeldAloneByAsync(b);
        await b.StopGracefullyAsync();

        List<JournalRow> rows = b.Journal.Rows();
        int transitions = rows.Count(row => row.Event is ITransitionEvent);
        await lab.ThatAsync($"all transitions are recorded, seen {transitions}", transitions >= 8);
        await lab.ThatAsync("each with its window", rows.Count(row => row.Event is InputsRecorded) == transitions);
    }

    /// <summary>Longer than its Master-down interval, and the advertisements that waited are read before the timer is looked at: nothing else tells of it.</summary>
    [LabFact]
    public async Task A_Backup_that_stood_still_says_so_though_it_did_not_take_over()
    {
        const int Advertisements = 8;
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        b.StartOurs(VrrpText.Version3.For(b, 100));
        await lab.UntilAsync("b is Backup", () => b.Journal.Events<InstanceBecameBackup>().Count == 1);
        b.Daemon.Signal(Signals.Stop);
        WireCapture wire = await WireCapture.StartAsync(lab, a, "ip proto 112");
        await lab.UntilAsync("a sent for longer than b would wait", () => wire.Frames().Count >= Advertisements);
        b.Daemon.Signal(Signals.Continue);
        await lab.UntilAsync("b tells how late it was", () => b.Journal.Events<TimerLate>().Exists(late => late.Lateness > VrrpText.Version3.AdvertInterval));
        await lab.ThatAsync("b was Backup all the time", b.Journal.Events<ITransitionEvent>().Count == 1);
    }

    /// <summary>The journal is written beside the loop, so a killed daemon may lack its very last records; what it has is whole.</summary>
    [LabFact]
    public async Task A_journal_survives_kill_after_kill()
    {
        const int Kills = 4;
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        for (int kill = 1; kill <= Kills; kill++)
        {
            a.StartOurs(VrrpText.Version3.For(a, 101));
            int expected = kill;
            await lab.UntilAsync($"start {kill} is Master on record", () => a.Journal.Events<InstanceBecameMaster>().Count == expected);
            await a.PowerOffAsync();
        }

        List<JournalRow> rows = a.Journal.Rows();
        await lab.ThatAsync("each start has an id of its own", rows.Select(row => row.Boot).Distinct().Count() == Kills);
        await lab.ThatAsync("no start says that it ended in good order", !rows.Any(row => row.Event is NodeStopped));
    }
}
