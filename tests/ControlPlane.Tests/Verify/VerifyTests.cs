using Keepalived.Es.ControlPlane.Audit.Verify;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Tests.Verify;

/// <summary>Each test changes the database as somebody would who has its password.</summary>
public sealed class VerifyTests(PrivatePostgres postgres)
{
    private const string Of10 = "where node = 'node-a' and boot = 'boot-1' and node_sequence = 10";
    private const string Event10 = "where seq_id = (select seq_id from {s}.kes_node_events " + Of10 + ")";

    [Fact]
    public async Task A_store_that_nobody_touched_has_no_difference()
    {
        await using TestStore store = await StoredAsync();
        (VerifyReport report, _) = await VerifyAsync(store);
        Assert.Null(report.First);
        Assert.Equal((2, 3, 66L, 67L, 66L), (report.Looked.Nodes, report.Looked.Boots, report.Looked.Records, report.Looked.Events, report.Looked.Unsigned));
        Assert.Equal((0, 2L, 0L), (report.Looked.Unlinked, report.Looked.Decisions, report.Looked.Undecided));
    }

    [Theory]
    [InlineData("data of the event", 10, "update {s}.mt_events set data = jsonb_set(data, '{Instance}', '\"VI_9\"') " + Event10)]
    [InlineData("type of the event", 10, "update {s}.mt_events set type = 'link_changed' " + Event10)]
    [InlineData("timestamp of the event", 10, "update {s}.mt_events set timestamp = timestamp + interval '1 microsecond' " + Event10)]
    [InlineData("id of the event", 10, "update {s}.mt_events set id = gen_random_uuid() " + Event10)]
    [InlineData("headers of the event", 10, "update {s}.mt_events set headers = jsonb_set(headers, '{boot}', '\"b\"') " + Event10)]
    [InlineData("wall clock of the record", 10, "update {s}.kes_node_events set wall = wall - interval '1 hour' " + Of10)]
    [InlineData("the hash is that of the record's bytes", 10, "update {s}.kes_node_events set canonical = convert_to(replace(convert_from(canonical, 'UTF8'), 'VI_0', 'VI_9'), 'UTF8') " + Of10)]
    [InlineData("the record follows the one before", 11, """
        update {s}.mt_events set data = replace(data::text, '00:00:00.0090000', '00:00:00.0010000')::jsonb where seq_id = (
            select seq_id from {s}.kes_node_events where node = 'node-a' and boot = 'boot-1' and node_sequence = 10);
        update {s}.kes_node_events set canonical = convert_to(replace(convert_from(canonical, 'UTF8'), '00:00:00.0090000', '00:00:00.0010000'), 'UTF8')
        where node = 'node-a' and boot = 'boot-1' and node_sequence = 10;
        update {s}.kes_node_events set hash = encode(sha256(convert_to(previous_hash, 'UTF8') || canonical), 'hex')
        where node = 'node-a' and boot = 'boot-1' and node_sequence = 10
        """)]
    public async Task A_tampered_row_is_found(string what, long sequence, string sql)
    {
        await using TestStore store = await StoredAsync();
        await store.ExecuteAsync(sql);
        VerifyDifference first = (await VerifyAsync(store)).Report.First!;
        Assert.Equal((what, sequence), (first.What, first.Sequence!.Value));
        Assert.Equal((TestStore.Tenant, "node-a", "boot-1"), (first.Site, first.Node, first.Boot));
    }

    [Theory]
    [InlineData("no record is missing", 10, "delete from {s}.kes_node_events " + Of10)]
    [InlineData("the record's event is in mt_events", 10, "delete from {s}.mt_events " + Event10)]
    [InlineData("no record is missing", 1, "delete from {s}.kes_node_events where node = 'node-a' and boot = 'boot-1' and node_sequence < 10")]
    [InlineData("the boot of these records is in kes_node_boots", 1, "delete from {s}.kes_node_boots where boot = 'boot-2'")]
    [InlineData("the boot goes on from another boot of the node", 1,
        "delete from {s}.kes_node_boots where boot = 'boot-1' and node = 'node-a'; delete from {s}.kes_node_events where boot = 'boot-1' and node = 'node-a'")]
    [InlineData("the boot's last record", 21, "delete from {s}.kes_node_events where node = 'node-a' and boot = 'boot-2' and node_sequence > 20")]
    [InlineData("the boot's last record", 21, "update {s}.kes_node_boots set last_sequence = 20 where boot = 'boot-2'")]
    public async Task A_deleted_row_is_found(string what, long sequence, string sql)
    {
        await using TestStore store = await StoredAsync();
        await store.ExecuteAsync(sql);
        VerifyDifference first = (await VerifyAsync(store)).Report.First!;
        Assert.Equal((what, sequence, "node-a"), (first.What, first.Sequence!.Value, first.Node));
    }

