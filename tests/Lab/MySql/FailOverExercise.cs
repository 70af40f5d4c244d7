using System.Diagnostics;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.MySql;

/// <summary>Who runs which hooks.</summary>
public enum MySqlHooks
{
    /// <summary>keepalived with scripts/hooks/*.sh.</summary>
    KeepalivedShell,

    /// <summary>Ours with the same.</summary>
    OursShell,

    /// <summary>Ours with scripts/hooks/*.js.</summary>
    OursJavaScript,
}

/// <summary>
/// MySQL behind a virtual address: the server of the Master is killed, the address moves, the hook opens the replica, writes go on. Interval 2,
/// fall 2, rise 3, nopreempt, both BACKUP.
/// </summary>
public sealed class FailOverExercise
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [LabTheory("keepalived mariadbd mariadb mariadb-install-db")]
    [InlineData(MySqlHooks.KeepalivedShell)]
    [InlineData(MySqlHooks.OursShell)]
    [InlineData(MySqlHooks.OursJavaScript)]
    public async Task No_acknowledged_row_is_lost_and_the_old_Master_comes_back_read_only(MySqlHooks hooks)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        LabMariaDb first = await LabMariaDb.StartAsync(lab, a, semiSync: true);
        LabMariaDb second = await LabMariaDb.StartAsync(lab, b, semiSync: true);
        foreach (LabMariaDb server in (LabMariaDb[])[first, second])
        {
            await server.SqlAsync("SET GLOBAL rpl_semi_sync_master_wait_no_slave = OFF");
        }

        await second.FollowAsync(first);
        await first.OpenAsync();
        await second.UntilCaughtUpWithAsync(first);
        Start(a, first, hooks, 101);
        await lab.UntilHeldAloneByAsync(a);
        Start(b, second, hooks, 100);
        await lab.UntilAsync("a is open for writing", async () => await ReadOnlyAsync(first) == "0", Long);

        using var stop = new CancellationTokenSource();
        var writer = new Writer(lab);
        Task writing = writer.RunAsync(stop.Token);
        await lab.UntilAsync("ten rows are acknowledged", () => writer.Acknowledged.Count >= 10, Long);
        var clock = Stopwatch.StartNew();
        long killed = Stopwatch.GetTimestamp();
        await first.KillAsync();
        TimeSpan detected = await WhenAsync(lab, clock, "a has let go of the address", async () => !await a.HoldsAsync(NetnsLab.Vip));
        TimeSpan moved = await WhenAsync(lab, clock, "b holds the address", () => b.HoldsAsync(NetnsLab.Vip));
        await lab.UntilAsync("ten rows are accepted by b", () => writer.AcceptedBy(b).Count >= 10, Long);
        TimeSpan accepted = Stopwatch.GetElapsedTime(killed, writer.AcceptedBy(b)[0]);
        await lab.ThatAsync($"b accepts its first row after a has let go: {accepted} and {detected} after the kill", accepted > detected);
        Console.WriteLine(
            $"MySQL fail-over, {hooks}: kill to first accepted write {accepted.TotalSeconds:F2} s"
            + $" = detection {detected.TotalSeconds:F2} s, VRRP {(moved - detected).TotalSeconds:F2} s, hook {(accepted - moved).TotalSeconds:F2} s");

        await first.StartAgainAsync();
        await lab.UntilAsync("a waits as BACKUP", () => Says(a, hooks, "Entering BACKUP STATE") >= 2, Long);
        await lab.UntilAsync("a is read-only", async () => await ReadOnlyAsync(first) == "1");
        await lab.UntilHeldAloneByAsync(b);
        await stop.CancelAsync();
        await writing;
        string[] rows = (await second.SqlAsync("SELECT id FROM shop.orders")).Split('\n');
        Assert.Empty(writer.Acknowledged.Select(row => $"{row.Id}").Except(rows));
        if (hooks == MySqlHooks.OursJavaScript)
        {
            await ShowTheRecordAsync(lab, b);
        }

        await a.StopGracefullyAsync();
        await b.StopGracefullyAsync();
    }

    /// <summary>What was done to the database, statement by statement, and with what result.</summary>
    private static async Task ShowTheRecordAsync(NetnsLab lab, LabNode node)
    {
        HookReported? promoted = node.Journal.Events<HookReported>().SingleOrDefault(report => report.Type == "hook.mysql.promoted");
        await lab.ThatAsync("the promotion is reported with its position", promoted?.Data.Contains("\"gtid\"", StringComparison.Ordinal) == true);
        await lab.ThatAsync(
            "every statement of it is on record",
            node.Journal.Events<HookHostCalled>().Any(call => call.Function == "mysql.exec" && call.Arguments.Contains("read_only", StringComparison.Ordinal)));
    }

    private static void Start(LabNode node, LabMariaDb server, MySqlHooks hooks, int priority)
    {
        DaemonKind kind = hooks == MySqlHooks.KeepalivedShell ? DaemonKind.Keepalived : DaemonKind.Ours;
        (string check, string failover) = hooks == MySqlHooks.OursJavaScript
            ? (Programs.Hook("check_mysql.js"), Programs.Hook("mysql_failover.js"))
            : (Shell(node, server, "check_mysql.sh"), Shell(node, server, "mysql_failover.sh"));
        if (hooks == MySqlHooks.OursJavaScript)
        {
            node.WriteSettings($"hooks:\n  mysql:\n    local:\n      socket: {server.Socket}\n      user: hook\n      password-file: {server.HookPassword}\n");
        }

        string Notify(string state) => $"    notify_{state} \"{failover}{(hooks == MySqlHooks.OursJavaScript ? "" : " " + state)}\"\n";
        node.Start(kind, $$"""
            global_defs {
                script_user root
            }
            vrrp_script check_mysql {
                script "{{check}}"
                interval 2
                fall 2
                rise 3
                timeout 3
            }
            vrrp_instance VI_MYSQL {
                interface eth0
                state BACKUP
                priority {{priority}}
                nopreempt
                virtual_router_id 51
                authentication {
                    auth_type PASS
                    auth_pass 10086
                }
                virtual_ipaddress {
                    {{NetnsLab.Vip}}/24 dev eth0
                }
                track_script {
                    check_mysql
                }
            {{Notify("master")}}{{Notify("backup")}}{{Notify("fault")}}{{Notify("stop")}}}

            """);
    }

    /// <summary>A shipped script with the node's credentials.</summary>
    private static string Shell(LabNode node, LabMariaDb server, string script)
    {
        string wrapper = Path.Combine(node.Folder, script);
        File.WriteAllText(wrapper, $"#!/bin/sh\nMYSQL_DEFAULTS_FILE={server.HookDefaults} exec {Programs.Hook(script)} \"$@\"\n");
        File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return wrapper;
    }

    private static async Task<TimeSpan> WhenAsync(NetnsLab lab, Stopwatch clock, string claim, Func<Task<bool>> condition)
    {
        await lab.UntilAsync(claim, condition, Long);
        return clock.Elapsed;
    }

    private static Task<string> ReadOnlyAsync(LabMariaDb server) => server.SqlAsync("SELECT @@GLOBAL.read_only");

    private static int Says(LabNode node, MySqlHooks hooks, string text) => node.ToString().Split(text).Length - 1;

    /// <summary>A client that writes one row after the other through the virtual address, and remembers which were acknowledged.</summary>
    private sealed class Writer(NetnsLab lab)
    {
        private readonly List<(int Id, string By, long At)> _acknowledged = [];

        internal IReadOnlyList<(int Id, string By, long At)> Acknowledged
        {
            get
            {
                lock (_acknowledged)
                {
                    return [.. _acknowledged];
                }
            }
        }

        /// <summary>
        /// When its rows were acknowledged. By the server and not by the time: a client may report a row of the old Master after the kill.
        /// </summary>
        internal IReadOnlyList<long> AcceptedBy(LabNode node) => [.. Acknowledged.Where(row => row.By == $"{node.Host}").Select(row => row.At)];

        internal async Task RunAsync(CancellationToken stop)
        {
            for (int id = 1; !stop.IsCancellationRequested; id++)
            {
                CommandResult result = await LabMariaDb.FromClientAsync(lab, NetnsLab.Vip, $"INSERT INTO shop.orders VALUES ({id}, 'row'); SELECT @@server_id");
                if (result.ExitCode == 0)
                {
                    lock (_acknowledged)
                    {
                        _acknowledged.Add((id, result.Output.Trim(), Stopwatch.GetTimestamp()));
                    }
                }
            }
        }
    }
}
