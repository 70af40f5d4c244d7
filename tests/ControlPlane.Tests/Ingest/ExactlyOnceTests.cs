using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Ingest;

public sealed class ExactlyOnceTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_is_stored_with_origin_causes_and_exact_bytes()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript script = new NodeScript("node-a").Fill(20);
        await SendAsync(store, script, 1, 7);
        await SendAsync(store, script, 8, 13);
        RecordedEvent[] events = [.. (await store.Events.ReadAllAsync(0, 100, Stop)).Events];
        Assert.Equal(20, events.Length);
        for (int i = 0; i < 20; i++)
        {
            NodeRecord record = script.Lines[i].Record;
            Assert.Equal(
                (NodeRecord.EventId("node-a", "boot-1", i + 1), record.Stream, record.Wall,
                    new RecordedOrigin("node-a", "boot-1", i + 1, HybridTimestamp.Parse(record.Hlc), record.Mono)),
                (events[i].Id, events[i].Stream, events[i].Time, events[i].Origin));
            Assert.IsType<TimerLate>(events[i].Event);
        }

        Assert.Equal("node-a/boot-1/4", events[4].CausationId);
        Assert.Equal("node-a/boot-1/9", events[9].CausationId);
        Assert.Equal(["node-a/boot-1/4", "node-a/boot-1/6", "node-a/boot-1/9"], new[] { 4, 5, 9 }.Select(i => events[i].CorrelationId));
        Assert.Equal(
            string.Concat(script.Lines.Select(line => line.Canonical)),
            await store.ScalarAsync<string>("select string_agg(convert_from(canonical, 'UTF8'), '' order by node_sequence) from {s}.kes_node_events"));
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task A_chain_of_causes_over_several_batches_has_one_correlation()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript script = new("node-a");
        script.Add(0, new NodeStopped("node-a", "SIGTERM"));
        for (long i = 1; i < 6; i++)
        {
            script.Add(i, new NodeStopped("node-a", "SIGTERM"), cause: i);
        }

        await SendAsync(store, script, 1, 2);
        await SendAsync(store, script, 3, 2);
        await SendAsync(store, script, 5, 2);
        Assert.Equal("node-a/boot-1/1",
            await store.ScalarAsync<string>("select string_agg(distinct correlation_id, ' ') from {s}.mt_events"));
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 12)];

    [Theory, MemberData(nameof(Seeds))]         // repeated, overlapping, out of order, at the same time over several connections
    public async Task Whatever_the_order_of_batches_each_record_is_stored_once(int seed)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript script = new NodeScript("node-a").Fill(60);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(sender => Task.Run(async () =>
        {
            Random random = new((seed * 10) + sender);
            long head = 0;
            while (head < 60)
            {
                long first = Math.Max(1, head + 1 - random.Next(10) + random.Next(3));
                head = Math.Max(head, await HeadAfterAsync(store, script, Math.Min(first, 60), random.Next(1, 20)));
            }
        })));
        Assert.Equal(60L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
        Assert.Equal(60L, await store.ScalarAsync<long>("select count(distinct id) from {s}.mt_events"));
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task A_gap_is_refused_and_names_the_next_sequence()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript script = new NodeScript("node-a").Fill(10);
        Assert.Equal(1, (await RefusedAsync(store, script, 2, 2)).Expected);
        await SendAsync(store, script, 1, 4);
        Assert.Equal((409, 5L), await RefusedAsync(store, script, 6, 2) is var gap ? (gap.Status, gap.Expected!.Value) : default);
        Assert.Equal(4L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
    }

    [Fact]
    public async Task A_second_history_of_the_same_boot_is_refused_and_names_the_sequence()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript script = new NodeScript("node-a").Fill(6);
        NodeScript other = new("node-a");
        foreach (NodeScript.Line line in script.Lines.Take(3))
        {
            other.Add((line.Record.Wall - NodeScript.Origin).TotalSeconds, line.Record.Stream, line.Record.Type, line.Record.Data);
        }

        other.Add(9, new NodeStopped("node-a", "SIGTERM"));
        other.Fill(4);
        await SendAsync(store, script, 1, 6);
        Assert.Equal((422, 4L), await RefusedAsync(store, other, 1, 5) is var inside ? (inside.Status, inside.Sequence!.Value) : default);
        Assert.Equal((422, 7L), await RefusedAsync(store, other, 7, 1) is var behind ? (behind.Status, behind.Sequence!.Value) : default);
        Assert.Equal(6L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
    }

    [Fact]
    public async Task A_boot_that_does_not_continue_a_known_chain_is_taken_and_marked()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript first = new NodeScript("node-a", "boot-1").Fill(3);
        NodeScript second = new NodeScript("node-a", "boot-2", first.LastHash).Fill(3);
        NodeScript third = new NodeScript("node-a", "boot-3", new string('7', 64)).Fill(3);
        foreach (NodeScript script in new[] { first, second, third })
        {
            await SendAsync(store, script, 1, 3);
        }

        Assert.Equal("boot-1 true, boot-2 true, boot-3 false",
            await store.ScalarAsync<string>("select string_agg(boot || ' ' || linked, ', ' order by boot) from {s}.kes_node_boots"));
    }

    [Fact]
    public async Task Two_nodes_of_two_sites_may_have_the_same_name()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript script = new NodeScript("node-a").Fill(3);
        await store.Ingest.StoreAsync("site-1", "node-a", IngestBodyReader.Read(script.Bytes(1, 3), "node-a"), Stop);
        await store.Ingest.StoreAsync("site-2", "node-a", IngestBodyReader.Read(script.Bytes(1, 3), "node-a"), Stop);
        await store.AssertConsistentAsync();
        Assert.Equal(6L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
    }

    [Fact]
    public async Task Contact_is_one_interval_until_the_node_falls_silent()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript script = new NodeScript("node-a").Fill(3);
        await store.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBatch.Heartbeat, Stop);
        await SendAsync(store, script, 1, 3);
        Assert.Equal(1L, await store.ScalarAsync<long>("select count(*) from {s}.kes_node_contact"));
        Assert.True(await store.ScalarAsync<bool>("select contact_to > contact_from from {s}.kes_node_contact"));
        await store.ScalarAsync<int>("with old as (update {s}.kes_node_contact set contact_from = contact_from - interval '1 min', contact_to = contact_to - interval '16 s' returning 1) select 1 from old");
        await store.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBatch.Heartbeat, Stop);
        Assert.Equal(2L, await store.ScalarAsync<long>("select count(*) from {s}.kes_node_contact"));
    }

    private static async Task SendAsync(TestStore store, NodeScript script, long first, int count) =>
        Assert.Equal(first + count - 1,
            await store.Ingest.StoreAsync(TestStore.Tenant, script.Node, IngestBodyReader.Read(script.Bytes(first, count), script.Node),
            Stop));

    private static async Task<long> HeadAfterAsync(TestStore store, NodeScript script, long first, int count)
    {
        try
        {
            return (await store.Ingest.StoreAsync(TestStore.Tenant, script.Node,
                IngestBodyReader.Read(script.Bytes(first, count), script.Node), Stop))!.Value;
        }
        catch (IngestRefusedException gap) when (gap.Refusal.Status == 409)
        {
            return gap.Refusal.Expected!.Value - 1;
        }
    }

    private static async Task<IngestRefusal> RefusedAsync(TestStore store, NodeScript script, long first, int count) =>
        (await Assert.ThrowsAsync<IngestRefusedException>(
            () => store.Ingest.StoreAsync(TestStore.Tenant, script.Node, IngestBodyReader.Read(script.Bytes(first, count), script.Node),
                Stop))).Refusal;
}
