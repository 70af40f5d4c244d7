using Keepalived.Es.Scripting.JavaScript;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>The words that the shipped hook has for MySQL 8.4, in the sandbox. What a server makes of them was tried by hand with 8.4.6.</summary>
public sealed class MySql84Tests
{
    private readonly MySql84Imitation _server = new();

    [Fact]
    public async Task A_replica_is_promoted_with_the_words_of_8_4()
    {
        JavaScriptOutcome outcome = await RunAsync("notify_master");
        Assert.Equal((null, true), (outcome.Error, outcome.Ok));
        Assert.Equal((false, false, false), (_server.ReadOnly, _server.SuperReadOnly, _server.IsReplica));
        Assert.Equal(
            ["STOP REPLICA IO_THREAD", "STOP REPLICA", "RESET REPLICA ALL", "SET GLOBAL super_read_only = OFF", "SET GLOBAL read_only = OFF"], _server.Executed.Take(5));
        (string type, string data) = Assert.Single(_server.Events);
        Assert.Equal("hook.mysql.promoted", type);
        Assert.Contains("\"version\":\"8.4.6\"", data, StringComparison.Ordinal);
        Assert.Contains("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5,4a22bc58-71ca-11e1-9e33-c80aa9429562:1-9", data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_master_is_demoted_by_super_read_only_and_its_sessions_are_killed()
    {
        Assert.True((await RunAsync("notify_master")).Ok);
        _server.Sessions.AddRange([11, 12]);
        JavaScriptOutcome outcome = await RunAsync("notify_backup");
        Assert.Equal((null, true), (outcome.Error, outcome.Ok));
        Assert.Equal((true, true, 0), (_server.ReadOnly, _server.SuperReadOnly, _server.Sessions.Count));
        Assert.Contains("\"killed\":2", _server.Events[^1].Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_received_and_not_executed_keeps_it_read_only()
    {
        _server.IsApplied = false;
        JavaScriptOutcome outcome = await RunAsync("notify_master", deadline: 10_000);
        Assert.False(outcome.Ok);
        Assert.Contains("the relay log was not applied within 0 ms", outcome.Error, StringComparison.Ordinal);
        Assert.Equal((true, true, true), (_server.ReadOnly, _server.SuperReadOnly, _server.IsReplica));
        Assert.Equal("hook.mysql.failed", Assert.Single(_server.Events).Type);
    }

    private async Task<JavaScriptOutcome> RunAsync(string function, long deadline = 30_000)
    {
        await using JavaScript.HookBench bench = new(File.ReadAllText(ShippedHooks.PathOf("mysql_failover.js")), functions: _server.Functions);
        return await bench.CallAsync(function, $$"""{"instance":"VI_1","to":"{{function}}","node":"node-b","deadline":{{deadline}}}""");
    }
}
