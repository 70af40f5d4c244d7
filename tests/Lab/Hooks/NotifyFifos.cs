using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Hooks;

/// <summary>The reader of a FIFO hears from us, line by line, what it hears from keepalived.</summary>
public sealed class NotifyFifos
{
    [LabTheory("keepalived")]
    [InlineData("vrrp_notify_fifo")]
    [InlineData("notify_fifo")]
    public async Task A_reader_hears_the_same_lines_in_the_same_order(string keyword)
    {
        string[] theirs = await TellAsync(DaemonKind.Keepalived, keyword);
        string[] ours = await TellAsync(DaemonKind.Ours, keyword);
        Assert.Equal(theirs, ours);
        Assert.Equal(
            ["INSTANCE \"VI 1\" BACKUP 101", "INSTANCE \"VI 1\" MASTER 121", "INSTANCE \"VI 1\" MASTER_PRIORITY 101", "INSTANCE \"VI 1\" STOP 101"],
            ours.Where(line => !line.Contains("BACKUP_PRIORITY", StringComparison.Ordinal)));
    }

    [LabFact]
    public async Task A_FIFO_that_nobody_reads_holds_nothing_up()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string fifo = Path.Combine(a.Folder, "fifo");
        a.StartOurs($"global_defs {{\n    vrrp_notify_fifo {fifo}\n}}\n" + VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        Assert.True(File.Exists(fifo));
        Assert.Equal(0, await a.StopGracefullyAsync());
        Assert.False(File.Exists(fifo));
    }

    /// <summary>Start, Master, a tracked script that gives up its weight, stop.</summary>
    private static async Task<string[]> TellAsync(DaemonKind kind, string keyword)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        (string told, string flag, string fifo) = (Path.Combine(a.Folder, "told"), Path.Combine(a.Folder, "alive"), Path.Combine(a.Folder, "fifo"));
        string reader = Path.Combine(a.Folder, "reader.sh");
        File.WriteAllText(reader, $"#!/bin/sh\ntrap '' TERM\nwhile read -r line; do echo \"$line\" >> {told}; done < \"$1\"\n");
        File.SetUnixFileMode(reader, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(flag, "");
        string globals = $$"""
            global_defs {
                script_user root
                vrrp_notify_priority_changes
                {{keyword}} {{fifo}}
                {{keyword}}_script {{reader}}
            }
            vrrp_script check {
                script "/usr/bin/test -e {{flag}}"
                interval 1
                weight 20
            }

            """;
        a.Start(kind, globals + (VrrpText.Version3 with { Instance = "\"VI 1\"", More = "track_script {\n        check\n    }\n" }).For(a, 101));
        string[] Lines() => File.Exists(told) ? File.ReadAllLines(told) : [];
        await lab.UntilAsync("the reader hears of MASTER 121", () => Lines().Any(line => line.EndsWith("MASTER 121", StringComparison.Ordinal)));
        File.Delete(flag);
        await lab.UntilAsync("the reader hears of the new priority", () => Lines().Any(line => line.EndsWith("MASTER_PRIORITY 101", StringComparison.Ordinal)));
        await a.StopGracefullyAsync();
        await lab.UntilAsync("the reader hears of the stop", () => Lines()[^1].Contains(" STOP ", StringComparison.Ordinal));
        return Lines();
    }
}
