using System.Diagnostics;
using System.Text.Json.Nodes;
using Jint.Runtime;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>scripts/hooks/mysql_failover.js with two real servers.</summary>
public sealed class MySqlFailoverTests
{
    private const string Programs = "mariadbd mariadb";

    [LabFact(Programs)]
    public async Task The_backup_is_promoted_with_all_that_it_received_and_the_old_master_is_demoted_and_follows()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
        Assert.False(ReplicatedPair.Accepts(pair.B, 2));
        using HookBench onA = ReplicatedPair.Hook(pair.A);
        Assert.True((bool)onA.Run("notify_backup")["ok"]!);
        Assert.Equal("hook.mysql.demoted", Assert.Single(onA.Events).Type);
        Assert.False(ReplicatedPair.Accepts(pair.A, 3));

        using HookBench onB = ReplicatedPair.Hook(pair.B);
        Assert.True((bool)onB.Run("notify_master")["ok"]!);
        (string type, JsonObject promoted) = Assert.Single(onB.Events);
        Assert.Equal("hook.mysql.promoted", type);
        Assert.Equal((pair.A.Port, false), ((int)promoted["source"]!["port"]!, (bool)promoted["late"]!));
        Assert.Equal(pair.A.Sql("SELECT @@GLOBAL.gtid_binlog_pos"), (string?)promoted["gtid"]);
        Assert.Equal("1", pair.B.Sql("SELECT COUNT(*) FROM shop.orders"));
        Assert.Equal("", pair.B.Sql("SHOW SLAVE STATUS"));
        Assert.Equal("node-b\tVI_1", pair.B.Sql("SELECT node, instance FROM keepalived_es.heartbeat"));
        Assert.True(ReplicatedPair.Accepts(pair.B, 4));

