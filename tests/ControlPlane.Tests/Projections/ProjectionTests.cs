using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.ControlPlane.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keepalived.Es.ControlPlane.Tests.Projections;

public sealed class ProjectionTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_runners_of_a_shard_write_each_row_once()
    {
        await using TestStore store = await CreateAsync();
        await AppendAsync(store, 40, "test_happened");
        SeenProjection projection = new(store.Schema);
        await new ProjectionRegister(store.Database, store.Schema).VersionsAsync(projection, Stop);
        ProjectionShard one = Shard(store, projection);
        ProjectionShard other = Shard(store, new SeenProjection(store.Schema));
        for (int round = 0; round < 5; round++)
        {
            await AppendAsync(store, 3, "test_happened");
            await Task.WhenAll(one.CatchUpAsync(Stop), other.CatchUpAsync(Stop));
        }

        await one.CatchUpAsync(Stop);
        Assert.Equal(await PositionsAsync(store), await SeenAsync(store, 1));
    }

    [Fact]
    public async Task A_poison_event_is_parked_with_its_reason_and_the_others_are_folded()
    {
        await using TestStore store = await CreateAsync();
        await AppendAsync(store, 3, "test_happened");
        await AppendAsync(store, 1, "poison");
        await AppendAsync(store, 3, "test_happened");
        await AppendAsync(store, 1, "poison");
        SeenProjection projection = new(store.Schema);
        await new ProjectionRegister(store.Database, store.Schema).VersionsAsync(projection, Stop);
        await Shard(store, projection).CatchUpAsync(Stop);
        Assert.Equal("1 2 3 5 6 7", await SeenTextAsync(store, 1));
        ProjectionStatus status = Assert.Single((await Reader(store, projection).StatusAsync(Stop)).Projections);
        Assert.Equal((8L, 0L, 2L), (status.Position, status.Lag, status.ParkedCount));
        Assert.Equal([(8L, "InvalidDataException: cannot fold poison"), (4L, "InvalidDataException: cannot fold poison")],
            status.Parked.Select(parked => (parked.Position, parked.Reason)));
    }

    [Fact]
    public async Task A_projection_that_is_broken_itself_parks_nothing()
    {
        await using TestStore store = await CreateAsync();
        await AppendAsync(store, 3, "test_happened");
        SeenProjection projection = new(store.Schema) { Broken = true };
        await new ProjectionRegister(store.Database, store.Schema).VersionsAsync(projection, Stop);
        ProjectionShard shard = Shard(store, projection);
        await Assert.ThrowsAsync<InvalidDataException>(() => shard.CatchUpAsync(Stop));
        Assert.Equal((0L, 0L), Assert.Single((await Reader(store, projection).StatusAsync(Stop)).Projections) is var s ? (s.Position, s.ParkedCount) : default);
        projection.Broken = false;
        await shard.CatchUpAsync(Stop);
        Assert.Equal("1 2 3", await SeenTextAsync(store, 1));
    }

    [Fact]
    public async Task A_rebuild_is_made_beside_the_live_version_and_swapped_when_it_has_caught_up()
    {
        await using TestStore store = await CreateAsync();
        await AppendAsync(store, 5, "test_happened");
        SeenProjection projection = new(store.Schema);
        ProjectionRegister register = new(store.Database, store.Schema);
        await register.VersionsAsync(projection, Stop);
        ProjectionShard live = Shard(store, projection);
        await live.CatchUpAsync(Stop);
        await register.OrderRebuildAsync(projection, Stop);
        Assert.Equal(new ProjectionVersions(1, 2), await register.VersionsAsync(projection, Stop));

        await new ProjectionRebuild(store.Database, store.Schema, store.Events, projection, register, NullLogger.Instance).BuildAsync(Stop);
        Assert.Equal(new ProjectionVersions(2, null), await register.VersionsAsync(projection, Stop));
        Assert.Equal(("", "1 2 3 4 5"), (await SeenTextAsync(store, 1), await SeenTextAsync(store, 2)));

        await AppendAsync(store, 1, "test_happened");
        Assert.Equal(ShardStep.Lost, await live.CatchUpAsync(Stop));
        Assert.Equal(ShardStep.Lost, await live.CatchUpAsync(Stop));
        Assert.Empty(await SeenAsync(store, 1));
        Assert.Equal("Seen:V2:All", await store.ScalarAsync<string>("select string_agg(name, ' ') from {s}.mt_event_progression"));
    }

    [Fact]
    public async Task A_live_version_that_is_further_is_not_swapped_away()
    {
        await using TestStore store = await CreateAsync();
        await AppendAsync(store, 2, "test_happened");
        SeenProjection projection = new(store.Schema);
        ProjectionRegister register = new(store.Database, store.Schema);
        await register.VersionsAsync(projection, Stop);
        await register.OrderRebuildAsync(projection, Stop);
        IProjection built = projection.AtVersion(2);
        await Shard(store, built).CatchUpAsync(Stop);
        await AppendAsync(store, 1, "test_happened");
        await Shard(store, projection).CatchUpAsync(Stop);
        Assert.False(await register.SwapAsync(projection, built, Stop));
        await Shard(store, built).CatchUpAsync(Stop);
        Assert.True(await register.SwapAsync(projection, built, Stop));
    }

    [Fact]
    public async Task The_runner_is_woken_by_an_append_ticks_and_follows_a_rebuild()
    {
        await using TestStore store = await CreateAsync();
        SeenProjection projection = new(store.Schema, ticks: true);
        ProjectionRegister register = new(store.Database, store.Schema);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task[] running =
        [
            new ProjectionRunner(store.Database, store.Schema, store.Events, projection, register, NullLogger.Instance).RunAsync(end.Token),
            new ProjectionRebuild(store.Database, store.Schema, store.Events, projection, register, NullLogger.Instance).RunAsync(end.Token),
        ];
        await AppendAsync(store, 1, "test_happened");
        await UntilAsync(async () => (await SeenAsync(store, 1)).Length == 1);
        Assert.Matches($"^{Environment.MachineName}/{Environment.ProcessId}$", Assert.Single((await Reader(store, projection).StatusAsync(Stop)).Projections).Owner);
        await register.OrderRebuildAsync(projection, Stop);
        await UntilAsync(async () => (await register.VersionsAsync(projection, Stop)).Live == 2);
        await AppendAsync(store, 1, "test_happened");
        await UntilAsync(async () => (await SeenAsync(store, 2)).Length == 2);
        await end.CancelAsync();
        await Task.WhenAll(running);
        Assert.Null(Assert.Single((await Reader(store, projection).StatusAsync(Stop)).Projections).Owner);
    }

    private async Task<TestStore> CreateAsync()
    {
        TestStore store = await postgres.CreateStoreAsync();
        await SeenProjection.CreateTableAsync(store.Database, store.Schema);
        return store;
    }

    private static ProjectionShard Shard(TestStore store, IProjection projection) => new(store.Database, store.Schema, store.Events, projection);

    private static StoreReader Reader(TestStore store, IProjection projection) =>
        new(store.Database, store.Schema, store.Events, [projection], new TenantRegister(store.Database, store.Schema));

    private static Task<IReadOnlyList<AppendedEvent>> AppendAsync(TestStore store, int count, string type) => store.Events.AppendAsync(
        TestStore.Tenant, [new(type, [.. Enumerable.Range(0, count).Select(_ => TestStore.Event(type: type))])], Stop);

    private static Task<long[]> PositionsAsync(TestStore store) => store.ScalarAsync<long[]>("select array_agg(seq_id order by seq_id) from {s}.mt_events");

    private static Task<long[]> SeenAsync(TestStore store, int version) =>
        store.ScalarAsync<long[]>($$"""select coalesce(array_agg(seq_id order by seq_id), '{}') from {s}.seen where version = {{version}}""");

    private static async Task<string> SeenTextAsync(TestStore store, int version) => string.Join(' ', await SeenAsync(store, version));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(10, Stop);
        }
    }
}
