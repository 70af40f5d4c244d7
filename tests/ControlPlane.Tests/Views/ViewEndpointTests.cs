using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.ControlPlane.Views;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Views;

/// <summary>Views through the whole server: from a node's request to what people read.</summary>
public sealed class ViewEndpointTests(PrivatePostgres postgres)
{
    private const string Range = "--from 2026-11-23T13:59:00Z --to 2026-11-23T14:01:01Z --utc";

    [Fact]
    public async Task What_two_nodes_did_is_told_from_every_side()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        NodeScript a = Failover.NodeA();
        a.Add(5, new ConfigurationLoaded("node-a", "/etc/k.conf", new string('a', 64), "vrrp one\n", []));
        a.Add(6, new ConfigurationLoaded("node-a", "/etc/k.conf", new string('b', 64), "vrrp two\n", ["k.conf:1:1: warning"]));
        await SendAsync(server, a);
        await SendAsync(server, Failover.NodeB());
        await SendAsync(server, Balancing.Node("lb-1", 30));
        await store.ScalarAsync<int>(
            "with c as (insert into {s}.kes_node_clocks values ('site-1', 'node-a', '2026-11-23 14:00:00Z', '0.25 s', '0.001 s') returning 1) select 1 from c");

        string node = await TextAsync(server, "audit node node-a --at 2026-11-23T14:00:05.5Z --config --utc");
        Assert.Contains("State:          running since 2026-11-23 14:00:00.000 +00:00", node, StringComparison.Ordinal);
        Assert.Contains("Clock:          its clock is 250 ms ahead, ±1 ms", node, StringComparison.Ordinal);
        Assert.Contains("Version:        0.1.0, pid 100", node, StringComparison.Ordinal);
        Assert.Contains("vrrp one", node, StringComparison.Ordinal);
        NodeSheet later = JsonSerializer.Deserialize<NodeSheet>(
            await TextAsync(server, "audit node node-a --at 2026-11-23T14:00:07Z --json"), Api.ApiJson.Options)!;
        Assert.Equal((new string('b', 64), null, true), (later.Configuration!.Sha256, later.Configuration.Text, later.Silent));

        Assert.Contains("VI_1 became MASTER: the Master-down timer expired", await TextAsync(server, $"audit instance node-a VI_1 {Range}"), StringComparison.Ordinal);
        string address = await TextAsync(server, $"audit address 10.51.0.100 {Range}");
        Assert.Contains("node-b, as far as is known", address, StringComparison.Ordinal);
        Assert.Contains("2026-11-23 14:00:03.750", address, StringComparison.Ordinal);
        Availability[] availability = JsonSerializer.Deserialize<Availability[]>(
            await TextAsync(server, $"audit availability {Range} --json"), Api.ApiJson.Options)!;
        Assert.Equal("10.51.0.100", Assert.Single(availability).Address);

        Assert.Contains("hook notify_master VI_1 ended with 0 after 838 ms", await TextAsync(server, $"audit runs --node node-b {Range}"), StringComparison.Ordinal);
        Assert.StartsWith("No run from", await TextAsync(server, $"audit runs --failed {Range}"), StringComparison.Ordinal);
        string health = await TextAsync(server, $"audit health shop --server {Balancing.First} {Range}", mayMiss: "no node had a virtual server 'shop'");
        Assert.Contains("connection refused", health, StringComparison.Ordinal);
        Assert.DoesNotContain("198.51.100.12", health.Split("is configured")[0], StringComparison.Ordinal);
        Assert.Contains("-vrrp one\n+vrrp two\n", await TextAsync(server, $"audit config node-a --diff {Range}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node?node=node-x", 404, "no node 'node-x' is enrolled")]
    [InlineData("node?node=node-x&at=noon", 400, "at 'noon': ISO 8601")]
    [InlineData("instance?node=node-x&instance=VI_1", 404, "no node 'node-x' is enrolled")]
    [InlineData("address?address=192.0.2.1", 404, "no node had the address '192.0.2.1' configured")]
    [InlineData("address?address=192.0.2.1&from=2026-11-23T14:00:00Z&to=2026-11-23T13:00:00Z", 400, "from '2026-11-23T14:00:00Z', to ")]
    [InlineData("runs?limit=0", 400, "limit 0 is out of range, allowed 1 to 10000")]
    [InlineData("health?service=shop", 404, "no node had a virtual server 'shop'")]
    [InlineData("config?node=node-x", 404, "no node 'node-x' is enrolled")]
    public async Task A_request_that_makes_no_sense_is_told_why(string path, int status, string error)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        Assert.Equal(401, (await server.GetAsync($"/v1/audit/{path}")).Status);
        (int answered, JsonElement body, _) = await server.GetAsync($"/v1/audit/{path}", File.ReadAllText(server.TokenFile).Trim());
        Assert.Equal(status, answered);
        Assert.StartsWith(error, body.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_several_sites_have_needs_the_site()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        await server.EnrollAsync("node-a", "berlin");
        await server.EnrollAsync("node-a", "paris");
        (int exit, _, string error) = await server.RunAsync("audit", "node", "node-a");
        Assert.Equal((1, "kes: node 'node-a' is at several sites: berlin, paris; name one\n"), (exit, error));
        Assert.Contains("it has not said anything yet", await TextAsync(server, "audit node node-a --site paris"), StringComparison.Ordinal);
    }

    /// <param name="mayMiss">Asked again while the error begins so: the board knows names a moment later.</param>
    private static async Task<string> TextAsync(TestServer server, string arguments, string? mayMiss = null)
    {
        for (int turn = 0; ; turn++)
        {
            (int exit, string text, string error) = await server.RunAsync(arguments.Split(' '));
            if (exit == 0)
            {
                return text;
            }

            Assert.True(turn < 500 && mayMiss is not null && error.Contains(mayMiss, StringComparison.Ordinal), error);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task SendAsync(TestServer server, NodeScript script)
    {
        string token = await server.EnrollAsync(script.Node);
        Assert.Equal(200, (await server.IngestAsync(token, script.Bytes(1, script.Lines.Count))).Status);
    }
}
