using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.MySql;

/// <summary>Two MariaDB servers in the lab, and scripts/hooks/mysql_failover.sh.</summary>
public sealed class Replication
{
    [LabTheory("mariadbd mariadb mariadb-install-db")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_replica_is_promoted_after_the_source_is_killed_and_the_source_comes_back_as_replica(bool semiSync)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabMariaDb a = await LabMariaDb.StartAsync(lab, lab.A, semiSync);
        LabMariaDb b = await LabMariaDb.StartAsync(lab, lab.B, semiSync);
        await b.FollowAsync(a);
        await a.OpenAsync();
        await b.UntilCaughtUpWithAsync(a);
        await WriteAsync(lab, lab.A, 1, succeeds: true);
        await WriteAsync(lab, lab.B, 2, succeeds: false);
        await b.UntilCaughtUpWithAsync(a);
        if (semiSync)
        {
            const string Acknowledged = "Rpl_semi_sync_master_yes_tx";
            await lab.UntilAsync("b acknowledges", async () => await a.SqlAsync($"SHOW STATUS LIKE '{Acknowledged}'") != $"{Acknowledged}\t0");
        }

        await a.KillAsync();
        CommandResult promoted = await FailOverAsync(lab.B, b, "INSTANCE", "VI_1", "MASTER", "100");
        await lab.ThatAsync($"b is promoted: {promoted}", promoted.ExitCode == 0);
        await WriteAsync(lab, lab.B, 3, succeeds: true);

        await a.StartAgainAsync();
        CommandResult demoted = await FailOverAsync(lab.A, a, "INSTANCE", "VI_1", "BACKUP", "101");
        await lab.ThatAsync($"a is demoted: {demoted}", demoted.ExitCode == 0);
        await WriteAsync(lab, lab.A, 4, succeeds: false);
        await a.FollowAsync(b);
        await a.UntilCaughtUpWithAsync(b);
        Assert.Equal("1\n3", await a.SqlAsync("SELECT id FROM shop.orders ORDER BY id"));
        await a.StopAsync();
        await b.StopAsync();
    }

    /// <summary>As keepalived runs it: on the node, with its arguments.</summary>
    private static Task<CommandResult> FailOverAsync(LabNode node, LabMariaDb server, params IEnumerable<string> arguments) => Command.RunAsync(
        "ip",
        ["netns", "exec", node.Namespace, "env", $"MYSQL_DEFAULTS_FILE={server.HookDefaults}", Programs.Hook("mysql_failover.sh"), .. arguments]);

    private static async Task WriteAsync(NetnsLab lab, LabNode node, int id, bool succeeds)
    {
        CommandResult result = await LabMariaDb.FromClientAsync(lab, node.Address, $"INSERT INTO shop.orders VALUES ({id}, 'from the client')");
        bool isRefused = result.Error.Contains("--read-only option", StringComparison.Ordinal);
        await lab.ThatAsync($"{node.Name} {(succeeds ? "takes" : "refuses")} row {id}: {result}", succeeds ? result.ExitCode == 0 : isRefused);
    }
}
