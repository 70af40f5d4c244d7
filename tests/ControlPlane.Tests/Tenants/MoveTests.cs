using System.Net;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.ControlPlane.Tests.Web;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Npgsql;
using static Keepalived.Es.ControlPlane.Tests.Tenants.Places;

namespace Keepalived.Es.ControlPlane.Tests.Tenants;

/// <summary>A site is carried from one server to another, each on a database of its own.</summary>
public sealed class MoveTests(PrivatePostgres postgres)
{
    private const string Incidents = "/v1/incidents?kind=fault";

    [Fact]
    public async Task Everything_of_a_site_goes_along_and_its_nodes_go_on_there()
    {
        await using Places places = await StartAsync(postgres);
        (TestServer here, TestServer there) = (places.Here, places.There);
        NodeScript b = new("node-b");
        b.Add(1, new NodeStarted("node-b", TestStore.Tenant, "0.1.0", "kernel-b", 200, new string('b', 64)));
        b.Add(2, Failover.Configured("node-b", Failover.SourceB, 100));
        b.Add(3, new InstanceEnteredFault(
            "node-b", Failover.Instance, 51, VrrpPhase.Initialize, TransitionReason.FaultDetected, 100, NodeScript.Mono(3), FaultReasons.InterfaceDown));
        int before = b.Lines.Count;
        b.Add(95, new InstanceBecameBackup(
            "node-b", Failover.Instance, 51, VrrpPhase.Fault, TransitionReason.FaultCleared, 100, NodeScript.Mono(95), RouterAddress.None, 0));
        using Sender nodeA = await Sender.AtAsync(here, Failover.NodeA());
        using Sender nodeB = await Sender.AtAsync(here, b);
        using Sender stays = await Sender.AtAsync(here, new NodeScript("node-c").Fill(3), "site-2");
        Assert.Equal(200, (await nodeA.SendAsync(here, 3)).Status);
        Assert.Equal(0, (await here.RunAsync("nodes", "renew-key", "node-a", "--site", TestStore.Tenant)).Exit);
        Assert.Equal(200, (await here.IngestAsync(nodeA.Token, nodeA.Script.Bytes(4, 2))).Status);      // by a daemon of an earlier version
        for (int sent = 0; sent < before; sent++)
        {
            Assert.Equal(200, (await nodeB.SendAsync(here, 1)).Status);
        }

        Assert.Equal(200, (await stays.SendAsync(here, 3)).Status);
        string incident = (await here.AskUntilAsync(Incidents, found => found.GetArrayLength() == 1))[0].GetProperty("id").GetString()!;
        Assert.Equal(0, (await here.RunAsync("incidents", "note", incident, "the switch", "--by", "alice")).Exit);
        Assert.Equal(0, (await here.RunAsync("store", "hold", "vrrp/*", "--site", TestStore.Tenant, "--reason", "case 7")).Exit);
        Assert.Equal(0, (await here.RunAsync("store", "archive", "node/node-a", "--site", TestStore.Tenant)).Exit);
        await places.HereStore.ExecuteAsync($"insert into {{s}}.kes_commands (id, tenant, node, body) values ('{Guid.NewGuid()}', '{TestStore.Tenant}', 'node-b', "
            + """'{"id":"01890a5d-ac96-774b-bcce-b302099a8057","kind":"drain","service":"shop","server":"x"}')""");
        (long Records, long Signatures, long Unsigned) verified = await VerifyAsync(here);

        string said = await MoveAsync(here, there);
        Assert.Contains($"{TestStore.Tenant}: lives at {Url(there)} since", said, StringComparison.Ordinal);
        Assert.Equal(verified, await VerifyAsync(there));
        Assert.Equal((before + 5, before + 1, 2), verified);
        await places.ThereStore.AssertConsistentAsync();
        Assert.Equal("0 3", await places.ThereStore.ScalarAsync<string>("""
            select string_agg((select count(*) from {s}.kes_node_events e where e.node = k.node and e.seq_id <= after)::text, ' ' order by after)
            from {s}.kes_node_keys k cross join lateral unnest(array[k.enrolled_after, k.retired_after]) after where k.node = 'node-a'
            """));
        Assert.Equal("node/node-a", await places.ThereStore.ScalarAsync<string>("select string_agg(id, ' ') from {s}.mt_streams where is_archived"));
        Assert.Contains("case 7", (await there.RunAsync("store", "retention")).Out, StringComparison.Ordinal);

        (int status, JsonElement body, string? location, _) = await nodeB.SendAsync(here, 1);
        Assert.Equal((308, $"{Url(there)}/v1/ingest", Url(there)), (status, location, body.GetProperty("place").GetString()));
        (status, body, _, _) = await nodeB.SendAsync(there, 1);
        Assert.Equal((200, 1, b.Lines.Count), (status, body.GetProperty("commands").GetArrayLength(), nodeB.Acknowledged));
        JsonElement closed = await there.AskUntilAsync(Incidents, found => found.GetArrayLength() == 1 && found[0].GetProperty("facts").TryGetProperty("end", out _));
        Assert.Equal((incident, 1), (closed[0].GetProperty("id").GetString(), closed[0].GetProperty("notes").GetArrayLength()));
        Assert.Equal(verified with { Records = verified.Records + 1, Signatures = verified.Signatures + 1 }, await VerifyAsync(there));
        Assert.Equal(
            await places.HereStore.ScalarAsync<long>($"select count(*) from {{s}}.mt_events where tenant_id = '{TestStore.Tenant}' and type = 'incident_opened'"),
            await places.ThereStore.ScalarAsync<long>("select count(*) from {s}.mt_events where type = 'incident_opened'"));
    }

