using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.EventStore;

/// <summary>What Marten writes is read, and what it reads is written: docs/marten-compatibility.md.</summary>
public sealed class MartenCompatibilityTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Martens_own_append_function_continues_our_streams()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.StartStreamAsync(TestStore.Tenant, "s", [TestStore.Event()], Stop);
        long[] placed = await store.ScalarAsync<long[]>("""
            select {s}.mt_quick_append_events('s', null, 'site-1', array[gen_random_uuid(), gen_random_uuid()], array['a', 'b'], array['A, X', 'B, X'],
                array['{}', '{}']::jsonb[], array[null, null]::bytea[], array[null, null]::varchar[], array[null, null]::varchar[],
                array[null, 'null']::jsonb[], array[now(), now()], 1)
            """);
        Assert.Equal([3, 2, 3], placed);
        IReadOnlyList<RecordedEvent> events = await store.Events.FetchStreamAsync(TestStore.Tenant, "s", Stop);
        Assert.Equal(["test_happened", "a", "b"], events.Select(e => e.Type));
        Assert.All(events, e => Assert.Null(e.Headers));                     // SQL NULL and JSON null alike
        PostgresException stale = await Assert.ThrowsAsync<PostgresException>(() => store.ScalarAsync<long[]>("""
            select {s}.mt_quick_append_events('s', null, 'site-1', array[gen_random_uuid()], array['a'], array['A, X'], array['{}']::jsonb[],
                array[null]::bytea[], array[null]::varchar[], array[null]::varchar[], array[null]::jsonb[], array[now()], 2)
            """));
        Assert.Equal("MT003", stale.SqlState);
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task Tombstones_of_a_failed_save_are_skipped()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, "s", null, [TestStore.Event()], Stop);
        await ExecuteAsync(store, """
            insert into {s}.mt_streams (tenant_id, id, version) values ('site-1', 'mt_tombstone', 0);
            insert into {s}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type)
            values (nextval('{s}.mt_events_sequence'), gen_random_uuid(), 'mt_tombstone', 2, '{}', 'tombstone', '-infinity', 'site-1', 'JasperFx.Events.Tombstone, JasperFx.Events');
            """);
        await store.Events.AppendAsync(TestStore.Tenant, "s", null, [TestStore.Event()], Stop);
        EventPage page = await store.Events.ReadAllAsync(0, 10, Stop);
        Assert.Equal([1, 3], page.Events.Select(e => e.Position));
        Assert.Equal(3, page.HighWaterMark);
        Assert.Empty(await store.Events.FetchStreamAsync(TestStore.Tenant, "mt_tombstone", Stop));
    }

    [Fact]
    public async Task A_binary_body_is_refused_by_name_when_it_is_read()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, "s", null, [TestStore.Event()], Stop);
        await ExecuteAsync(store, "update {s}.mt_events set bdata = '\\x01'");
        InvalidOperationException refused =
            await Assert.ThrowsAsync<InvalidOperationException>(() => store.Events.FetchStreamAsync(TestStore.Tenant, "s", Stop));
        Assert.Contains("event 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_daemons_page_of_Marten_sees_our_events()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, [new("a", [TestStore.Event()]), new("b", [TestStore.Event(), TestStore.Event()])], Stop);
        Assert.Equal("a1 b1 b2", await store.ScalarAsync<string>("""
            select string_agg(d.stream_id || d.version, ' ' order by d.seq_id) from {s}.mt_events d
            join {s}.mt_streams s on s.id = d.stream_id and s.tenant_id = d.tenant_id
            where d.seq_id > 0 and d.seq_id <= 3 and not d.is_archived and not s.is_archived and d.mt_dotnet_type is not null
            """));
    }

    [Fact]
    public async Task A_stream_that_is_started_twice_as_Marten_does_is_a_collision()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.StartStreamAsync(TestStore.Tenant, "s", [TestStore.Event()], Stop);
        PostgresException collision = await Assert.ThrowsAsync<PostgresException>(
            () => ExecuteAsync(store, "insert into {s}.mt_streams (id, type, version, tenant_id) values ('s', null, 1, 'site-1')"));
        Assert.Equal(("23505", "pkey_mt_streams_tenant_id_id"), (collision.SqlState, collision.ConstraintName));
    }

    private static async Task ExecuteAsync(TestStore store, string sql)
    {
        await using NpgsqlCommand command = store.Database.CreateCommand(sql.Replace("{s}", store.Schema, StringComparison.Ordinal));
        await command.ExecuteNonQueryAsync(Stop);
    }
}
