using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.ControlPlane.Tests.Support;
using static Keepalived.Es.ControlPlane.Tests.Tenants.Places;

namespace Keepalived.Es.ControlPlane.Tests.Tenants;

public sealed class MoveRefusalTests(PrivatePostgres postgres)
{
    [Theory]
    [InlineData("nowhere", "--to 'nowhere': an http or https URL of a control plane is expected")]
    [InlineData("ftp://127.0.0.1", "an http or https URL of a control plane is expected")]
    [InlineData("http://127.0.0.1:1/kes", "without user, path or query")]
    [InlineData("http://127.0.0.1:1", "no answer from http://127.0.0.1:1/")]
    public async Task A_place_that_cannot_be_is_refused(string to, string error)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        await server.EnrollAsync("node-a");
        (int exit, _, string said) = await server.RunAsync("store", "move-tenant", TestStore.Tenant, "--to", to, "--to-token-file", server.TokenFile);
        Assert.Equal(1, exit);
        Assert.Contains(error, said, StringComparison.Ordinal);
        Assert.Equal("Here", await StateAsync(server));
    }

    [Fact]
    public async Task A_move_that_cannot_be_is_refused_and_changes_nothing()
    {
        await using Places places = await StartAsync(postgres);
        using Sender node = await Sender.AtAsync(places.Here, new NodeScript("node-a").Fill(5));
        Assert.Equal(200, (await node.SendAsync(places.Here, 5)).Status);
        await RefusedAsync(places.Here, places.There, "site 'nobody' is unknown here", "nobody");
        await RefusedAsync(places.Here, places.Here, "two sites of one name cannot be joined");
        (int exit, _, string error) = await places.Here.RunAsync("store", "move-tenant", TestStore.Tenant, "--to", Url(places.There));
        Assert.True(exit == 1 && error.Contains("--to-token-file FILE", StringComparison.Ordinal), error);
        (exit, _, error) = await places.Here.RunAsync("store", "move-tenant", TestStore.Tenant, "--to", Url(places.There), "--to-token-file", places.Here.TokenFile);
        Assert.True(exit == 1 && error.Contains("the operator's token is needed", StringComparison.Ordinal), error);
        await places.There.EnrollAsync("node-b");
        await RefusedAsync(places.Here, places.There, "two sites of one name cannot be joined");
        Assert.Equal(200, (await node.SendAsync(places.Here, 0)).Status);
        Assert.Contains("no move is under way", await MoveAsync(places.Here, places.There, TestStore.Tenant, "--abort"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_that_are_there_already_and_are_others_are_refused()
    {
        await using Places places = await StartAsync(postgres);
        await places.HereStore.Events.AppendAsync(TestStore.Tenant, "s", null, [TestStore.Event()], TestContext.Current.CancellationToken);
        await places.ThereStore.Events.AppendAsync(TestStore.Tenant, "s", null, [TestStore.Event()], TestContext.Current.CancellationToken);
        await places.ThereStore.ExecuteAsync($"insert into {{s}}.kes_tenants (tenant, state, place) values ('{TestStore.Tenant}', 'moved', '{Url(places.Here)}')");
        await RefusedAsync(places.Here, places.There, "has another event at version 1");
        Assert.Equal("Leaving", await StateAsync(places.Here));
        Assert.Contains("is given up", await MoveAsync(places.Here, places.There, TestStore.Tenant, "--abort"), StringComparison.Ordinal);
        Assert.Equal(("Here", "Moved"), (await StateAsync(places.Here), await StateAsync(places.There)));
    }

    [Fact]
    public async Task A_token_that_a_node_of_another_site_has_there_is_found_before_the_site_is_handed_over()
    {
        await using Places places = await StartAsync(postgres);
        await places.Here.EnrollAsync("node-a");
        await places.There.EnrollAsync("node-b", "site-2");
        string hash = await places.HereStore.ScalarAsync<string>("select encode(token_hash, 'hex') from {s}.kes_nodes");
        await places.ThereStore.ExecuteAsync($"update {{s}}.kes_nodes set token_hash = decode('{hash}', 'hex')");
        await RefusedAsync(places.Here, places.There, "a row of kes_nodes cannot stand at the target");
        Assert.Equal("Leaving", await StateAsync(places.Here));
    }

    [Fact]
    public async Task A_copy_that_was_changed_is_not_taken_for_the_site()
    {
        await using Places places = await StartAsync(postgres);
        using Sender node = await Sender.AtAsync(places.Here, new NodeScript("node-a").Fill(5));
        Assert.Equal(200, (await node.SendAsync(places.Here, 5)).Status);
        await MoveAsync(places.Here, places.There);
        await places.HereStore.ExecuteAsync("update {s}.mt_events set data = '{}' where seq_id = 3");
        await RefusedAsync(places.There, places.Here, "what has arrived is not what was sent: 5 events");
        Assert.Contains("is given up", await MoveAsync(places.There, places.Here, TestStore.Tenant, "--abort"), StringComparison.Ordinal);
        Assert.Equal(200, (await node.SendAsync(places.There, 0)).Status);
    }

    [Fact]
    public async Task Steps_of_another_move_or_out_of_turn_are_refused()
    {
        await using Places places = await StartAsync(postgres);
        await places.Here.EnrollAsync("node-a");
        string place = $"place={Url(places.There)}";
        string move = $"move={(await StepAsync(places.Here, "leave", place)).GetProperty("move").GetString()}";
        string other = $"move={Guid.NewGuid()}";
        string from = $"place={Url(places.Here)}";
        await StepAsync(places.There, "arrive", $"{move}&{from}");
        foreach ((TestServer server, string step, string query, string error) in new[]
        {
            (places.Here, "leave", "place=http://127.0.0.1:2", "is leaving for http"),
            (places.Here, "seal", other, "run the command again"),
            (places.Here, "hand-over", move, "run the command again"),
            (places.There, "arrive", $"{other}&{from}", "in another move"),
            (places.There, "settle", move, "was not compared yet"),
            (places.There, "settle", other, "run the command again"),
        })
        {
            (int status, JsonElement body) = await server.PostAsync($"/v1/store/move/{step}?site={TestStore.Tenant}&{query}");
            Assert.True(status == 409 && body.GetProperty("error").GetString()!.Contains(error, StringComparison.Ordinal), $"{step} {query}: {status} {body}");
        }

        foreach (string what in new[] { "events", "rows" })
        {
            (int status, _, _) = await places.Here.GetAsync($"/v1/store/move/{what}?site={TestStore.Tenant}&{move}", File.ReadAllText(places.Here.TokenFile).Trim());
            Assert.Equal(409, status);
        }
    }

    [Fact]
    public async Task It_is_decided_for_every_table_what_becomes_of_a_tenants_rows()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        Assert.Equal(
            string.Join(' ', TenantTable.All.Select(table => table.Name).Order(StringComparer.Ordinal)),
            await store.ScalarAsync<string>("""
                select string_agg(table_name, ' ' order by table_name collate "C") from information_schema.columns
                where table_schema = '{s}' and column_name in ('tenant', 'tenant_id')
                """));
    }

    private static async Task RefusedAsync(TestServer from, TestServer to, string error, string site = TestStore.Tenant)
    {
        (int exit, string output, string said) = await TryMoveAsync(from, to, site);
        Assert.True(exit == 1 && said.Contains(error, StringComparison.Ordinal), $"{exit}: {output}{said}");
    }
}
