using System.Globalization;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.CommandLine;

/// <summary>The daemon as a service manager or an init script handles it, and what it endures.</summary>
public sealed class Lifetime
{
    private int _copies;

    [LabFact]
    public async Task In_the_background_it_returns_when_ready_and_holds_its_pid_file_until_it_is_told_to_end()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        File.WriteAllText(a.ConfigurationFile, VrrpText.Version3.For(a, 101));
        CommandResult start = await StartInBackgroundAsync(a);
        await lab.ThatAsync($"it returns with 0: {start}", start.ExitCode == 0);
        int process = int.Parse(File.ReadAllText(a.PidFile), CultureInfo.InvariantCulture);
        await lab.ThatAsync("the pid file names a process that runs", Directory.Exists($"/proc/{process}"));
        await lab.UntilHeldAloneByAsync(a);

        CommandResult second = await StartInBackgroundAsync(a);
        await lab.ThatAsync(
            $"a second start says so and ends well, as keepalived's does: {second}",
            second.ExitCode == 0 && second.Output.Contains($"already running (pid {process}", StringComparison.Ordinal));
        await lab.ThatAsync("the first one runs on", Directory.Exists($"/proc/{process}") && await a.HoldsAsync(NetnsLab.Vip));

        Signals.Send(process, Signals.Terminate);
        await lab.UntilAsync("it ends", () => !Directory.Exists($"/proc/{process}"));
        await lab.ThatAsync("the pid file is gone", !File.Exists(a.PidFile));
        await lab.ThatAsync("the address is gone", !await a.HoldsAsync(NetnsLab.Vip));
    }

    /// <summary>Otherwise <c>ssh host keepalived-es</c>, or an init script whose output is piped, never ends.</summary>
    [LabFact]
    public async Task In_the_background_it_lets_go_of_the_output_of_whoever_started_it()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        File.WriteAllText(a.ConfigurationFile, VrrpText.Version3.For(a, 101));
        LabProcess start = LabProcess.Start("start", a.Namespace, "sh", "-c", $"{BackgroundCommand(a)} 2>&1 | cat");
        lab.Others.Add(start);
        await lab.UntilHeldAloneByAsync(a);
        await lab.UntilAsync("the pipe's reader sees the end", () => start.HasEnded, TimeSpan.FromSeconds(10));
    }

    [LabFact]
    public async Task On_a_signal_to_stop_it_ends_with_0_and_removes_its_pid_file()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        string pid = File.ReadAllText(a.PidFile);
        await lab.ThatAsync($"the pid file has the number and a line feed, seen '{pid}'", pid == $"{a.Daemon.Id}\n");
        await lab.ThatAsync("exit code 0", await a.StopGracefullyAsync() == 0);
        await lab.ThatAsync("the pid file is gone", !File.Exists(a.PidFile));
        await lab.ThatAsync(
            "the last two facts are that the instance and the node stopped",
            a.Journal.Events<INodeEvent>() is [.., NodeStopped { Signal: "SIGTERM" }] && a.Journal.Events<InstanceStopped>().Count == 1);
    }

    /// <summary>The dumps are not in force yet: keepalived's signals must not end the daemon or move the address.</summary>
    [LabTheory]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(36)]
    [InlineData(63)]
    public async Task A_signal_that_is_not_in_force_changes_nothing(int signal)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        a.Daemon.Signal(signal);
        await lab.UntilAsync("it says so", () => a.Daemon.HasEnded || a.Says("is not in force yet"));
        await Wire.AwaitAdvertisementsAsync(lab, a, 5);
        await lab.ThatAsync("it runs", !a.Daemon.HasEnded);
        await lab.ThatAsync("it is Master as before", a.Journal.Events<ITransitionEvent>() is [InstanceBecameBackup, InstanceBecameMaster]);
    }

    [LabFact]
    public async Task A_pid_file_that_a_killed_daemon_left_does_not_stop_the_next_start()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string configuration = VrrpText.Version3.For(a, 101);
        a.StartOurs(configuration);
        await lab.UntilHeldAloneByAsync(a);
        await a.KillHardAsync();
        await lab.ThatAsync("the pid file is left behind", File.Exists(a.PidFile));
        a.StartOurs(configuration);
        await lab.UntilAsync("the next one is Master", () => a.Says("Entering MASTER STATE"));
        await lab.UntilHeldAloneByAsync(a);
    }

    [LabFact]
    public async Task While_its_interface_is_missing_the_instance_waits_in_fault()
    {
        const string Vip = "10.52.0.100";
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        a.StartOurs((VrrpText.Version3 with { Device = "eth9", VirtualAddress = Vip + "/24" }).For(a, 101));
        await lab.UntilAsync(
            "the fault is recorded",
            () => a.Journal.Events<InstanceEnteredFault>() is [var fault] && fault.Faults.HasFlag(FaultReasons.InterfaceMissing));

        for (int times = 1; times <= 2; times++)
        {
            int expected = times;
            await a.IpAsync("link add eth9 type veth peer name other-end");
            await a.IpAsync("link set other-end up");
            await a.IpAsync("addr add 10.52.0.11/24 dev eth9");
            await a.IpAsync("link set eth9 up");
            await lab.UntilAsync($"with the interface, time {times}, it becomes Master", () => a.HoldsAsync(Vip));
            await lab.UntilAsync("and has it on record", () => a.Journal.Events<InstanceBecameMaster>().Count == expected);
            await a.IpAsync("link del eth9");
            await lab.UntilAsync("without, it is in FAULT", () => a.Journal.Events<InstanceEnteredFault>().Count == expected + 1);
        }
    }

    /// <summary>A disk that is full costs events, never a fail-over.</summary>
    [LabFact("mount")]
    public async Task With_a_full_disk_the_address_moves_all_the_same_and_is_on_record_once_there_is_room()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        string daemon = $"{Programs.KeepalivedEs} -n -l -D -f {b.ConfigurationFile} -p {b.PidFile} --node-config={b.SettingsFile}";
        File.WriteAllText(b.ConfigurationFile, VrrpText.Version3.For(b, 100));
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        b.Run("sh", "-c", $"mount -t tmpfs -o size=1m tmpfs {b.StateDirectory} && exec {daemon}");
        await lab.UntilAsync("b is in BACKUP", () => b.Says("(VI_1) Entering BACKUP STATE"));
        string state = $"/proc/{b.Daemon.Id}/root{b.StateDirectory}";                  // the mount is the daemon's alone
        await lab.UntilAsync("b has a journal", () => Copy(lab, state).Events<InstanceBecameBackup>().Count == 1);
        string filler = Path.Combine(state, "filler");
        Assert.Throws<IOException>(() => Fill(filler));

        await a.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(b);
        await lab.UntilAsync("b says that it cannot write", () => b.Says("The journal refuses events"));

        File.Delete(filler);
        await lab.UntilAsync(
            "b writes again, and nothing of the fail-over is missing", () => Copy(lab, state).Events<InstanceBecameMaster>().Count == 1);
        Records.JournalClaims.ChainHolds(Copy(lab, state).Rows());
    }

    /// <summary>SQLite cannot open a file in another process's mount, so it gets a copy.</summary>
    private LabJournal Copy(NetnsLab lab, string state)
    {
        string copy = Path.Combine(lab.Folder, $"journal-{++_copies}");
        Directory.CreateDirectory(copy);
        foreach (string file in (string[])["journal.db", "journal.db-wal"])
        {
            if (File.Exists(Path.Combine(state, file)))
            {
                File.Copy(Path.Combine(state, file), Path.Combine(copy, file));
            }
        }

        return new LabJournal(copy);
    }

    private static void Fill(string path)
    {
        using FileStream filler = File.Create(path, bufferSize: 1);
        byte[] block = new byte[512];
        while (true)
        {
            filler.Write(block);
        }
    }

    /// <summary>What it prints goes through a file, which nobody waits for.</summary>
    private static async Task<CommandResult> StartInBackgroundAsync(LabNode node)
    {
        string output = Path.Combine(node.Folder, "output");
        CommandResult result = await Command.RunAsync(
            "ip", ["netns", "exec", node.Namespace, "sh", "-c", $"{BackgroundCommand(node)} >{output} 2>&1"]);
        return result with { Output = await File.ReadAllTextAsync(output) };
    }

    private static string BackgroundCommand(LabNode node) =>
        $"{Programs.KeepalivedEs} -f {node.ConfigurationFile} -p {node.PidFile} --node-config={node.SettingsFile}";
}
