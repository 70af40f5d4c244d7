using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Tracking;

/// <summary>A tracked script moves the address as it does with keepalived: the same states, in the same order, at the same priorities.</summary>
public sealed class TrackScripts
{
    [LabTheory("keepalived")]
    [InlineData("", "BACKUP 101|MASTER 101|FAULT 101|BACKUP 101|MASTER 101|STOP 101")]
    [InlineData("init_fail", "BACKUP 101|MASTER 101|FAULT 101|BACKUP 101|MASTER 101|STOP 101")]
    [InlineData("weight 20", "BACKUP 101|MASTER 121|STOP 101")]
    public async Task A_check_that_fails_and_recovers_tells_the_same_story(string option, string story)
    {
        string theirs = await TellAsync(DaemonKind.Keepalived, option);
        string ours = await TellAsync(DaemonKind.Ours, option);
        Assert.Equal(theirs, ours);
        Assert.Equal(story, ours);
    }

    [LabTheory("keepalived")]
    [InlineData("")]
    [InlineData("init_fail")]
    public async Task A_check_that_fails_from_the_start_is_a_fault_at_once(string option)
    {
        foreach (DaemonKind kind in (DaemonKind[])[DaemonKind.Keepalived, DaemonKind.Ours])
        {
            await using NetnsLab lab = await NetnsLab.StartAsync();
            LabNode a = lab.A;
            string told = Tell(a);
            a.Start(kind, Script(a, option) + (VrrpText.Version3 with { More = Track + $"    notify {told}.sh\n" }).For(a, 101));
            await lab.UntilAsync("it is told of FAULT, and of nothing before", () => File.Exists(told) && File.ReadAllText(told) == "FAULT 101\n");
        }
    }

    [LabTheory("keepalived")]
    [InlineData(DaemonKind.Ours, DaemonKind.Keepalived)]
    [InlineData(DaemonKind.Keepalived, DaemonKind.Ours)]
    public async Task A_weight_hands_the_address_over_and_takes_it_back(DaemonKind kindA, DaemonKind kindB)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        File.WriteAllText(Flag(a), "");
        a.Start(kindA, Script(a, "weight -20") + (VrrpText.Version3 with { More = Track }).For(a, 110));
        b.Start(kindB, VrrpText.Version3.For(b, 100));
        await lab.UntilHeldAloneByAsync(a);
        File.Delete(Flag(a));
        await lab.UntilHeldAloneByAsync(b);
        File.WriteAllText(Flag(a), "");
        await lab.UntilHeldAloneByAsync(a);
        if (kindA == DaemonKind.Ours)
        {
            PriorityChanged[] changes = [.. a.Journal.Events<PriorityChanged>()];
            Assert.Equal([(110, 90), (90, 110)], changes.Select(change => ((int)change.From, (int)change.To)));
            Assert.Equal(-20, changes[0].Contributions["check"]);
        }
    }

    [LabTheory]
    [InlineData("/bin/false", TrackResultKind.Failed)]
    [InlineData("/bin/sh -c 'kill -9 $$'", TrackResultKind.Signalled)]
    [InlineData("/bin/sleep 60", TrackResultKind.TimedOut)]
    [InlineData("</no/such/file", TrackResultKind.Failed)]
    public async Task Each_kind_of_failure_is_on_record_as_what_it_was_and_is_the_cause_of_the_fault(string command, TrackResultKind kind)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        a.StartOurs($"global_defs {{\n    script_user root\n}}\nvrrp_script check {{\n    script \"{command}\"\n    interval 1\n}}\n" + (VrrpText.Version3 with { More = Track }).For(a, 101));
        await lab.UntilAsync("the instance is in FAULT", () => a.Journal.Events<InstanceEnteredFault>().Count == 1);
        List<JournalRow> rows = a.Journal.Rows();
        JournalRow changed = rows.Single(row => row.Event is TrackScriptChanged);
        JournalRow fault = rows.Single(row => row.Event is InstanceEnteredFault);
        Assert.Equal((TrackStatus.Unknown, TrackStatus.Down, kind), ((TrackScriptChanged)changed.Event) is var e ? (e.From, e.To, e.Result) : default);
        Assert.Equal(changed.Sequence, fault.Record.Cause);
        Assert.Empty(a.Journal.Events<InstanceBecameBackup>());
        Assert.Equal(0, await a.StopGracefullyAsync());
    }

    [LabFact]
    public async Task A_run_that_overstays_its_interval_is_never_doubled()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string script = Path.Combine(a.Folder, "slow.sh");
        string runs = Path.Combine(a.Folder, "runs");
        File.WriteAllText(script, $"#!/bin/sh\necho begin >> {runs}\nsleep 1.5\necho end >> {runs}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        a.StartOurs($"global_defs {{\n    script_user root\n}}\nvrrp_script check {{\n    script {script}\n    interval 1\n    timeout 10\n}}\n" + (VrrpText.Version3 with { More = Track }).For(a, 101));
        await lab.UntilAsync("three runs have ended", () => File.Exists(runs) && File.ReadAllLines(runs).Count(line => line == "end") >= 3);
        string[] lines = File.ReadAllLines(runs);
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => i % 2 == 0 ? "begin" : "end"), lines);
        Assert.NotEmpty(a.Journal.Events<TrackRunSkipped>());
        await lab.UntilHeldAloneByAsync(a);
    }

    /// <summary>A notify script that appends state and priority to a file.</summary>
    /// <returns>The file; the script is called after it.</returns>
    private static string Tell(LabNode node)
    {
        string told = Path.Combine(node.Folder, "told");
        File.WriteAllText(told + ".sh", $"#!/bin/sh\necho \"$3 $4\" >> {told}\n");
        File.SetUnixFileMode(told + ".sh", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return told;
    }

    private const string Track = "track_script {\n        check\n    }\n";

    private static string Flag(LabNode node) => Path.Combine(node.Folder, "alive");

    private static string Script(LabNode node, string option) =>
        $"global_defs {{\n    script_user root\n}}\nvrrp_script check {{\n    script \"/usr/bin/test -e {Flag(node)}\"\n    interval 1\n    fall 2\n    rise 2\n    {option}\n}}\n";

    /// <summary>Start with a check that succeeds (with init_fail: that has to show it), its failure, its recovery, stop.</summary>
    private static async Task<string> TellAsync(DaemonKind kind, string option)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string told = Tell(a);
        File.WriteAllText(Flag(a), "");
        a.Start(kind, Script(a, option) + (VrrpText.Version3 with { More = Track + $"    notify {told}.sh\n    notify_stop /bin/true\n" }).For(a, 101));
        string[] Lines() => File.Exists(told) ? File.ReadAllLines(told) : [];
        int Masters() => Lines().Count(line => line.StartsWith("MASTER", StringComparison.Ordinal));
        await lab.UntilAsync("it is told of MASTER", () => Masters() == 1);
        bool faults = !option.StartsWith("weight", StringComparison.Ordinal);
        if (faults)
        {
            File.Delete(Flag(a));
            await lab.UntilAsync("it is told of FAULT", () => Lines()[^1].StartsWith("FAULT", StringComparison.Ordinal));
            File.WriteAllText(Flag(a), "");
            await lab.UntilAsync("it is told of MASTER again", () => Masters() == 2);
        }
        else
        {
            File.Delete(Flag(a));
            await lab.UntilAsync("the priority has fallen back", () => a.Says("from 121 to 101"));
        }

        await a.StopGracefullyAsync();
        await lab.UntilAsync("it is told of STOP", () => Lines()[^1].StartsWith("STOP", StringComparison.Ordinal));
        return string.Join('|', Lines());
    }
}
