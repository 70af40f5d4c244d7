using System.Net;
using System.Net.Sockets;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>scripts/hooks/check_mysql.sh, check_mysql.js and mysql_failover.sh with real servers.</summary>
public sealed class MySqlShellTests
{
    private const string Programs = "mariadbd mariadb";

    [LabFact(Programs)]
    public async Task The_check_tells_a_server_that_is_well_from_one_that_is_not()
    {
        using MariaDbServer server = await MariaDbServer.StartAsync();
        string file = Defaults(server);
        Assert.Equal(0, (await RunAsync("check_mysql.sh", $"--defaults-file={file}")).Code);
        Assert.Equal(0, (await RunAsync("check_mysql.sh", $"--defaults-file={file}", "--writable")).Code);
        server.Sql("SET GLOBAL read_only = ON");
        Assert.Equal(0, (await RunAsync("check_mysql.sh", $"--defaults-file={file}")).Code);
        Assert.Equal(1, (await RunAsync("check_mysql.sh", $"--defaults-file={file}", "--writable")).Code);
        Assert.Equal(2, (await RunAsync("check_mysql.sh", "--defaults-file=/nonexistent")).Code);
        Assert.Equal(2, (await RunAsync("check_mysql.sh", "--timeout=x")).Code);
        server.Kill();
        Assert.Equal(1, (await RunAsync("check_mysql.sh", $"--defaults-file={file}")).Code);
    }

    [LabFact(Programs)]
    public async Task The_check_of_a_server_that_never_answers_ends_in_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"[client]\nhost=127.0.0.1\nport={((IPEndPoint)silent.LocalEndpoint).Port}\nuser=x\n");
        (int code, string output) = await RunAsync("check_mysql.sh", $"--defaults-file={file}", "--timeout=0.3");
        File.Delete(file);
        Assert.Equal((1, "MySQL did not answer within 0.3 s"), (code, output.TrimEnd()));
    }

    [LabFact(Programs)]
    public async Task The_check_in_JavaScript_looks_at_replication_and_read_only_where_it_is_told_to()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        using HookBench plain = ReplicatedPair.Hook(pair.B, "check_mysql.js");
        Assert.Contains("MariaDB", (string)plain.Run("track")["note"]!, StringComparison.Ordinal);
        using HookBench writable = ReplicatedPair.Hook(pair.B, "check_mysql.js").With("MUST_BE_WRITABLE", "true");
        Assert.EndsWith("is read-only", (string)writable.Run("track")["note"]!, StringComparison.Ordinal);
        using HookBench lag = ReplicatedPair.Hook(pair.B, "check_mysql.js").With("MAXIMUM_LAG_SECONDS", "5");
        Assert.True((bool)lag.Run("track")["ok"]!);
        pair.B.Sql("STOP SLAVE");
        Assert.Equal("the replica does not run: stopped", (string?)lag.Run("track")["note"]);
        pair.B.Kill();
        Assert.False((bool)plain.Run("track")["ok"]!);
    }

    [LabFact(Programs)]
    public async Task The_fail_over_in_shell_promotes_and_demotes_and_repeats_without_harm()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
        await FailOverAsync(pair.A, 0, "stop");
        await FailOverAsync(pair.A, 0, "INSTANCE", "VI_1", "BACKUP", "100");
        Assert.False(ReplicatedPair.Accepts(pair.A, 2));
        await FailOverAsync(pair.B, 0, "INSTANCE", "VI_1", "MASTER", "100");
        await FailOverAsync(pair.B, 0, "master");
        Assert.True(ReplicatedPair.Accepts(pair.B, 3));
        Assert.Equal("1,3", pair.B.Sql("SELECT GROUP_CONCAT(id) FROM shop.orders"));
        await FailOverAsync(pair.B, 2, "INSTANCE", "VI_1", "DELETED", "100");
        pair.B.Kill();
        await FailOverAsync(pair.B, 1, "fault");
    }

    [LabFact(Programs)]
    public async Task The_fail_over_in_shell_does_not_promote_a_broken_replica()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        pair.B.Sql("SET sql_log_bin = 0; INSERT INTO shop.orders VALUES (1, 'errant')");
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
        await pair.B.UntilAsync("it is broken", () => pair.B.Sql("SHOW SLAVE STATUS").Contains("Duplicate entry", StringComparison.Ordinal));
        Assert.Contains("Duplicate entry", await FailOverAsync(pair.B, 1, "master"), StringComparison.Ordinal);
        Assert.Equal("1", pair.B.Sql("SELECT @@GLOBAL.read_only"));
    }

    [LabFact(Programs)]
    public async Task The_fail_over_in_shell_loses_nothing_that_a_stopped_replica_has_received()
    {
        using ReplicatedPair pair = await ReplicatedPair.StartAsync();
        pair.B.Sql("STOP SLAVE SQL_THREAD");
        Assert.True(ReplicatedPair.Accepts(pair.A, 1));
        string position = pair.A.Sql("SELECT @@GLOBAL.gtid_binlog_pos");
        await pair.B.UntilAsync("it is received", () => pair.B.Sql("SHOW SLAVE STATUS").Contains(position, StringComparison.Ordinal));
        await FailOverAsync(pair.B, 0, "master");
        Assert.Equal("1", pair.B.Sql("SELECT COUNT(*) FROM shop.orders"));
    }

    private static async Task<string> FailOverAsync(MariaDbServer server, int code, params string[] arguments)
    {
        (int seen, string output) = await RunAsync("env", [$"MYSQL_DEFAULTS_FILE={Defaults(server)}", ShippedHooks.PathOf("mysql_failover.sh"), .. arguments]);
        Assert.True(code == seen, $"exit code {seen}: {output}");
        return output;
    }

    private static string Defaults(MariaDbServer server)
    {
        string file = Path.Combine(server.Folder, "client.cnf");
        File.WriteAllText(file, $"[client]\nsocket={server.Socket}\nuser=root\n");
        return file;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        string path = program == "env" ? program : ShippedHooks.PathOf(program);
        using var runner = new ScriptRunner(TimeProvider.System);
        ShellOutcome outcome = await runner.RunAsync(new ShellRequest([path, .. arguments]), TestContext.Current.CancellationToken);
        Assert.Null(outcome.Error);
        return (outcome.ExitCode ?? -1, outcome.OutputTail);
    }
}