        ReplicatedPair.Follow(pair.A, pair.B);
        await ReplicatedPair.UntilCaughtUpAsync(pair.A, pair.B);
        Assert.True((bool)ReplicatedPair.Hook(pair.B).Run("notify_stop")["ok"]!);
        Assert.True((bool)onA.Run("notify_master")["ok"]!);       // and back
        Assert.Equal("1,4", pair.A.Sql("SELECT GROUP_CONCAT(id) FROM shop.orders"));
        Assert.True(ReplicatedPair.Accepts(pair.A, 5));
        Assert.False(ReplicatedPair.Accepts(pair.B, 6));
    }

    [LabTheory(Programs)]
    [InlineData("notify_master")]
    [InlineData("notify_fault")]
    public async Task The_same_transition_twice_changes_nothing(string function)
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        using HookBench onB = ReplicatedPair.Hook(pair.B);
        Assert.True((bool)onB.Run(function)["ok"]!);
        bool accepted = ReplicatedPair.Accepts(pair.B, 1);
        Assert.True((bool)onB.Run(function)["ok"]!);
        Assert.Equal(accepted, ReplicatedPair.Accepts(pair.B, 2));
        Assert.Equal(accepted, function == "notify_master");
        Assert.Equal(onB.Events[0].Type, onB.Events[1].Type);
        Assert.Equal(accepted, onB.Events[1].Data["wasReadOnly"]!["read_only"]!.GetValue<bool>() is false);
    }

    /// <summary>The transition is overtaken at each look in turn: whatever was done before, the server is not open afterwards.</summary>
    [LabFact(Programs)]
    public async Task A_promotion_that_is_overtaken_anywhere_leaves_the_server_read_only()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        for (int limit = 0; ; limit++)
        {
            Assert.True(limit < 20, "it is never promoted");
            using HookBench onB = ReplicatedPair.Hook(pair.B);
            int looks = 0;
            onB.IsCurrent = () => looks++ < limit;
            onB.Run("notify_master");
            if (onB.Events[^1].Type == "hook.mysql.promoted")
            {
                Assert.True(limit >= 4, $"only {limit} looks");
                break;
            }

            Assert.Equal("hook.mysql.overtaken", Assert.Single(onB.Events).Type);
            Assert.False(ReplicatedPair.Accepts(pair.B, 100 + limit));
        }

        Assert.True(ReplicatedPair.Accepts(pair.B, 1));
    }

    [LabFact(Programs)]
    public async Task A_demotion_that_is_overtaken_leaves_the_master_open()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        using HookBench onA = ReplicatedPair.Hook(pair.A);
        onA.IsCurrent = () => false;
        onA.Run("notify_backup");
        Assert.Equal("hook.mysql.overtaken", Assert.Single(onA.Events).Type);
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
    }

    [LabFact(Programs)]
    public async Task A_replica_that_lags_is_waited_for_and_not_longer_than_the_limit()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        using Blocker blocker = await LagAsync(pair);
        using HookBench onB = ReplicatedPair.Hook(pair.B).With("WAIT_MS", "700").With("WAIT_SLICE_MS", "200");
        var failure = Assert.Throws<JavaScriptException>(() => onB.Run("notify_master"));
        Assert.Contains("not applied within 700 ms", failure.Message, StringComparison.Ordinal);
        Assert.Equal("hook.mysql.failed", Assert.Single(onB.Events).Type);
        Assert.Equal("1", pair.B.Sql("SELECT @@GLOBAL.read_only"));

        Task release = pair.B.UntilAsync("the next try waits", () => IsWaiting(pair.B)).ContinueWith(_ => blocker.Dispose(), TaskScheduler.Default);
        using HookBench again = ReplicatedPair.Hook(pair.B);
        Assert.True((bool)again.Run("notify_master")["ok"]!);
        await release;
        Assert.True((int)Assert.Single(again.Events).Data["waitedMs"]! > 0);
        Assert.Equal("1", pair.B.Sql("SELECT COUNT(*) FROM shop.orders WHERE id = 1"));
        Assert.True(ReplicatedPair.Accepts(pair.B, 2));
    }

    [LabFact(Programs)]
    public async Task A_replica_that_lags_is_promoted_where_that_is_asked_for_and_the_event_says_so()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        pair.B.Sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = 3600; START SLAVE");
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
        await UntilReceivedAsync(pair);
        using HookBench onB = ReplicatedPair.Hook(pair.B).With("WAIT_MS", "300").With("PROMOTE_LATE", "true");
        Assert.True((bool)onB.Run("notify_master")["ok"]!);
        Assert.True((bool)Assert.Single(onB.Events).Data["late"]!);
        Assert.True(ReplicatedPair.Accepts(pair.B, 2));
        Assert.Equal("2", pair.B.Sql("SELECT GROUP_CONCAT(id) FROM shop.orders"));
    }

    /// <summary>MariaDB throws a relay log away when it starts the first of two stopped threads.</summary>
    [LabTheory(Programs)]
    [InlineData("SQL_THREAD", true)]
    [InlineData("", false)]
    public async Task What_a_stopped_replica_has_received_is_applied_or_the_promotion_is_refused(string stopped, bool isPromoted)
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        pair.B.Sql("STOP SLAVE SQL_THREAD");
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
        await UntilReceivedAsync(pair);
        pair.B.Sql($"STOP SLAVE {stopped}");
        using HookBench onB = ReplicatedPair.Hook(pair.B);
        if (isPromoted)
        {
            onB.Run("notify_master");
        }
        else
        {
            Assert.Contains("would lose it", Assert.Throws<JavaScriptException>(() => onB.Run("notify_master")).Message, StringComparison.Ordinal);
        }

        Assert.Equal(isPromoted ? "1" : "0", pair.B.Sql("SELECT COUNT(*) FROM shop.orders"));
        Assert.Equal(isPromoted, ReplicatedPair.Accepts(pair.B, 2));
    }

    [LabFact(Programs)]
    public async Task A_broken_replica_is_not_promoted()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        pair.B.Sql("SET sql_log_bin = 0; INSERT INTO shop.orders VALUES (1, 'errant')");
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
        await pair.B.UntilAsync("it is broken", () => pair.B.Sql("SHOW SLAVE STATUS").Contains("Duplicate entry", StringComparison.Ordinal));
        using HookBench onB = ReplicatedPair.Hook(pair.B);
        var failure = Assert.Throws<JavaScriptException>(() => onB.Run("notify_master"));
        Assert.Contains("the replica cannot apply", failure.Message, StringComparison.Ordinal);
        Assert.Contains("(1062)", (string)Assert.Single(onB.Events).Data["error"]!, StringComparison.Ordinal);
        Assert.False(ReplicatedPair.Accepts(pair.B, 2));
    }

    [LabFact(Programs)]
    public async Task Sessions_of_applications_are_killed_and_replication_is_not()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        using var idle = new Blocker(pair.A, "SELECT 1", "app");
        using var writing = new Blocker(pair.A, "BEGIN; INSERT INTO shop.orders VALUES (50, 'open')", "app");
        using var locking = new Blocker(pair.A, "CREATE TABLE shop.other (id INT); LOCK TABLES shop.other WRITE", "app");
        const string Apps = "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'app'";
        await pair.A.UntilAsync("they are there", () => pair.A.Sql(Apps) == "3");
        using HookBench onA = ReplicatedPair.Hook(pair.A);
        Assert.True((bool)onA.Run("notify_fault")["ok"]!);
        Assert.Equal("0", pair.A.Sql(Apps));
        JsonObject demoted = Assert.Single(onA.Events).Data;
        Assert.Equal(3, (int)demoted["killed"]!);
        Assert.Contains("Binlog Dump", pair.A.Sql("SHOW PROCESSLIST"), StringComparison.Ordinal);
        Assert.Equal("0", pair.A.Sql("SELECT COUNT(*) FROM shop.orders"));
        Assert.Equal("1", pair.A.Sql("SELECT @@GLOBAL.read_only"));
    }

    /// <summary>Nobody follows the new Master yet: with the server's default its probe write would wait ten seconds for a replica.</summary>
    [LabFact(Programs)]
    public async Task Semi_synchronous_replication_is_turned_with_the_role()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        const string Variables =
            "SELECT CONCAT(@@GLOBAL.rpl_semi_sync_master_enabled, @@GLOBAL.rpl_semi_sync_slave_enabled, @@GLOBAL.rpl_semi_sync_master_wait_no_slave)";
        pair.B.Sql("SET GLOBAL rpl_semi_sync_slave_enabled = ON; SET GLOBAL rpl_semi_sync_master_wait_no_slave = ON");
        using HookBench onB = ReplicatedPair.Hook(pair.B).With("SEMI_SYNC", "true");
        Assert.True((bool)onB.Run("notify_master")["ok"]!);
        Assert.Equal("ONOFFOFF", pair.B.Sql(Variables));
        Assert.True(ReplicatedPair.Accepts(pair.B, 1));
        Assert.True((bool)onB.Run("notify_backup")["ok"]!);
        Assert.Equal("OFFONOFF", pair.B.Sql(Variables));
    }

    [LabFact(Programs)]
    public async Task A_dead_server_fails_the_hook_with_an_event()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        using HookBench onA = ReplicatedPair.Hook(pair.A);
        pair.A.Kill();
        Assert.Throws<JavaScriptException>(() => onA.Run("notify_fault"));
        Assert.Contains("Connection refused", (string)Assert.Single(onA.Events).Data["error"]!, StringComparison.Ordinal);
    }

    private static bool IsWaiting(MariaDbServer server) =>
        server.Sql("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'hook' AND info LIKE '%MASTER_GTID_WAIT%'") != "0";

    /// <summary>b has received a row that it cannot apply while the result lives.</summary>
    private static async Task<Blocker> LagAsync(ReplicatedPair pair)
    {
        var blocker = new Blocker(pair.B, "LOCK TABLES shop.orders READ");
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
        await UntilReceivedAsync(pair);
        return blocker;
    }

    private static Task UntilReceivedAsync(ReplicatedPair pair)
    {
        string position = pair.A.Sql("SELECT @@GLOBAL.gtid_binlog_pos");
        return pair.B.UntilAsync("it is received", () => pair.B.Sql("SHOW SLAVE STATUS").Contains(position, StringComparison.Ordinal));
    }

    /// <summary>A client that stays connected after its statements.</summary>
    private sealed class Blocker : IDisposable
    {
        private readonly Process _client;

        internal Blocker(MariaDbServer server, string sql, string user = "root")
        {
            string[] where = user == "root" ? [$"--socket={server.Socket}"] : ["--host=127.0.0.1", $"--port={server.Port}", $"--password={user}"];
            var info = new ProcessStartInfo("mariadb", ["--no-defaults", "--unbuffered", "--skip-column-names", $"--user={user}", .. where])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            _client = Process.Start(info)!;
            _client.StandardInput.WriteLine(sql + "; SELECT 'done';");
            _client.StandardInput.Flush();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (_client.StandardOutput.ReadLineAsync(limit.Token).AsTask().GetAwaiter().GetResult() is { } line && line != "done")
            {
            }
        }

        public void Dispose()
        {
            if (!_client.HasExited)
            {
                _client.Kill();
            }

            _client.WaitForExit();
        }
    }
}