    [Fact]
    public async Task Who_asks_at_the_old_place_is_told_where_the_site_lives()
    {
        await using Places places = await StartAsync(postgres);
        (TestServer here, TestServer there) = (places.Here, places.There);
        using Sender node = await Sender.AtAsync(here, Failover.NodeA());
        using Sender stays = await Sender.AtAsync(here, new NodeScript("node-c").Fill(3), "site-2");
        Assert.Equal(200, (await node.SendAsync(here, 5)).Status);
        Assert.Equal(200, (await stays.SendAsync(here, 3)).Status);
        await here.AskUntilAsync("/v1/status", board => board.GetProperty("routers").GetArrayLength() == 1);
        await MoveAsync(here, there);

        string moved = $"site '{TestStore.Tenant}' has moved to {Url(there)}";
        string token = File.ReadAllText(here.TokenFile).Trim();
        (int status, JsonElement body, _) = await here.GetAsync($"/v1/audit/node?node=node-a&site={TestStore.Tenant}", token);
        Assert.Equal((409, $"{moved}: ask there", Url(there)), (status, body.GetProperty("error").GetString(), body.GetProperty("place").GetString()));
        foreach (string[] command in new[]
        {
            new[] { "audit", "verify", "--site", TestStore.Tenant },
            ["nodes", "enroll", "node-x", "--site", TestStore.Tenant],
            ["nodes", "revoke", "node-a", "--site", TestStore.Tenant],
            ["nodes", "renew-key", "node-a", "--site", TestStore.Tenant],
            ["node", "drain", "shop", "x", "--site", TestStore.Tenant],
            ["store", "hold", "vrrp/*", "--site", TestStore.Tenant, "--reason", "r"],
        })
        {
            (int exit, string output, string error) = await here.RunAsync(command);
            Assert.True(exit == 1 && error.Contains(moved, StringComparison.Ordinal), $"{string.Join(' ', command)}: {exit} {output}{error}");
        }

        using Browser browser = new(here);
        await browser.LoginAsync();
        string page = await browser.PageAsync($"/nodes/node-a?site={TestStore.Tenant}", HttpStatusCode.Conflict);
        Assert.Contains(moved.Replace("'", "&#39;", StringComparison.Ordinal), page, StringComparison.Ordinal);
        Assert.DoesNotContain("node-a", await browser.PageAsync("/"), StringComparison.Ordinal);
        Assert.Empty((await here.AskUntilAsync("/v1/status", _ => true)).GetProperty("routers").EnumerateArray());
        Assert.Equal("node-c", Assert.Single((await here.AskUntilAsync("/v1/nodes", _ => true)).EnumerateArray()).GetProperty("name").GetString());
        string[] timeline = ["audit", "timeline", "--from", "2026-11-23T00:00:00Z", "--to", "2026-11-24T00:00:00Z"];
        Assert.DoesNotContain("node-a", (await here.RunAsync(timeline)).Out, StringComparison.Ordinal);
        Assert.Contains("node-a", (await there.RunAsync(timeline)).Out, StringComparison.Ordinal);
        Assert.Contains(moved, (await here.RunAsync("store", "status")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await here.RunAsync("store", "archive", "vrrp/node-a/VI_1", "--site", TestStore.Tenant)).Exit);
        Assert.Equal(200, (await stays.SendAsync(here, 0)).Status);
    }

