using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.FailOver;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Hooks;

/// <summary>The same story is told to keepalived's notify scripts and to ours, with the same arguments, in the same order.</summary>
public sealed class NotifyScripts
{
    private static readonly string[] Keywords = ["notify_master", "notify_backup", "notify_fault", "notify_stop", "notify"];

    [LabFact("keepalived")]
    public async Task The_scripts_of_an_instance_get_what_keepalived_gives_them()
    {
        Dictionary<string, string[]> theirs = await TellAsync(DaemonKind.Keepalived);
        Dictionary<string, string[]> ours = await TellAsync(DaemonKind.Ours);
        Assert.Equal(["BACKUP|two words|", "BACKUP|two words|"], theirs["notify_backup"]);
        foreach (string keyword in Keywords)
        {
            Assert.Equal(theirs[keyword], ours[keyword]);
        }
    }

    [LabFact("keepalived")]
    public async Task The_scripts_of_a_sync_group_get_what_keepalived_gives_them()
    {
        Dictionary<string, string[]> theirs = await TellGroupAsync(DaemonKind.Keepalived);
        Dictionary<string, string[]> ours = await TellGroupAsync(DaemonKind.Ours);
        foreach (string keyword in Keywords)
        {
            Assert.Equal(theirs[keyword], ours[keyword]);
        }
    }

    /// <summary>Start, Master, a pulled cable, its return, Master again, stop.</summary>
    private static async Task<Dictionary<string, string[]>> TellAsync(DaemonKind kind)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        a.Start(kind, Globals + (VrrpText.Version3 with { More = Lines(a) }).For(a, 101));
        await UntilToldAsync(lab, a, ["BACKUP", "MASTER"]);
        await a.LinkDownAsync();
        await UntilToldAsync(lab, a, ["BACKUP", "MASTER", "FAULT"]);
        await a.LinkUpAsync();
        await UntilToldAsync(lab, a, ["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER"]);
        await a.StopGracefullyAsync();
        await UntilToldAsync(lab, a, ["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER", "STOP"]);
        if (kind == DaemonKind.Ours)
        {
            await ShowThatEachRunIsOnRecordAsync(lab, a);
        }

        return Told(a);
    }

    /// <summary>Start and end of every script, its exit code, and the transition that it follows from.</summary>
    private static async Task ShowThatEachRunIsOnRecordAsync(NetnsLab lab, LabNode node)
    {
        List<JournalRow> rows = node.Journal.Rows();
        HookFinished[] finished = [.. rows.Select(row => row.Event).OfType<HookFinished>()];
        await lab.ThatAsync("twelve runs ended well", finished.Length == 12 && finished.All(run => run is { ExitCode: 0, Error: null }));
        JournalRow[] started = [.. rows.Where(row => row.Event is HookStarted)];
        IEnumerable<long> runs = started.Select(row => ((HookStarted)row.Event).Run).Order();
        await lab.ThatAsync("each was started once", runs.SequenceEqual(finished.Select(run => run.Run).Order()));
        await lab.ThatAsync(
            "each names its transition",
            started.All(row => rows.Single(other => other.Sequence == row.Record.Cause).Event is ITransitionEvent));
    }

    private static async Task<Dictionary<string, string[]>> TellGroupAsync(DaemonKind kind)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(secondNetwork: true);
        LabNode a = lab.A;
        a.Start(kind, Globals + SyncGroups.Configuration(a, 101, Lines(a, withStop: false)));
        await UntilToldAsync(lab, a, ["BACKUP", "MASTER"]);
        await a.LinkDownAsync("eth1");
        await UntilToldAsync(lab, a, ["BACKUP", "MASTER", "FAULT"]);
        await a.LinkUpAsync("eth1");
        await UntilToldAsync(lab, a, ["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER"]);
        await a.StopGracefullyAsync();
        await UntilToldAsync(lab, a, ["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER", "STOP"]);
        return Told(a);
    }

    private const string Globals = "global_defs {\n    script_user root\n}\n";

    /// <summary>A script that appends its arguments, each ended by '|', to a file named by the first.</summary>
    private static string Lines(LabNode node, bool withStop = true)
    {
        string script = Path.Combine(node.Folder, "tell.sh");
        File.WriteAllText(script, "#!/bin/sh\nfile=$1\nshift\nprintf '%s|' \"$@\" | sed 's/$/\\n/' >> \"$file\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string Line(string keyword, string state) => $"    {keyword} \"{script} {FileOf(node, keyword)} {state} 'two words'\"\n";
        return Line("notify_master", "MASTER") + Line("notify_backup", "BACKUP") + Line("notify_fault", "FAULT")
            + (withStop ? Line("notify_stop", "STOP") : "") + $"    notify \"{script} {FileOf(node, "notify")} any\"\n";
    }

    private static async Task UntilToldAsync(NetnsLab lab, LabNode node, string[] states) => await lab.UntilAsync(
        $"notify was told {string.Join(", ", states)}; it was told {string.Join(' ', Told(node)["notify"])}",
        () => Told(node) is var told && told["notify"].Select(line => line.Split('|')[^3]).SequenceEqual(states)
            && told.Where(pair => pair.Key != "notify").Sum(pair => pair.Value.Length) == states.Count(state => HasSpecific(node, state)));

    private static bool HasSpecific(LabNode node, string state) =>
        state != "STOP" || File.ReadAllText(node.ConfigurationFile).Contains("notify_stop", StringComparison.Ordinal);

    private static Dictionary<string, string[]> Told(LabNode node) => Keywords.ToDictionary(
        keyword => keyword, keyword => File.Exists(FileOf(node, keyword)) ? File.ReadAllLines(FileOf(node, keyword)) : []);

    private static string FileOf(LabNode node, string keyword) => Path.Combine(node.Folder, keyword + ".told");
}