    [Theory]
    [InlineData("the record follows the one before", """
        update {s}.kes_node_events set node_sequence = -1 where boot = 'boot-1' and node_sequence = 10;
        update {s}.kes_node_events set node_sequence = 10 where boot = 'boot-1' and node_sequence = 11;
        update {s}.kes_node_events set node_sequence = 11 where boot = 'boot-1' and node_sequence = -1
        """)]
    [InlineData("the event stands behind the one before it in vrrp/node-a/VI_0", """
        update {s}.mt_events set version = -1 where stream_id = 'vrrp/node-a/VI_0' and version = 4;
        update {s}.mt_events set version = 4 where stream_id = 'vrrp/node-a/VI_0' and version = 5;
        update {s}.mt_events set version = 5 where stream_id = 'vrrp/node-a/VI_0' and version = -1
        """)]
    [InlineData("the record stands behind the one before it", """
        create temp table p as select k.node_sequence, k.seq_id from {s}.kes_node_events k where node = 'node-a' and boot = 'boot-1' and node_sequence in (10, 13);
        update {s}.kes_node_events k set seq_id = -p.seq_id from p where k.seq_id = p.seq_id;
        update {s}.mt_events e set seq_id = -p.seq_id from p where e.seq_id = p.seq_id;
        update {s}.kes_node_events k set seq_id = (select seq_id from p where p.seq_id <> -k.seq_id) where k.seq_id < 0;
        update {s}.mt_events e set seq_id = (select seq_id from p where p.seq_id <> -e.seq_id) where e.seq_id < 0
        """)]
    public async Task A_reordered_pair_is_found(string what, string sql)
    {
        await using TestStore store = await StoredAsync();
        await store.ExecuteAsync(sql);
        Assert.Equal(what, (await VerifyAsync(store)).Report.First!.What);
    }

    [Theory]
    [InlineData("an event of vrrp/node-a/VI_0 is a record of its node", """
        insert into {s}.mt_events (seq_id, id, stream_id, version, data, type, tenant_id)
        select 9999, gen_random_uuid(), id, version + 1, '{}', 'instance_became_master', tenant_id from {s}.mt_streams where id = 'vrrp/node-a/VI_0';
        update {s}.mt_streams set version = version + 1 where id = 'vrrp/node-a/VI_0'
        """)]
    [InlineData("the last event of other", "delete from {s}.mt_events where stream_id = 'other'")]
    public async Task What_no_node_has_said_is_found(string what, string sql)
    {
        await using TestStore store = await StoredAsync();
        await store.ExecuteAsync(sql);
        Assert.Equal(what, (await VerifyAsync(store)).Report.First!.What);
    }

    [Fact]
    public async Task A_decision_that_the_machine_does_not_make_is_found()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript b = Played.Script("node-b", TransitionReason.PreemptedLowerPriority);
        await StoreAsync(store, b);
        VerifyDifference first = (await VerifyAsync(store)).Report.First!;
        Assert.Equal(("VI_1 decides as recorded", 6L), (first.What, first.Sequence!.Value));
    }

    [Fact]
    public async Task A_range_is_verified_by_itself()
    {
        await using TestStore store = await StoredAsync();
        VerifyScope late = new(From: NodeScript.Origin.AddSeconds(0.0195), Node: "node-a");
        VerifyReport report = (await VerifyAsync(store, late)).Report;
        Assert.Equal((null, 20L), (report.First, report.Looked.Records));
        VerifyScope early = late with { From = null, To = NodeScript.Origin.AddSeconds(0.0085) };
        Assert.Equal(18L, (await VerifyAsync(store, early)).Report.Looked.Records);

        await store.ExecuteAsync("delete from {s}.kes_node_events " + Of10);
        Assert.Null((await VerifyAsync(store, late)).Report.First);
        Assert.Null((await VerifyAsync(store, early)).Report.First);
        Assert.Equal(10L, (await VerifyAsync(store, early with { To = NodeScript.Origin.AddSeconds(0.0105) })).Report.First!.Sequence);
        Assert.Equal(10L, (await VerifyAsync(store, late with { From = NodeScript.Origin.AddSeconds(0.0095) })).Report.First!.Sequence);
    }

    /// <summary>node-a in two boots of 30 records, node-b in one with a fail-over that the machine made, and a stream that is nobody's.</summary>
    private async Task<TestStore> StoredAsync()
    {
        TestStore store = await postgres.CreateStoreAsync();
        NodeScript a = new NodeScript("node-a").Fill(30);
        await StoreAsync(store, a);
        await StoreAsync(store, new NodeScript("node-a", "boot-2", a.LastHash).Fill(30));
        await StoreAsync(store, Played.Script("node-b"));
        await store.Events.AppendAsync(TestStore.Tenant, [new StreamAppend("other", [TestStore.Event()])], TestContext.Current.CancellationToken);
        return store;
    }

    private static async Task StoreAsync(TestStore store, NodeScript script)
    {
        for (int first = 1; first <= script.Lines.Count; first += 25)
        {
            await store.Ingest.StoreAsync(
                TestStore.Tenant, script.Node, IngestBodyReader.Read(script.Bytes(first, 25), script.Node), TestContext.Current.CancellationToken);
        }
    }

    private static async Task<(VerifyReport Report, List<VerifyLine> Lines)> VerifyAsync(TestStore store, VerifyScope? scope = null)
    {
        List<VerifyLine> lines = [];
        Task Tell(VerifyLine line)
        {
            lines.Add(line);
            return Task.CompletedTask;
        }

        return (await new StoreVerifier(store.Database, store.Schema).RunAsync(scope ?? new VerifyScope(), Tell, TestContext.Current.CancellationToken), lines);
    }
}
