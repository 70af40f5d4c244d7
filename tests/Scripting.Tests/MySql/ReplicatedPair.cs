using Keepalived.Es.Scripting.MySql;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>Two MariaDB servers, both read-only by configuration; b replicates from a by GTID, and a accepts writes.</summary>
internal sealed class ReplicatedPair : IDisposable
{
    /// <summary>As scripts/hooks/README.md tells to create it.</summary>
    private const string Accounts = """
        SET SESSION sql_log_bin = 0;
        CREATE USER hook@'127.0.0.1' IDENTIFIED BY 'hook secret';
        GRANT PROCESS, RELOAD, READ_ONLY ADMIN, CONNECTION ADMIN, REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN, SLAVE MONITOR ON *.* TO hook@'127.0.0.1';
        GRANT ALL ON keepalived_es.* TO hook@'127.0.0.1';
        CREATE USER repl@'127.0.0.1' IDENTIFIED BY 'repl';
        GRANT REPLICATION SLAVE ON *.* TO repl@'127.0.0.1';
        CREATE USER app@'127.0.0.1' IDENTIFIED BY 'app';
        GRANT ALL ON shop.* TO app@'127.0.0.1';
        """;

    private ReplicatedPair(MariaDbServer a, MariaDbServer b) => (A, B) = (a, b);

    internal MariaDbServer A { get; }

    internal MariaDbServer B { get; }

    internal static async Task<ReplicatedPair> StartAsync()
    {
        MariaDbServer[] servers = await Task.WhenAll(new[] { 1, 2 }.Select(id => MariaDbServer.StartAsync(
            $"--server-id={id}", "--log-bin=binlog", "--log-slave-updates", "--gtid-strict-mode", "--read-only")));
        foreach (MariaDbServer server in servers)
        {
            server.Sql(Accounts);
        }

        var pair = new ReplicatedPair(servers[0], servers[1]);
        Follow(pair.B, pair.A);
        pair.A.Sql("SET GLOBAL read_only = OFF; CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, v TEXT) ENGINE=InnoDB");
        await UntilCaughtUpAsync(pair.B, pair.A);
        return pair;
    }

    internal static void Follow(MariaDbServer replica, MariaDbServer source) => replica.Sql($"""
        SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_current_pos;
        CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {source.Port}, MASTER_USER = 'repl', MASTER_PASSWORD = 'repl',
            MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1;
        START SLAVE;
        """);

    internal static Task UntilCaughtUpAsync(MariaDbServer replica, MariaDbServer source) => replica.UntilAsync(
        "the replica has everything", () => replica.Sql("SELECT @@GLOBAL.gtid_slave_pos") == source.Sql("SELECT @@GLOBAL.gtid_binlog_pos"));

    /// <summary>The hook on a server, as the account with only the rights that it needs.</summary>
    internal static HookBench Hook(MariaDbServer server, string file = "mysql_failover.js")
    {
        string password = Path.Combine(server.Folder, "hook.password");
        File.WriteAllText(password, "hook secret\n");
        return new HookBench(file, new MySqlTarget("local") { Port = server.Port, User = "hook", PasswordFile = password });
    }

    /// <summary>Whether an ordinary account may write.</summary>
    internal static bool Accepts(MariaDbServer server, int id)
    {
        try
        {
            MariaDbServer.Run(
                "mariadb", "--no-defaults", "--host=127.0.0.1", $"--port={server.Port}", "--user=app", "--password=app",
                $"--execute=INSERT INTO shop.orders VALUES ({id}, 'x')");
            return true;
        }
        catch (InvalidOperationException e) when (e.Message.Contains("--read-only option", StringComparison.Ordinal))
        {
            return false;
        }
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
