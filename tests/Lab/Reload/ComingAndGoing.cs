using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Reload;

/// <summary>Instances, addresses, groups and scripts that a reload brings, takes or moves; where keepalived does the same, the readers of its FIFO hear the same.</summary>
public sealed class ComingAndGoing
{
    [LabFact("keepalived")]
    public async Task A_reader_of_the_FIFO_hears_of_a_reload_what_it_hears_from_keepalived()
    {
        string[] theirs = await TellAsync(DaemonKind.Keepalived);
        string[] ours = await TellAsync(DaemonKind.Ours);
        Assert.Equal(theirs, ours);
        Assert.Equal(["INSTANCE \"C\" FAULT 100", "INSTANCE \"D\" DELETED 100", "INSTANCE \"N\" BACKUP 100", "INSTANCE \"N\" MASTER 100"], ours);
    }

    [LabFact("tcpdump")]
    public async Task A_removed_master_resigns_and_a_new_instance_starts()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string gone = Path.Combine(a.Folder, "gone");
        a.StartOurs(Globals("") + One("A", 51) + One("D", 54, $"notify_deleted \"/bin/touch {gone}\""));
        await lab.UntilAsync("both are Master", () => a.Journal.Events<InstanceBecameMaster>().Count == 2);
        WireCapture wire = await WireCapture.StartAsync(lab, a, "ip proto 112");
        await a.ReloadAsync(Globals("") + One("A", 51) + One("N", 57));
        await lab.UntilAsync("the new one is Master", () => a.Journal.Events<InstanceBecameMaster>().Count == 3);
        await lab.UntilAsync("notify_deleted has run", () => File.Exists(gone));
        await wire.StopAsync();
        Assert.Single(wire.Frames(), frame => frame[35] == 54 && frame[36] == 0);
        await lab.ThatAsync("its address is gone", !await a.HoldsAsync("10.51.0.154"));
        await lab.ThatAsync("the new one's is there", await a.HoldsAsync("10.51.0.157"));
        JournalRow stopped = a.Journal.Rows().Single(row => row.Event is InstanceStopped);
        Assert.Equal(("D", TransitionReason.Removed), stopped.Event is InstanceStopped e ? (e.Instance, e.Reason) : default);
        Assert.IsType<ConfigurationLoaded>(a.Journal.Rows().Single(row => row.Boot == stopped.Boot && row.Sequence == stopped.Record.Cause).Event);
        Assert.Equal(["vrrp_instance D removed", "vrrp_instance N added"], a.Journal.Events<ConfigurationReloaded>().Single().Changes);
    }

    [LabTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_address_that_moves_from_one_master_to_another_is_never_away(bool formerIsRemoved)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        const string Moving = "10.51.0.199";
        string held = $"virtual_ipaddress_excluded {{\n        {Moving}/24 dev eth0\n    }}";
        a.StartOurs(One("A", 51, held) + One("B", 52));
        await lab.UntilAsync("both are Master", () => a.Journal.Events<InstanceBecameMaster>().Count == 2);
        AddressMonitor monitor = await AddressMonitor.StartAsync(lab, a);
        await a.ReloadAsync((formerIsRemoved ? "" : One("A", 51)) + One("B", 52, held));
        await monitor.CatchUpAsync();
        await lab.ThatAsync("nothing happened to the address", !monitor.Saw(Moving));
        await a.ReloadAsync(One("B", 52));
        await lab.UntilAsync("whoever has it last lets go of it", async () => !await a.HoldsAsync(Moving));
    }

    [LabFact]
    public async Task A_sync_group_goes_on_and_a_member_that_joins_follows_it()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string fifo = Reader(a, Path.Combine(a.Folder, "fifo"));
        a.StartOurs(Globals(fifo) + One("E", 55) + One("F", 56) + Group("G", "E", "F"));
        await lab.UntilAsync("both are Master", () => a.Journal.Events<InstanceBecameMaster>().Count == 2);
        await a.ReloadAsync(Globals(fifo, "fifo_write_vrrp_states_on_reload") + One("E", 55) + One("F", 56) + One("N", 57) + Group("G", "E", "F", "N"));
        await lab.UntilAsync("the one that joined is Master", () => a.Journal.Events<InstanceBecameMaster>().Count == 3);
        await lab.ThatAsync("none of the others moved", a.Journal.Events<ITransitionEvent>().Count == 6);
        await lab.UntilAsync("the states were written again", () => Lines(a).Count(line => line == "GROUP \"G\" MASTER 0") == 2);
        await lab.ThatAsync("of the instances too", Lines(a).Count(line => line == "INSTANCE \"E\" MASTER 100") == 2);
        Assert.Equal(0, await a.StopGracefullyAsync());
    }

    /// <summary>The result is carried over, as in keepalived: the new weight counts at once, and the check that runs goes on.</summary>
    [LabTheory("keepalived")]
    [InlineData(DaemonKind.Keepalived)]
    [InlineData(DaemonKind.Ours)]
    public async Task A_tracked_script_of_the_same_command_keeps_its_result(DaemonKind kind)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string Check(int weight, string command) => $"global_defs {{\n    script_user root\n}}\nvrrp_script check {{\n    script \"{command}\"\n    interval 1\n    weight {weight}\n}}\n";
        const string Track = "track_script {\n        check\n    }";
        a.Start(kind, Check(10, "/bin/true") + One("A", 51, Track));
        await lab.UntilAsync("the check counts", () => a.Says("Changing effective priority from 100 to 110") && a.Says("Entering MASTER STATE"));
        await a.ReloadAsync(Check(20, "/bin/true") + One("A", 51, Track));
        await lab.UntilAsync("it is carried over", () => a.Says("VRRP_Script(check) considered successful on reload"));
        await lab.UntilAsync("with the new weight", () => a.Says("to 120"));
        if (kind == DaemonKind.Ours)
        {
            await lab.UntilAsync("the reload is on record", () => a.Journal.Events<ConfigurationReloaded>().Count == 1);
            await lab.ThatAsync("the check has changed once, at the start", a.Journal.Events<TrackScriptChanged>().Count == 1);
            await a.ReloadAsync(Check(20, "/bin/false") + One("A", 51, Track));
            await lab.UntilAsync("another command is another check", () => a.Journal.Events<TrackScriptChanged>() is [_, { From: Domain.Tracking.TrackStatus.Unknown, To: Domain.Tracking.TrackStatus.Down }]);
            await lab.ThatAsync("nobody was taken down", a.Journal.Events<ITransitionEvent>().Count == 2);
        }
    }

    [LabFact]
    public async Task A_refused_reload_says_why_everywhere_and_what_cannot_change_is_said_too()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string log = Path.Combine(a.Folder, "reload.log");
        a.StartOurs($"global_defs {{\n    reload_check_config {log}\n}}\n" + One("A", 51));
        await lab.UntilAsync("it is Master", () => a.Journal.Events<InstanceBecameMaster>().Count == 1);
        await a.ReloadAsync(One("A", 51).Replace("priority 100", "priority 300", StringComparison.Ordinal) + "static_ipaddress {\n    10.51.0.78/24 dev eth0\n}\n");
        await lab.UntilAsync("the refusal is on record", () => a.Journal.Events<ConfigurationRejected>().Count == 1);
        ConfigurationRejected rejected = a.Journal.Events<ConfigurationRejected>().Single();
        Assert.Contains(rejected.Diagnostics, line => line.Contains("priority 300 is out of range", StringComparison.Ordinal));
        Assert.Contains("priority 300 is out of range", File.ReadAllText(log), StringComparison.Ordinal);
        await lab.ThatAsync("nothing of it was done", !await a.HoldsAsync("10.51.0.78"));
        await a.ReloadAsync("instance other\n" + One("A", 51) + "static_ipaddress {\n    10.51.0.78/24 dev eth0\n}\n");
        await lab.ThatAsync("what cannot change is said", a.Says("instance other: not by a reload, restart the daemon for it"));
        await lab.UntilAsync("the rest was done", () => a.HoldsAsync("10.51.0.78"));
        await a.ReloadAsync(One("A", 51));
        await lab.UntilAsync("and undone", async () => !await a.HoldsAsync("10.51.0.78"));
    }

    /// <summary>What the reader is told from the reload on.</summary>
    private static async Task<string[]> TellAsync(DaemonKind kind)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string fifo = Path.Combine(a.Folder, "fifo");
        a.Start(kind, Globals(Reader(a, fifo)) + One("A", 51) + One("B", 52) + One("C", 53) + One("D", 54, "notify_deleted"));
        await lab.UntilAsync("all are Master", () => Lines(a).Where(line => line.Contains("MASTER", StringComparison.Ordinal)).Distinct().Count() == 4);
        int before = Lines(a).Length;
        await a.ReloadAsync(Globals(fifo) + One("A2", 51) + (VrrpText.Version3 with { Instance = "B", Vrid = 52, VirtualAddress = "10.51.0.152/24" }).For(a, 90) + One("N", 57));
        await lab.UntilAsync("the reader hears of the new one", () => Lines(a)[^1] == "INSTANCE \"N\" MASTER 100");
        return Lines(a)[before..];
    }

    private static string One(string name, int vrid, string more = "") =>
        (VrrpText.Version3 with { Instance = name, Vrid = vrid, VirtualAddress = $"10.51.0.1{vrid}/24", More = more }).For(null!, 100);

    private static string Group(string name, params string[] members) => $"vrrp_sync_group {name} {{\n    group {{\n        {string.Join("\n        ", members)}\n    }}\n}}\n";

    private static string Globals(string fifo, string more = "") => fifo.Length == 0
        ? "global_defs {\n    script_user root\n}\n"
        : $"global_defs {{\n    script_user root\n    vrrp_notify_fifo {fifo}\n    vrrp_notify_fifo_script \"/bin/sh {Path.Combine(Path.GetDirectoryName(fifo)!, "reader.sh")}\"\n    {more}\n}}\n";

    /// <summary>Read by a shell and not run itself: while another lab forks, a file just written may still be open for writing there, and could not be run (ETXTBSY).</summary>
    private static string Reader(LabNode node, string fifo)
    {
        string reader = Path.Combine(node.Folder, "reader.sh");
        File.WriteAllText(reader, $"trap '' TERM\nwhile read -r line; do echo \"$line\" >> {Path.Combine(node.Folder, "told")}; done < \"$1\"\n");
        return fifo;
    }

    private static string[] Lines(LabNode node) => File.Exists(Path.Combine(node.Folder, "told")) ? File.ReadAllLines(Path.Combine(node.Folder, "told")) : [];
}
