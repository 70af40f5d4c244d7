using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keepalived.Es.ControlPlane.Tests.Board;

public sealed class BoardTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]                                    // nodes in contact, verdict, masters, phases of node-a and node-b
    [InlineData("node-a node-b", RouterVerdict.SeveralMasters, "node-a node-b", "Master Master")]
    [InlineData("node-b", RouterVerdict.OneMasterKnown, "node-b", "Unknown Master")]
    [InlineData("node-a", RouterVerdict.OneMasterKnown, "node-a", "Master Unknown")]
    [InlineData("", RouterVerdict.Unknown, "", "Unknown Unknown")]
    public void A_silent_node_is_unknown_and_never_backup(string heard, RouterVerdict verdict, string masters, string phases)
    {
        NodeState[] nodes = [Fold(Failover.NodeA()), Fold(Failover.NodeB())];
        BoardView board = BoardComposer.Compose(nodes,
            heard.Split(' ').Select(node => new NodeContact(TestStore.Tenant, node, NodeScript.Origin, true)), NodeScript.Origin);
        BoardRouter router = Assert.Single(board.Routers);
        Assert.Equal((verdict, masters, phases),
            (router.Verdict, string.Join(' ', router.Masters), string.Join(' ', router.Members.Select(m => m.Phase))));
        Assert.All(router.Members, member => Assert.Equal(MemberPhase.Master, member.LastSaid));
    }

    [Fact]
    public void A_node_that_stopped_in_good_order_is_not_unknown()
    {
        NodeScript a = Failover.NodeA();
        a.Add(70, new InstanceStopped("node-a", Failover.Instance, 51, VrrpPhase.Master, TransitionReason.Shutdown, 150,
            NodeScript.Mono(70)));
        a.Add(70.1, new NodeStopped("node-a", "SIGTERM"));
        BoardMember member = Assert.Single(Assert.Single(BoardComposer.Compose([Fold(a)], [], NodeScript.Origin).Routers).Members);
        Assert.Equal((MemberPhase.Stopped, NodeScript.Origin.AddSeconds(70)), (member.Phase, member.Since));
    }

    [Fact]
    public void A_node_that_starts_again_is_not_what_it_was_before()
    {
        NodeScript again = new("node-a", "boot-a2");
        again.Add(90, new NodeStarted("node-a", TestStore.Tenant, "0.1.0", "kernel-a", 1, ""));
        NodeState state = again.Recorded(50).Aggregate(Fold(Failover.NodeA()), (before, e) => before.Apply(e));
        Assert.True(state.Instances[Failover.Instance].Stopped);
        Assert.Equal("boot-a2", state.Boot);
    }

    [Theory]                                    // name and base priority after a reload; the phase goes on, a new effective priority is an event of its own
    [InlineData("VI_1", null)]
    [InlineData("VI_new", "VI_1")]
    public void A_reload_moves_nobody_and_a_new_name_is_the_same_instance(string name, string? former)
    {
        NodeScript a = Failover.NodeA();
        a.Add(50, Failover.Configured("node-a", Failover.SourceA, 120) with { Instance = name, VirtualAddresses = ["10.51.0.100/24", "10.51.0.101/24"], Phase = VrrpPhase.Master, Former = former });
        InstanceState instance = Assert.Single(Fold(a).Instances).Value;
        Assert.Equal((name, VrrpPhase.Master, false, 150, 2), (instance.Instance, instance.Phase, instance.Stopped, (int)instance.Priority, instance.Addresses.Count));
        Assert.Equal(NodeScript.Origin.AddSeconds(4), instance.Since);
        a.Add(50.1, new PriorityChanged("node-a", name, 150, 120, 120, new Dictionary<string, int>()));
        Assert.Equal(120, (int)Fold(a).Instances[name].Priority);
    }

    [Fact]
    public void Folding_twice_is_folding_once()
    {
        RecordedEvent[] events = [.. Failover.NodeB().Recorded(1)];
        NodeState once = events.Aggregate(NodeState.Empty(TestStore.Tenant, "node-b"), (s, e) => s.Apply(e));
        Assert.Equal(once, events.Aggregate(once, (s, e) => s.Apply(e)));
        Assert.Equal((VrrpPhase.Master, "10.51.0.100/24", "IPv4"), once.Instances[Failover.Instance] is var i
            ? (i.Phase, i.Addresses[0], i.Family) : default);
    }

    [Fact]
    public async Task The_projection_catches_up_resumes_and_rebuilds_to_the_same_rows()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        BoardStore rows = new(store.Database, store.Schema);
        NodeScript a = Failover.NodeA();
        NodeScript b = Failover.NodeB();
        await SendAsync(store, a, 1, a.Lines.Count);
        await SendAsync(store, b, 1, 4);
        ProjectionRegister register = new(store.Database, store.Schema);
        await register.VersionsAsync(new BoardProjection(rows), Stop);
        await Shard(store, rows).CatchUpAsync(Stop);
        Assert.Equal(VrrpPhase.Backup, await PhaseAsync(rows));
        await SendAsync(store, b, 5, b.Lines.Count - 4);
        await Task.WhenAll(Shard(store, rows).CatchUpAsync(Stop), Shard(store, rows).CatchUpAsync(Stop));
        await Shard(store, rows).CatchUpAsync(Stop);
        Assert.Equal(VrrpPhase.Master, await PhaseAsync(rows));
        string folded = await store.ScalarAsync<string>("select string_agg(state::text, ' ' order by node) from {s}.kes_board");
        await register.OrderRebuildAsync(new BoardProjection(rows), Stop);
        await new ProjectionRebuild(store.Database, store.Schema, store.Events, new BoardProjection(rows), register, NullLogger.Instance).BuildAsync(Stop);
        Assert.Equal(folded, await store.ScalarAsync<string>("select string_agg(state::text, ' ' order by node) from {s}.kes_board where version = 2"));
        Assert.Equal(2L, await store.ScalarAsync<long>("select count(*) from {s}.kes_board"));
        Assert.Equal(VrrpPhase.Master, await PhaseAsync(rows));
        Assert.Equal(a.Lines.Count + b.Lines.Count, (await rows.LoadAsync(Stop)).Position);
    }

    private static ProjectionShard Shard(TestStore store, BoardStore rows) => new(store.Database, store.Schema, store.Events, new BoardProjection(rows));

    private static async Task<VrrpPhase> PhaseAsync(BoardStore rows) =>
        (await rows.LoadAsync(Stop)).Nodes.Single(node => node.Node == "node-b").Instances[Failover.Instance].Phase;

    private static Task<long?> SendAsync(TestStore store, NodeScript script, long first, int count) =>
        store.Ingest.StoreAsync(TestStore.Tenant, script.Node, IngestBodyReader.Read(script.Bytes(first, count), script.Node), Stop);

    private static NodeState Fold(NodeScript script) =>
        script.Recorded(1).Aggregate(NodeState.Empty(TestStore.Tenant, script.Node), (state, e) => state.Apply(e));
}
