using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Nodes;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Tests.Board;

public sealed class BoardHistoryTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]                                    // seed; with 0 no clock goes back
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_past_board_from_kept_states_is_the_fold_of_all_events_until_then(int seed)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript[] scripts = [Script("node-a", seed), Script("node-b", seed + 100)];
        NodeRegister register = new(store.Database, store.Schema);
        foreach (NodeScript script in scripts)
        {
            await register.EnrollAsync(TestStore.Tenant, script.Node, Stop);
            for (int first = 1; first <= script.Lines.Count; first += 150)
            {
                byte[] body = script.Bytes(first, 150);
                await store.Ingest.StoreAsync(TestStore.Tenant, script.Node, IngestBodyReader.Read(body, script.Node), Stop);
            }
        }

        BoardProjection projection = new(new BoardStore(store.Database, store.Schema));
        await new ProjectionRegister(store.Database, store.Schema).VersionsAsync(projection, Stop);
        await new ProjectionShard(store.Database, store.Schema, store.Events, projection).CatchUpAsync(Stop);
        Assert.True(await store.ScalarAsync<long>("select count(*) from {s}.kes_board_snapshots") >= 8);
        Assert.Equal(seed > 0, await store.ScalarAsync<long>("select count(*) from {s}.kes_board_late") > 0);

        BoardHistory history = new(store.Database, store.Schema);
        for (int second = -5; second < 700; second += 17)
        {
            DateTimeOffset moment = NodeScript.Origin.AddSeconds(second);
            BoardFold board = new(await history.KeptAsync(moment, Stop));
            IReadOnlyList<RecordedEvent> since = await history.SinceAsync(board.Before.Values, moment, Stop);
            Assert.True(seed > 0 || since.Count <= 2 * BoardFold.KeepAfter, $"{since.Count} events after the kept states");
            foreach (RecordedEvent recorded in since)
            {
                board.Apply(recorded);
            }

            Assert.Equal(
                string.Join('\n', scripts.Select(script => Text(script, moment))),
                string.Join('\n', board.Now().OrderBy(node => node.Node, StringComparer.Ordinal).Select(Text)));
        }
    }

    private static NodeScript Script(string node, int seed)
    {
        Random random = new(seed);
        NodeScript script = new(node);
        int milliseconds = 0;
        for (int i = 0; i < 330; i++)
        {
            milliseconds += seed % 100 > 0 && random.Next(40) == 0 ? -random.Next(60_000) : random.Next(4_000);
            double second = (milliseconds + 0.25) / 1_000;
            InstanceBecameMaster master = new(
                node, $"VI_{random.Next(3)}", 51, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, (byte)random.Next(1, 255), NodeScript.Mono(i),
                RouterAddress.None, 0, null, null);
            script.Add(second, master);
            script.Add(second, new TimerLate(node, "VI_0", NodeScript.Mono(i), TimeSpan.FromMilliseconds(1)));
        }

        return script;
    }

    private static string Text(NodeScript script, DateTimeOffset moment) => Text(script.Recorded(1)
        .Where(e => e.Time <= moment && e.Event is InstanceBecameMaster)
        .Aggregate(NodeState.Empty(TestStore.Tenant, script.Node), (state, e) => state.Apply(e)));

    private static string Text(NodeState state) => $"{state.Node} " + string.Join(
        ", ", state.Instances.Values.Select(i => $"{i.Instance} {i.Phase} {i.Priority} {Math.Floor((i.Since - NodeScript.Origin).TotalMilliseconds)}"));
}