    [Fact]
    public async Task What_is_sent_meanwhile_is_kept_by_the_node_and_taken_in_at_the_new_place()
    {
        await using Places places = await StartAsync(postgres);
        using Sender node = await Sender.AtAsync(places.Here, new NodeScript("node-a").Fill(9));
        Assert.Equal(200, (await node.SendAsync(places.Here, 3)).Status);
        string move = $"move={(await StepAsync(places.Here, "leave", $"place={Url(places.There)}")).GetProperty("move").GetString()}";
        (int status, JsonElement body, _, string? retry) = await node.SendAsync(places.Here, 3);
        Assert.Equal((503, "5"), (status, retry));
        Assert.StartsWith($"site '{TestStore.Tenant}' is leaving for {Url(places.There)}", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(503, (await node.SendAsync(places.Here, 0)).Status);
        foreach (string sql in new[]
        {
            $"insert into {{s}}.mt_streams (tenant_id, id, version) values ('{TestStore.Tenant}', 'other', 0)",
            $"update {{s}}.mt_streams set version = version + 1 where tenant_id = '{TestStore.Tenant}'",
        })
        {
            PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => places.HereStore.ExecuteAsync(sql));        // as Marten's own functions do
            Assert.Equal("KS010", refused.SqlState);
        }

        Assert.Contains("is leaving for", (await places.Here.RunAsync("store", "status")).Out, StringComparison.Ordinal);
        await StepAsync(places.There, "arrive", $"{move}&place={Url(places.Here)}");
        Assert.Contains("is arriving from", (await places.There.RunAsync("store", "status")).Out, StringComparison.Ordinal);
        await MoveAsync(places.Here, places.There);
        Assert.Equal(308, (await node.SendAsync(places.Here, 6)).Status);
        Assert.Equal(200, (await node.SendAsync(places.There, 6)).Status);
        Assert.Equal((9, 2, 0), await VerifyAsync(places.There));
        Assert.Equal(3L, await places.HereStore.ScalarAsync<long>("select count(*) from {s}.mt_events"));
    }

    [Fact]
    public async Task Nodes_are_not_silent_while_they_find_their_way()
    {
        await using Places places = await StartAsync(postgres);
        using Sender node = await Sender.AtAsync(places.Here, Failover.NodeA());
        Assert.Equal(200, (await node.SendAsync(places.Here, 5)).Status);
        await MoveAsync(places.Here, places.There);
        await places.ThereStore.ExecuteAsync(
            "update {s}.kes_node_contact set contact_from = contact_from - interval '1 hour', contact_to = contact_to - interval '1 hour'");
        const string Looked = "select last_updated from {s}.mt_event_progression where name = 'KesIncidents:All'";
        DateTime first = await places.ThereStore.ScalarAsync<DateTime>("select clock_timestamp()");
        while (await places.ThereStore.ScalarAsync<DateTime>(Looked) < first.AddSeconds(2))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        const string Silent = "/v1/incidents?kind=node-silent";
        Assert.Empty((await places.There.AskUntilAsync(Silent, _ => true)).EnumerateArray());
        await places.ThereStore.ExecuteAsync("update {s}.kes_tenants set since = since - interval '1 hour'");
        await places.There.AskUntilAsync(Silent, found => found.GetArrayLength() == 1);
    }

    [Fact]
    public async Task A_batch_under_way_is_committed_before_its_site_leaves()
    {
        await using Places places = await StartAsync(postgres);
        using Sender node = await Sender.AtAsync(places.Here, new NodeScript("node-a").Fill(9));
        Task<(int Status, JsonElement Body, string?, string?)> batch;
        Task<JsonElement> leave;
        await using (NpgsqlConnection blocker = await places.HereStore.Database.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await RunAsync(blocker, $"begin; lock table {places.HereStore.Schema}.kes_node_events in exclusive mode");
            batch = node.SendAsync(places.Here, 3);
            await WaitsAsync(batch, places.HereStore, "RowExclusiveLock");
            leave = StepAsync(places.Here, "leave", $"place={Url(places.There)}");
            await WaitsAsync(leave, places.HereStore, "ExclusiveLock");
            await RunAsync(blocker, "commit");
        }

        Assert.Equal(200, (await batch).Status);
        await leave;
        Assert.Equal(503, (await node.SendAsync(places.Here, 3)).Status);
        await MoveAsync(places.Here, places.There);
        Assert.Equal(200, (await node.SendAsync(places.There, 6)).Status);
        Assert.Equal(9, node.Acknowledged);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Until it waits for a lock of this mode, in this database: the server's others have waiters of their own.</summary>
    private static Task WaitsAsync(Task waiter, TestStore store, string mode) => Blocked.UntilAsync(waiter, async () => await store.ScalarAsync<long>(
        $"select count(*) from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and not granted and mode = '{mode}'") > 0);
}
