using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.EventStore;

public sealed class AppendTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Appended_events_come_back_as_they_went_in()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NewEvent e = new(Guid.NewGuid(), "test_happened", """{"A": 1, "B": "x"}""", new DateTimeOffset(2026, 11, 23, 14, 0, 0, 123, TimeSpan.FromHours(5)), "c", "d");
        IReadOnlyList<AppendedEvent> places = await store.Events.AppendAsync(TestStore.Tenant, "s", null, [e], Stop);
        RecordedEvent read = Assert.Single(await store.Events.FetchStreamAsync(TestStore.Tenant, "s", Stop));
        Assert.Equal(new AppendedEvent(1, 1), Assert.Single(places));
        Assert.Equal((1L, TestStore.Tenant, "s", 1L, e.Id, e.Type, e.Timestamp.ToUniversalTime(), "c", "d"),
            (read.Position, read.Tenant, read.Stream, read.Version, read.Id, read.Type, read.Time, read.CorrelationId, read.CausationId));
        Assert.Equal("x", read.Data.GetProperty("B").GetString());
        Assert.Null(read.Event);
    }

    [Theory]                                   // events there, expected version, outcome
    [InlineData(0, null, "ok")]
    [InlineData(3, null, "ok")]
    [InlineData(0, 0L, "ok")]
    [InlineData(3, 3L, "ok")]
    [InlineData(3, 0L, "exists")]
    [InlineData(3, 2L, "3")]
    [InlineData(3, 4L, "3")]
    [InlineData(0, 1L, "0")]                   // a missing stream is not at version 1
    public async Task Append_checks_the_expected_version(int there, long? expected, string outcome)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, "s", null, [.. Enumerable.Range(0, there).Select(_ => TestStore.Event())], Stop);
        string seen = "ok";
        try
        {
            await store.Events.AppendAsync(TestStore.Tenant, "s", expected, [TestStore.Event(), TestStore.Event()], Stop);
        }
        catch (ExistingStreamIdCollisionException)
        {
            seen = "exists";
        }
        catch (EventStreamUnexpectedMaxEventIdException conflict)
        {
            seen = $"{conflict.ActualVersion}";
        }

        Assert.Equal(outcome, seen);
        int stored = there + (outcome == "ok" ? 2 : 0);
        Assert.Equal(stored, (await store.Events.FetchStreamAsync(TestStore.Tenant, "s", Stop)).Count);
        Assert.Equal(stored == 0, await store.Events.FetchStreamStateAsync(TestStore.Tenant, "s", Stop) is null);
        Assert.Equal(stored,
            await store.ScalarAsync<long>("select case when is_called then last_value else 0 end from {s}.mt_events_sequence"));
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task A_conflict_in_one_stream_writes_nothing_to_the_others()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.StartStreamAsync(TestStore.Tenant, "b", [TestStore.Event()], Stop);
        await Assert.ThrowsAsync<ExistingStreamIdCollisionException>(() => store.Events.AppendAsync(
            TestStore.Tenant, [new StreamAppend("a", [TestStore.Event()]), new StreamAppend("b", [TestStore.Event()], 0)], Stop));
        Assert.Empty(await store.Events.FetchStreamAsync(TestStore.Tenant, "a", Stop));
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task Streams_of_two_tenants_do_not_meet()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.StartStreamAsync("one", "s", [TestStore.Event()], Stop);
        await store.Events.StartStreamAsync("two", "s", [TestStore.Event(), TestStore.Event()], Stop);
        Assert.Single(await store.Events.FetchStreamAsync("one", "s", Stop));
        Assert.Equal(2, (await store.Events.FetchStreamStateAsync("two", "s", Stop))!.Version);
    }

    [Theory]                                   // from, to, seconds, versions
    [InlineData(0, 0, null, "1 2 3 4 5")]
    [InlineData(3, 0, null, "3 4 5")]
    [InlineData(0, 2, null, "1 2")]
    [InlineData(2, 4, null, "2 3 4")]
    [InlineData(0, 0, 3, "1 2 3")]
    [InlineData(0, 0, 0, "")]
    public async Task Fetch_reads_a_stretch_of_a_stream(long from, long to, int? seconds, string versions)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NewEvent[] events = [.. Enumerable.Range(1, 5).Select(i => TestStore.Event() with { Timestamp = NodeScript.Origin.AddSeconds(i) })];
        await store.Events.StartStreamAsync(TestStore.Tenant, "s", events, Stop);
        DateTimeOffset? until = seconds is { } s ? NodeScript.Origin.AddSeconds(s) : null;
        IReadOnlyList<RecordedEvent> read = await store.Events.FetchStreamAsync(TestStore.Tenant, "s", Stop, to, until, from);
        Assert.Equal(versions, string.Join(' ', read.Select(e => e.Version)));
    }

    [Fact]
    public async Task An_archived_stream_is_hidden_and_takes_nothing_more()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.StartStreamAsync(TestStore.Tenant, "s", [TestStore.Event()], Stop);
        await store.Events.ArchiveStreamAsync(TestStore.Tenant, "s", Stop);
        Assert.Empty(await store.Events.FetchStreamAsync(TestStore.Tenant, "s", Stop));
        Assert.Empty((await store.Events.ReadAllAsync(0, 10, Stop)).Events);
        await Assert.ThrowsAsync<InvalidStreamOperationException>(() =>
            store.Events.AppendAsync(TestStore.Tenant, "s", null, [TestStore.Event()], Stop));
    }

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
        Assert.Equal(["test_happened", "a", "b"], (await store.Events.FetchStreamAsync(TestStore.Tenant, "s", Stop)).Select(e => e.Type));
        PostgresException stale = await Assert.ThrowsAsync<PostgresException>(() => store.ScalarAsync<long[]>("""
            select {s}.mt_quick_append_events('s', null, 'site-1', array[gen_random_uuid()], array['a'], array['A, X'], array['{}']::jsonb[],
                array[null]::bytea[], array[null]::varchar[], array[null]::varchar[], array[null]::jsonb[], array[now()], 2)
            """));
        Assert.Equal("MT003", stale.SqlState);
        await store.AssertConsistentAsync();
    }
}
