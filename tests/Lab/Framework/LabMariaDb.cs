using System.Globalization;

namespace Keepalived.Es.Lab.Framework;

/// <summary>
/// A MariaDB server on a node of the lab: its own data directory, socket and port 3306 in the node's namespace, read-only by configuration,
/// with GTIDs and a binary log. Accounts: <c>app</c>, <c>repl</c>, <c>hook</c>, <c>monitor</c>; each password is the name.
/// </summary>
internal sealed class LabMariaDb
{
    internal const int Port = 3306;

    /// <summary>What scripts/hooks/README.md tells to create; on each server by itself, not replicated.</summary>
    private const string Accounts = """
        SET SESSION sql_log_bin = 0;
        CREATE USER app@'%' IDENTIFIED BY 'app';
        GRANT ALL ON shop.* TO app@'%';
        CREATE USER repl@'%' IDENTIFIED BY 'repl';
        GRANT REPLICATION SLAVE ON *.* TO repl@'%';
        CREATE USER monitor@'%' IDENTIFIED BY 'monitor';
        GRANT SLAVE MONITOR ON *.* TO monitor@'%';
        CREATE USER hook@'%' IDENTIFIED BY 'hook';
        CREATE USER hook@localhost IDENTIFIED BY 'hook';
        GRANT PROCESS, RELOAD, READ_ONLY ADMIN, CONNECTION ADMIN, REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN, SLAVE MONITOR
            ON *.* TO hook@'%', hook@localhost;
        GRANT ALL ON keepalived_es.* TO hook@'%', hook@localhost;
        """;

    private readonly NetnsLab _lab;
    private readonly LabNode _node;
    private readonly bool _semiSync;
    private LabProcess? _server;

    private LabMariaDb(NetnsLab lab, LabNode node, bool semiSync) => (_lab, _node, _semiSync) = (lab, node, semiSync);

    /// <summary>root has no password here.</summary>
    internal string Socket => Path.Combine(Folder, "sock");

    /// <summary>For <c>--defaults-file</c> of the client: as <c>hook</c>, over the socket.</summary>
    internal string HookDefaults => Path.Combine(Folder, "hook.cnf");

    /// <summary>For <c>node.yaml</c>: the password of <c>hook</c>.</summary>
    internal string HookPassword => Path.Combine(Folder, "hook.password");

    internal bool IsRunning => _server is { HasEnded: false };

    private string Folder => Path.Combine(_node.Folder, "mariadb");

    private string Data => Path.Combine(Folder, "data");

    private string Temporary => Path.Combine(Folder, "tmp");

    private string ServerId => _node.Host.ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes a data directory on the node, starts the server, and creates the accounts.</summary>
    /// <param name="semiSync">Replication is semi-synchronous in whichever direction it runs.</param>
    internal static async Task<LabMariaDb> StartAsync(NetnsLab lab, LabNode node, bool semiSync = false)
    {
        var server = new LabMariaDb(lab, node, semiSync);
        Directory.CreateDirectory(server.Data);
        Directory.CreateDirectory(server.Temporary);
        await File.WriteAllTextAsync(server.HookPassword, "hook\n");
        await File.WriteAllTextAsync(server.HookDefaults, $"[client]\nsocket={server.Socket}\nuser=hook\npassword=hook\n");
        await DemandAsync("chown", ["mysql:", server.Folder, server.Data, server.Temporary]);
        await DemandAsync(
            "mariadb-install-db",
            ["--no-defaults", "--user=mysql", $"--datadir={server.Data}", $"--tmpdir={server.Temporary}", "--skip-test-db",
                "--auth-root-authentication-method=normal", "--innodb-log-file-size=8M"]);
        await server.StartAgainAsync();
        await server.SqlAsync(Accounts);
        return server;
    }

