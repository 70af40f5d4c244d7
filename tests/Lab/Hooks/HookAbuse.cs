using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Hooks;

/// <summary>Hooks that mean harm: the advertisements do not slip, memory stays bounded, the daemon ends in good order.</summary>
public sealed class HookAbuse
{
    private const long ResidentLimit = 256L << 20;

    [LabTheory]
    [InlineData("i=0; while [ $i -lt 100 ]; do (trap '' TERM; sleep 600) & i=$((i + 1)); done; wait", "time limit")]
    [InlineData("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "time limit")]
    [InlineData("exec cat", null)]
    [InlineData("trap '' TERM; while :; do :; done", "time limit")]
    public async Task A_shell_hook_that_runs_wild_is_ended_with_all_that_it_started(string body, string? limit)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        TimerWitness witness = await TimerWitness.StartAsync(lab);
        LabNode a = lab.A;
        string script = Path.Combine(a.Folder, "wild.sh");
        File.WriteAllText(script, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        a.WriteSettings("hooks:\n  time-limit: 2\n");
        a.StartOurs("global_defs {\n    script_user root\n}\n" + (VrrpText.Version3 with { More = $"notify_master {script}\n" }).For(a, 101));
        await lab.UntilAsync("the hook was ended", () => a.Journal.Events<HookFinished>().Count == 1);
        Assert.Equal(limit, a.Journal.Events<HookFinished>()[0].Limit);
        await lab.UntilAsync("nothing of it is left", () => Pids(a, "wild.sh").Length == 0);
        await witness.WasNeverLateAloneAsync(a, VrrpText.Version3.AdvertInterval);
        Assert.InRange(Resident(a), 1, ResidentLimit);
        Assert.Equal(0, await a.StopGracefullyAsync());
    }

    [LabFact("keepalived")]
    public async Task A_thousand_transitions_are_told_in_order_or_said_to_be_left_out()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string told = Path.Combine(a.Folder, "told");
        string script = Path.Combine(a.Folder, "tell.sh");
        File.WriteAllText(script, $"#!/bin/sh\necho \"$2 $3\" >> {told}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        const int Instances = 250;
        string text = "global_defs {\n    script_user root\n}\n" + string.Concat(Enumerable.Range(1, Instances).Select(i => (VrrpText.Version3 with
        {
            Instance = $"VI_{i}",
            Vrid = i,
            VirtualAddress = $"10.51.0.{(i < 200 ? 40 + (i % 40) : 100 + (i % 40))}/32",
            More = $"notify {script}\n",
        }).For(a, 101)));
        a.StartOurs(text);
        await lab.UntilAsync("all are Master", () => a.Journal.Events<InstanceBecameMaster>().Count == Instances);
        await a.LinkDownAsync();
        await lab.UntilAsync("all are in Fault", () => a.Journal.Events<InstanceEnteredFault>().Count == Instances);
        await a.LinkUpAsync();
        await lab.UntilAsync("all are Master again", () => a.Journal.Events<InstanceBecameMaster>().Count == 2 * Instances);
        await lab.UntilAsync(
            "every script has ended", () => a.Journal.Events<HookFinished>().Count == 5 * Instances, TimeSpan.FromMinutes(2));
        Dictionary<string, string[]> byInstance = File.ReadAllLines(told).Select(line => line.Split(' ')).GroupBy(words => words[0])
            .ToDictionary(group => group.Key, group => group.Select(words => words[1]).ToArray());
        Assert.Equal(Instances, byInstance.Count);
        Assert.All(byInstance.Values, states => Assert.Equal(["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER"], states));
        Assert.InRange(Resident(a), 1, ResidentLimit);
        Assert.Equal(0, await a.StopGracefullyAsync());
    }

    private static string[] Pids(LabNode node, string name) =>
        [.. Directory.GetDirectories("/proc").Where(process => CommandLine(process).Contains(Path.Combine(node.Folder, name), StringComparison.Ordinal))];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";                                           // no process, or no more
        }
    }

    private static long Resident(LabNode node)
    {
        string status = File.ReadLines($"/proc/{File.ReadAllText(node.PidFile).Trim()}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(status.Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(), System.Globalization.CultureInfo.InvariantCulture) << 10;
    }
}
