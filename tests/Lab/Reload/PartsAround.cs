using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Reload;

/// <summary>What goes with the instances over a reload: checks that run, FIFOs, workers of hooks in JavaScript, load balancing.</summary>
public sealed class PartsAround
{
    [LabFact]
    public async Task A_check_that_runs_while_the_configuration_is_reloaded_runs_to_its_end()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string runs = Path.Combine(a.Folder, "runs");
        string slow = Script(a, "slow.sh", $"echo begin >> {runs}\nsleep 1.5\necho end >> {runs}\n");
        string Text(int weight) => $"global_defs {{\n    script_user root\n}}\nvrrp_script check {{\n    script {slow}\n    interval 1\n    timeout 20\n    weight {weight}\n}}\n"
            + (VrrpText.Version3 with { More = "track_script {\n        check\n    }" }).For(a, 100);
        a.StartOurs(Text(1));
        string[] Lines() => File.Exists(runs) ? File.ReadAllLines(runs) : [];
        for (int reload = 1; reload <= 3; reload++)
        {
            await lab.UntilAsync("a run has begun and not ended", () => Lines() is [.., "begin"] lines && lines.Length >= reload);
            await a.ReloadAsync(Text(1 + reload));
        }

        await lab.UntilAsync("runs have ended", () => Lines().Count(line => line == "end") >= 3);
        string[] lines = Lines();
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => i % 2 == 0 ? "begin" : "end"), lines);
    }

    [LabFact]
    public async Task A_FIFO_that_stays_is_not_closed_and_one_that_changes_is_replaced()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        (string one, string two, string told) = (Path.Combine(a.Folder, "one"), Path.Combine(a.Folder, "two"), Path.Combine(a.Folder, "told"));
        string reader = Script(a, "reader.sh", $"echo start >> {told}\nwhile read -r line; do echo \"${{1##*/}} $line\" >> {told}; done < \"$1\"\n");
        string Text(string fifo, int priority, string more = "") =>
            $"global_defs {{\n    script_user root\n    notify_fifo {fifo}\n    notify_fifo_script {reader}\n    vrrp_notify_priority_changes\n    {more}\n}}\n" + VrrpText.Version3.For(a, priority);
        string[] Lines() => File.Exists(told) ? File.ReadAllLines(told) : [];
        a.StartOurs(Text(one, 100));
        await lab.UntilAsync("the reader hears of MASTER", () => Lines().Contains("one INSTANCE \"VI_1\" MASTER 100"));
        await a.ReloadAsync(Text(one, 110));
        await lab.UntilAsync("the same reader hears of the priority", () => Lines().Contains("one INSTANCE \"VI_1\" MASTER_PRIORITY 110"));
        await a.ReloadAsync(Text(two, 120, "fifo_write_vrrp_states_on_reload"));
        await lab.UntilAsync("the new one is told the state", () => Lines().Contains("two INSTANCE \"VI_1\" MASTER 120"));
        Assert.Equal(2, Lines().Count(line => line == "start"));
        Assert.Equal((false, true), (File.Exists(one), File.Exists(two)));
        await a.ReloadAsync(VrrpText.Version3.For(a, 100));
        await lab.UntilAsync("the last one is gone", () => !File.Exists(two));
    }

    [LabFact]
    public async Task Workers_of_JavaScript_come_and_go_with_the_files_that_are_named()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string hook = Path.Combine(a.Folder, "hook.js");
        File.WriteAllText(hook, "function notify_deleted(ctx) { log.info('deleted ' + ctx.instance); }\n");
        string With(string more, string instance, int vrid) => (VrrpText.Version3 with { Instance = instance, Vrid = vrid, VirtualAddress = $"10.51.0.1{vrid}/24", More = more }).For(a, 100);
        string globals = "global_defs {\n    script_user root\n}\n";
        int Workers() => Signals.Tree(a.Daemon.Id).Count - 1;
        a.StartOurs(globals + With("", "A", 51));
        await lab.UntilAsync("it is Master", () => a.Says("(A) Entering MASTER STATE"));
        await lab.ThatAsync("there is no worker", Workers() == 0);
        await a.ReloadAsync(globals + With("", "A", 51) + With($"notify_deleted {hook}", "B", 52));
        await lab.UntilAsync("a worker is there before it is needed", () => Workers() == 1);
        await lab.UntilAsync("B is Master", () => a.Says("(B) Entering MASTER STATE"));
        await a.ReloadAsync(globals + With("", "A", 51));
        await lab.UntilAsync("its function was called", () => a.Journal.Events<HookFinished>() is [.., { Hook: "notify_deleted B", Error: null }]);
        await a.ReloadAsync(globals + With("", "A", 51));
        await lab.UntilAsync("and the worker has ended", () => Workers() == 0);
    }

    /// <summary>The kernel of the lab may lack IPVS: checks run all the same.</summary>
    [LabFact]
    public async Task Load_balancing_begins_with_the_first_virtual_server_and_ends_with_the_last()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string server = "virtual_server 10.51.0.100 80 {\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n    delay_loop 1\n    real_server 10.51.0.12 81 {\n        TCP_CHECK {\n            connect_timeout 1\n        }\n    }\n}\n";
        string instance = VrrpText.Version3.For(a, 100);
        a.StartOurs(instance);
        await lab.UntilAsync("it is Master", () => a.Says("Entering MASTER STATE"));
        for (int round = 1; round <= 2; round++)
        {
            await a.ReloadAsync(instance + server);
            await lab.UntilAsync("the server is configured and checked", () => a.Journal.Events<VirtualServerConfigured>().Count == round && a.Journal.Events<CheckChanged>().Count >= round);
            await a.ReloadAsync(instance);
            await lab.UntilAsync("it is gone", () => a.Journal.Events<VirtualServerRemoved>().Count == round);
        }

        Assert.Equal(["virtual server [10.51.0.100]:tcp:80 added", "virtual server [10.51.0.100]:tcp:80 removed"], a.Journal.Events<ConfigurationReloaded>().SelectMany(e => e.Changes).Distinct());
        await lab.ThatAsync("the Master did not move", a.Journal.Events<ITransitionEvent>().Count == 2);
        Assert.Equal(0, await a.StopGracefullyAsync());
    }

    private static string Script(LabNode node, string name, string lines)
    {
        string path = Path.Combine(node.Folder, name);
        File.WriteAllText(path, $"#!/bin/bash\ntrap '' TERM\n{lines}");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