    /// <summary>Starts the server after a kill or a stop, and waits until it answers. It is read-only, and follows whom it followed.</summary>
    internal async Task StartAgainAsync()
    {
        string[] semiSync = _semiSync
            ? ["--rpl-semi-sync-master-enabled=1", "--rpl-semi-sync-slave-enabled=1", "--rpl-semi-sync-master-timeout=10000",
                "--rpl-semi-sync-master-wait-no-slave=0"]                       // alone after a fail-over, it does not wait
            : [];
        string[] options =
        [
            "--no-defaults", "--user=mysql", $"--datadir={Data}", $"--socket={Socket}", $"--port={Port}", "--bind-address=0.0.0.0",
            $"--pid-file={Folder}/pid", $"--tmpdir={Temporary}", "--skip-name-resolve", $"--server-id={ServerId}", "--log-bin=binlog",
            "--log-slave-updates", "--gtid-strict-mode", "--read-only", "--sync-binlog=1", "--innodb-log-file-size=8M",
            "--innodb-buffer-pool-size=16M", .. semiSync,
        ];
        _server = LabProcess.Start($"mariadb on {_node.Name}", _node.Namespace, "mariadbd", options);
        _lab.Others.Add(_server);
        await _lab.UntilAsync($"mariadb on {_node.Name} answers", async () => (await TrySqlAsync("SELECT 1")).ExitCode == 0, TimeSpan.FromMinutes(1));
    }

    /// <summary>SIGKILL.</summary>
    internal async Task KillAsync()
    {
        _server!.KillHard();
        await _lab.UntilAsync($"mariadb on {_node.Name} is gone", () => _server.HasEnded);
    }

    /// <summary>In good order.</summary>
    internal async Task StopAsync()
    {
        await SqlAsync("SHUTDOWN");
        await _lab.UntilAsync($"mariadb on {_node.Name} ends", () => _server!.HasEnded, TimeSpan.FromMinutes(1));
    }

    /// <summary>Runs statements as root over the socket.</summary>
    /// <returns>What the client printed: values with tabs between, no headers, no last line feed.</returns>
    /// <exception cref="LabException">A statement failed; the message has the logs.</exception>
    internal async Task<string> SqlAsync(string sql)
    {
        CommandResult result = await TrySqlAsync(sql);
        return result.ExitCode == 0 ? result.Output.TrimEnd('\n') : throw await _lab.FailureAsync($"{sql} on {_node.Name}: {result}");
    }

    /// <summary>Opens the server, as the first Master of a lab is opened, and creates the table <c>shop.orders</c>.</summary>
    internal Task OpenAsync() => SqlAsync("""
        SET GLOBAL read_only = OFF;
        CREATE DATABASE shop;
        CREATE TABLE shop.orders (id BIGINT PRIMARY KEY, v VARCHAR(64)) ENGINE=InnoDB;
        """);

    /// <summary>
    /// Follows another server from where this one stands: as a new replica, or as a former Master that comes back. Transactions that only
    /// this one has are refused by the strict mode of GTIDs, and then replication stops with an error.
    /// </summary>
    internal Task FollowAsync(LabMariaDb source) => SqlAsync($"""
        STOP SLAVE;
        SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_current_pos;
        CHANGE MASTER TO MASTER_HOST = '{source._node.Address}', MASTER_PORT = {Port}, MASTER_USER = 'repl', MASTER_PASSWORD = 'repl',
            MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1;
        START SLAVE;
        """);

    /// <summary>Waits until this server has applied all that the source has in its binary log.</summary>
    internal Task UntilCaughtUpWithAsync(LabMariaDb source) => _lab.UntilAsync(
        $"mariadb on {_node.Name} has all that {source._node.Name} has",
        async () => await SqlAsync("SELECT @@GLOBAL.gtid_slave_pos") == await source.SqlAsync("SELECT @@GLOBAL.gtid_binlog_pos"));

    /// <summary>One statement from the lab's client, as <c>app</c>, at an address such as the virtual one.</summary>
    internal static Task<CommandResult> FromClientAsync(NetnsLab lab, string address, string sql) => Command.RunAsync(
        "ip",
        ["netns", "exec", lab.Client, "mariadb", "--no-defaults", "--connect-timeout=1", $"--host={address}", $"--port={Port}", "--user=app",
            "--password=app", "--batch", "--skip-column-names", $"--execute={sql}"]);

    private Task<CommandResult> TrySqlAsync(string sql) => Command.RunAsync(
        "mariadb", ["--no-defaults", "--user=root", $"--socket={Socket}", "--batch", "--skip-column-names", $"--execute={sql}"]);

    private static async Task DemandAsync(string program, string[] arguments)
    {
        CommandResult result = await Command.RunAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program}: {result}");
    }
}
