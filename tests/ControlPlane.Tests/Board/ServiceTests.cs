using System.Text;
using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Board;

public sealed class ServiceTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_board_knows_servers_weights_drains_and_quorum()
    {
        NodeScript script = Balancing.Node("node-a", 20);
        script.Add(21, new RealServerDrained("node-a", Balancing.Service, Balancing.Second, true, null, "anna"));
        script.Add(22, new RealServerWeightChanged("node-a", Balancing.Service, Balancing.Second, 1, 5, "reload"));
        ServiceState service = Assert.Single(Fold(script).Services).Value;
        Assert.Equal((false, 4L, "shop"), (service.HasQuorum, service.Quorum, service.Label));
        Assert.Equal((false, "TCP_CHECK 198.51.100.11:80 connection refused"), (service.Servers[Balancing.First].IsAlive, service.Servers[Balancing.First].Cause));
        Assert.Equal((true, true, 5), (service.Servers[Balancing.Second].IsAlive, service.Servers[Balancing.Second].IsDrained, service.Servers[Balancing.Second].Weight));
        script.Add(30, new QuorumGained("node-a", Balancing.Service, 8, 4, 0));
        script.Add(31, new VirtualServerRemoved("node-a", Balancing.Service, "reload"));
        Assert.Empty(Fold(script).Services);
    }

    [Fact]
    public void Folding_twice_is_folding_once()
    {
        RecordedEvent[] events = [.. Balancing.Node("node-a", 20).Recorded(1)];
        NodeState once = events.Aggregate(NodeState.Empty(TestStore.Tenant, "node-a"), (state, e) => state.Apply(e));
        Assert.Equal(once, events.Aggregate(once, (state, e) => state.Apply(e)));
    }

    /// <summary>The whole way: a command for every node that has the server, the answer by the node's acknowledgement, what is shown of it.</summary>
    [Fact]
    public async Task A_drain_reaches_the_node_until_it_is_acknowledged_and_not_after()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        NodeScript script = Balancing.Node("node-a", 20);
        await server.IngestAsync(token, script.Bytes(1, script.Lines.Count));
        await Until(async () => (await server.RunAsync("status", "--utc")).Out.Contains("198.51.100.12", StringComparison.Ordinal));
        Assert.Contains("DOWN", (await server.RunAsync("status", "--utc")).Out, StringComparison.Ordinal);
        (int wrong, _, string error) = await server.RunAsync("node", "drain", "shop", "198.51.100.99", "--site", TestStore.Tenant);
        Assert.Equal(1, wrong);
        Assert.Contains($"shop has no real server '198.51.100.99'; there are: {Balancing.First}, {Balancing.Second}", error, StringComparison.Ordinal);

        Task<(int Exit, string Out, string Error)> draining = server.RunAsync("node", "drain", "shop", "198.51.100.12", "--for", "10m", "--site", TestStore.Tenant);
        JsonElement command = default;
        await Until(async () => (await server.IngestAsync(token, [])).Body.TryGetProperty("commands", out JsonElement list) && (command = list[0]).ValueKind == JsonValueKind.Object);
        Assert.Equal(("drain", 600.0), (command.GetProperty("kind").GetString(), command.GetProperty("forSeconds").GetDouble()));
        int sent = script.Lines.Count;
        script.Add(40, new CommandAcknowledged("node-a", command.GetProperty("id").GetString()!, "drain", "anna", null));
        Assert.Equal(200, (await server.IngestAsync(token, Encoding.UTF8.GetBytes(script.Body(sent + 1, 1)))).Status);
        (int exit, string output, _) = await draining;
        Assert.Equal((0, "node-a: 198.51.100.12 of shop gets no new connections for 0:10:00\n"), (exit, output));
        Assert.False((await server.IngestAsync(token, [])).Body.TryGetProperty("commands", out _));
    }

    private static NodeState Fold(NodeScript script) =>
        script.Recorded(1).Aggregate(NodeState.Empty(TestStore.Tenant, script.Node), (state, e) => state.Apply(e));

    private static async Task Until(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Stop);
        }
    }
}
