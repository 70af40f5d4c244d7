using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.EventStore;

/// <summary>What every <see cref="IEventStore"/> does.</summary>
public abstract class EventStoreContract : IAsyncLifetime
{
    private const string Tenant = TestStore.Tenant;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract IEventStore Store { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Appended_events_come_back_as_they_went_in()
    {
        NewEvent e = new(
            Guid.NewGuid(), "test_happened", """{"A": 1, "B": "x"}""", new DateTimeOffset(2026, 11, 23, 14, 0, 0, 123, TimeSpan.FromHours(5)), "c", "d", """{"h": 1}""");
        IReadOnlyList<AppendedEvent> places = await Store.AppendAsync(Tenant, "s", null, [e, TestStore.Event()], Stop);
        IReadOnlyList<RecordedEvent> read = await Store.FetchStreamAsync(Tenant, "s", Stop);
        Assert.Equal([new AppendedEvent(1, 1), new AppendedEvent(2, 2)], places);
        Assert.Equal((1L, Tenant, "s", 1L, e.Id, e.Type, e.Timestamp.ToUniversalTime(), "c", "d"),
            (read[0].Position, read[0].Tenant, read[0].Stream, read[0].Version, read[0].Id, read[0].Type, read[0].Time, read[0].CorrelationId, read[0].CausationId));
        Assert.Equal("x", read[0].Data.GetProperty("B").GetString());
        Assert.Equal(1, JsonElement.Parse(read[0].Headers!).GetProperty("h").GetInt32());
        Assert.Equal((null, null, null, null), (read[1].Headers, read[1].CorrelationId, read[1].CausationId, read[1].Event));
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
        await Store.AppendAsync(Tenant, "s", null, Events(there), Stop);
        string seen = "ok";
        try
        {
            await Store.AppendAsync(Tenant, "s", expected, Events(2), Stop);
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
        Assert.Equal(stored, (await Store.FetchStreamAsync(Tenant, "s", Stop)).Count);
        Assert.Equal(stored == 0 ? null : stored, (await Store.FetchStreamStateAsync(Tenant, "s", Stop))?.Version);
        Assert.Equal(stored, (await Store.ReadAllAsync(0, 10, Stop)).HighWaterMark);          // what was refused burnt no position
    }

    [Fact]
    public async Task A_conflict_in_one_stream_writes_nothing_to_the_others()
    {
        await Store.StartStreamAsync(Tenant, "b", Events(1), Stop);
        await Assert.ThrowsAsync<ExistingStreamIdCollisionException>(
            () => Store.AppendAsync(Tenant, [new StreamAppend("a", Events(1)), new StreamAppend("b", Events(1), 0)], Stop));
        Assert.Empty(await Store.FetchStreamAsync(Tenant, "a", Stop));
    }

    [Fact]
    public async Task Events_of_several_streams_are_placed_in_the_order_given()
    {
        await Store.StartStreamAsync(Tenant, "b", Events(2), Stop);
        IReadOnlyList<AppendedEvent> places = await Store.AppendAsync(
            Tenant, [new StreamAppend("c", Events(1)), new StreamAppend("b", Events(2), 2), new StreamAppend("a", Events(1)), new StreamAppend("c", Events(1))], Stop);
        Assert.Equal([new(3, 1), new(4, 3), new(5, 4), new(6, 1), new(7, 2)], places);
        Assert.Equal("b b c b b a c", string.Join(' ', (await Store.ReadAllAsync(0, 10, Stop)).Events.Select(e => e.Stream)));
        Assert.Equal((4L, 2L), ((await Store.FetchStreamStateAsync(Tenant, "b", Stop))!.Version, (await Store.FetchStreamStateAsync(Tenant, "c", Stop))!.Version));
    }

    [Fact]
    public async Task Streams_of_two_tenants_do_not_meet()
    {
        await Store.StartStreamAsync("one", "s", Events(1), Stop);
        await Store.StartStreamAsync("two", "s", Events(2), Stop);
        Assert.Single(await Store.FetchStreamAsync("one", "s", Stop));
        Assert.Equal(2, (await Store.FetchStreamStateAsync("two", "s", Stop))!.Version);
    }

    [Theory]                                   // from, to, seconds, versions
    [InlineData(0, 0, null, "1 2 3 4 5")]
    [InlineData(3, 0, null, "3 4 5")]
    [InlineData(0, 2, null, "1 2")]
    [InlineData(2, 4, null, "2 3 4")]
    [InlineData(0, 0, 3, "1 2 3")]
    [InlineData(0, 0, 0, "")]
    public async Task A_stretch_of_a_stream_is_read_and_folded(long from, long to, int? seconds, string versions)
    {
        NewEvent[] events = [.. Enumerable.Range(1, 5).Select(i => TestStore.Event() with { Timestamp = NodeScript.Origin.AddSeconds(i) })];
        await Store.StartStreamAsync(Tenant, "s", events, Stop);
        DateTimeOffset? until = seconds is { } s ? NodeScript.Origin.AddSeconds(s) : null;
        Assert.Equal(versions, string.Join(' ', (await Store.FetchStreamAsync(Tenant, "s", Stop, to, until, from)).Select(e => e.Version)));
        Assert.Equal(versions, (await Store.AggregateStreamAsync(Tenant, "s", "", Join, Stop, to, until, from)).Trim());
    }

    [Fact]
    public async Task An_archived_stream_is_hidden_and_takes_nothing_more()
    {
        await Store.StartStreamAsync(Tenant, "s", Events(1), Stop);
        await Store.ArchiveStreamAsync(Tenant, "s", Stop);
        Assert.Empty(await Store.FetchStreamAsync(Tenant, "s", Stop));
        Assert.Empty((await Store.ReadAllAsync(0, 10, Stop)).Events);
        Assert.True((await Store.FetchStreamStateAsync(Tenant, "s", Stop))!.IsArchived);
        await Assert.ThrowsAsync<InvalidStreamOperationException>(() => Store.AppendAsync(Tenant, "s", null, Events(1), Stop));
    }

    [Fact]
    public async Task The_whole_store_is_read_in_pages_up_to_the_high_water_mark()
    {
        await Store.AppendAsync(Tenant, "a", null, Events(3), Stop);
        await Store.AppendAsync("other", "b", null, Events(3), Stop);
        EventPage first = await Store.ReadAllAsync(0, 4, Stop);
        EventPage rest = await Store.ReadAllAsync(first.Events[^1].Position, 4, Stop);
        Assert.Equal("a1 a2 a3 b1 | b2 b3 | 6", $"{Places(first)} | {Places(rest)} | {rest.HighWaterMark}");
        Assert.Empty((await Store.ReadAllAsync(6, 4, Stop)).Events);
        await Store.AppendAsync(Tenant, "a", null, [TestStore.Event(type: "other"), TestStore.Event()], Stop);
        Assert.Equal("a4", Places(await Store.ReadAllAsync(0, 4, Stop, ["other", "third"])));
        static string Places(EventPage page) => string.Join(' ', page.Events.Select(e => $"{e.Stream}{e.Version}"));
    }

    [Fact]
    public async Task A_stream_fetched_for_writing_is_saved_once_and_only_if_nobody_else_appended()
    {
        await using StreamSession<string> fresh = await Store.FetchForWritingAsync(Tenant, "s", "", Join, Stop);
        Assert.Equal((0L, 0L, ""), (fresh.StartingVersion, fresh.CurrentVersion, fresh.State));
        fresh.AppendOne(TestStore.Event());
        fresh.AppendMany(Events(2));
        Assert.Equal(3, fresh.CurrentVersion);
        Assert.Equal([1, 2, 3], (await fresh.SaveAsync(Stop)).Select(e => e.Version));
        await Assert.ThrowsAsync<InvalidOperationException>(() => fresh.SaveAsync(Stop));

        await using StreamSession<string> one = await Store.FetchForWritingAsync(Tenant, "s", "", Join, Stop);
        await using StreamSession<string> other = await Store.FetchForWritingAsync(Tenant, "s", "", Join, Stop);
        Assert.Equal((3L, "1 2 3"), (one.StartingVersion, one.State.Trim()));
        one.AppendOne(TestStore.Event());
        other.AppendOne(TestStore.Event());
        await one.SaveAsync(Stop);
        Assert.Equal(4, (await Assert.ThrowsAsync<EventStreamUnexpectedMaxEventIdException>(() => other.SaveAsync(Stop))).ActualVersion);
        Assert.Equal(4, (await Store.FetchStreamAsync(Tenant, "s", Stop)).Count);
    }

    [Fact]
    public async Task Exclusive_writers_of_a_stream_wait_for_each_other_and_all_succeed()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using StreamSession<int> stream = await Store.FetchForExclusiveWritingAsync(Tenant, "s", 0, (count, _) => count + 1, Stop);
            stream.AppendOne(TestStore.Event($$"""{"Before": {{stream.State}}}"""));
            await stream.SaveAsync(Stop);
        })));
        IReadOnlyList<RecordedEvent> events = await Store.FetchStreamAsync(Tenant, "s", Stop);
        Assert.Equal("0 1 2 3 4 5 6 7", string.Join(' ', events.Select(e => e.Data.GetProperty("Before").GetInt32())));
        Assert.Equal(8, (await Store.ReadAllAsync(0, 10, Stop)).HighWaterMark);
    }

    [Fact]
    public async Task An_exclusive_writer_that_saves_nothing_leaves_nothing()
    {
        await using (StreamSession<int> stream = await Store.FetchForExclusiveWritingAsync(Tenant, "s", 0, (count, _) => count + 1, Stop))
        {
            stream.AppendOne(TestStore.Event());
        }

        Assert.Null(await Store.FetchStreamStateAsync(Tenant, "s", Stop));
        await Store.StartStreamAsync(Tenant, "s", Events(1), Stop);
    }

    [Fact]
    public async Task Progress_moves_only_from_where_it_is()
    {
        Assert.Equal(0, await Store.ProgressAsync("Reader:All", Stop));
        Assert.True(await Store.MoveProgressAsync("Reader:All", 0, 5, Stop));
        Assert.False(await Store.MoveProgressAsync("Reader:All", 0, 9, Stop));
        Assert.False(await Store.MoveProgressAsync("Reader:All", 4, 9, Stop));
        Assert.True(await Store.MoveProgressAsync("Reader:All", 5, 9, Stop));
        Assert.Equal(9, await Store.ProgressAsync("Reader:All", Stop));
    }

    protected static NewEvent[] Events(int count) => [.. Enumerable.Range(0, count).Select(_ => TestStore.Event())];

    private static string Join(string state, RecordedEvent e) => $"{state} {e.Version}";
}
