using System.Text.Json;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Nodes;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Ingest;

public sealed class ClockTests(PrivatePostgres postgres)
{
    private static readonly ClockEstimate Ahead = new(TimeSpan.FromMilliseconds(12.5), TimeSpan.FromMilliseconds(0.5));

    [Fact]
    public async Task A_node_learns_the_servers_times_and_its_estimate_is_shown()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        DateTimeOffset before = DateTimeOffset.UtcNow;
        (int status, JsonElement body, _) = await server.IngestAsync(token, [], headers: [(ClockEstimate.Header, Ahead.ToHeader())]);
        Assert.Equal(200, status);
        DateTimeOffset[] times = [before, body.GetProperty("received").GetDateTimeOffset(), body.GetProperty("answered").GetDateTimeOffset(), DateTimeOffset.UtcNow];
        Assert.Equal(times.Order(), times);
        Assert.Equal(200, (await server.IngestAsync(token, [], headers: [(ClockEstimate.Header, "nonsense")])).Status);
        Assert.Contains("+12.5 ± 0.5 ms", (await server.RunAsync("nodes", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(1L, await store.ScalarAsync<long>("select count(*) from {s}.kes_node_clocks"));
    }

    [Fact]
    public async Task A_row_a_minute_is_kept_and_one_whenever_the_clock_has_moved()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        ClockRegister clocks = new(store.Database, store.Schema, TimeProvider.System);
        foreach (double milliseconds in new[] { 1, 1.5, 1.9, 2.5, 2.6, -7 })
        {
            await clocks.NoteAsync(
                TestStore.Tenant, "node-a", new ClockEstimate(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(0.5)), TestContext.Current.CancellationToken);
        }

        Assert.Equal("1,2.5,-7", await store.ScalarAsync<string>(
            "select string_agg((extract(epoch from clock_offset) * 1000)::float::text, ',' order by measured) from {s}.kes_node_clocks"));
    }

    [Fact]
    public async Task A_clock_that_is_known_twice_as_well_is_kept_at_once()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        ClockRegister clocks = new(store.Database, store.Schema, TimeProvider.System);
        foreach (double bound in new[] { 130, 100, 65, 40, 2 })
        {
            await clocks.NoteAsync(
                TestStore.Tenant, "node-a", new ClockEstimate(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(bound)), TestContext.Current.CancellationToken);
        }

        Assert.Equal("130,65,2", await store.ScalarAsync<string>(
            "select string_agg((extract(epoch from bound) * 1000)::float::text, ',' order by measured) from {s}.kes_node_clocks"));
    }

    [Theory]
    [InlineData(124, 130, 0, 254)]
    [InlineData(-5, 5, 0, 10)]
    [InlineData(-5.1, 5, -5.1, 5)]
    [InlineData(2_000, 1, 2_000, 1)]
    public void A_clock_that_cannot_be_told_from_ours_is_taken_for_right(double offset, double bound, double corrected, double uncertain)
    {
        ClockBound clock = ClockBound.Of(TimeSpan.FromMilliseconds(offset), TimeSpan.FromMilliseconds(bound));
        Assert.Equal((TimeSpan.FromMilliseconds(corrected), TimeSpan.FromMilliseconds(uncertain), true), (clock.Offset, clock.Bound, clock.Measured));
    }

    [Fact]
    public async Task Old_rows_are_thinned_to_one_an_hour_and_those_that_show_a_move()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.ExecuteAsync("""
            insert into {s}.kes_node_clocks select 'site-1', 'node-a', date_trunc('hour', now()) - interval '2 days' + m * interval '1 minute',
                case when m < 90 then interval '1 ms' else interval '5 ms' end, interval '0.5 ms' from generate_series(0, 119) m
            """);
        await new ClockRegister(store.Database, store.Schema, TimeProvider.System).NoteAsync(TestStore.Tenant, "node-a", Ahead, TestContext.Current.CancellationToken);
        Assert.Equal("0,60,90", await store.ScalarAsync<string>("""
            select string_agg((extract(epoch from measured - (date_trunc('hour', now()) - interval '2 days')) / 60)::int::text, ',' order by measured)
            from {s}.kes_node_clocks where measured < now() - interval '1 day'
            """));
    }
}
