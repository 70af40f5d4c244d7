using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tests.Events;
using Marten;
using Marten.Events.Aggregation;
using Weasel.Core;
using TakenVersion = Keepalived.Es.ControlPlane.EventStore.EventStreamUnexpectedMaxEventIdException;

namespace Keepalived.Es.Marten.Tests;

/// <summary>A program on Marten itself, with the options of docs/marten-compatibility.md, opens a database of ours.</summary>
public class MartenOnOurStoreTests(PrivatePostgres postgres)
{
    private const string Stream = "vrrp/node-a/VI_1";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected virtual Task<TestStore> CreateStoreAsync() => postgres.CreateStoreAsync();

    private protected virtual Task MakeDocumentsAsync(DocumentStore marten) => marten.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);

    [Fact]
    public async Task It_reads_every_event_of_ours_into_the_same_record()
    {
        await using TestStore store = await CreateStoreAsync();
        List<IStoredEvent> told = [.. Samples.All.OrderBy(EventCatalog.StreamOf, StringComparer.Ordinal)];
        foreach (IStoredEvent e in told)
        {
            await store.Events.AppendAsync(TestStore.Tenant, EventCatalog.StreamOf(e), null, [Told(e)], Stop);
        }

        using DocumentStore marten = Open(store);
        await using IQuerySession session = marten.QuerySession(TestStore.Tenant);
        List<IEvent> read = [];
        foreach (string stream in told.Select(EventCatalog.StreamOf).Distinct())
        {
            read.AddRange(await session.Events.FetchStreamAsync(stream, token: Stop));
        }

        Assert.Equal(
            told.Select(e => (EventCatalog.AliasOf(e), e.GetType(), EventCatalog.Serialize(e).GetRawText())),
            read.Select(e => (e.EventTypeName, e.EventType, EventCatalog.Serialize(e.Data).GetRawText())));
        IReadOnlyList<IEvent> queried = await session.Events.QueryAllRawEvents().OrderBy(e => e.Sequence).ToListAsync(Stop);
        Assert.Equal(read.Select(e => e.Id).Order(), queried.Select(e => e.Id).Order());
    }

    [Fact]
    public async Task It_knows_streams_times_and_metadata_as_we_wrote_them()
    {
        await using TestStore store = await CreateStoreAsync();
        NewEvent told = Told(Became(1)) with { CorrelationId = "node-a/boot-1/1", CausationId = "node-a/boot-1/2", Headers = """{"node": "node-a"}""" };
        await store.Events.AppendAsync(TestStore.Tenant, Stream, null, [told, Told(Became(2))], Stop);
        using DocumentStore marten = Open(store);
        await using IQuerySession session = marten.QuerySession(TestStore.Tenant);
        var state = await session.Events.FetchStreamStateAsync(Stream, Stop);
        Assert.Equal((Stream, 2L, false), (state!.Key, state.Version, state.IsArchived));
        IEvent first = (await session.Events.FetchStreamAsync(Stream, token: Stop))[0];
        Assert.Equal((told.Id, told.Timestamp, told.CorrelationId, told.CausationId), (first.Id, first.Timestamp, first.CorrelationId, first.CausationId));
        Assert.Equal("node-a", first.Headers!["node"].ToString());
        Assert.Equal((1L, 1L, TestStore.Tenant), (first.Version, first.Sequence, first.TenantId));
        await using IQuerySession elsewhere = marten.QuerySession("another-site");
        Assert.Empty(await elsewhere.Events.FetchStreamAsync(Stream, token: Stop));
    }

    [Fact]
    public async Task It_folds_our_streams_live_and_to_a_version()
    {
        await using TestStore store = await CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, Stream, null, [Told(Became(1)), Told(Samples.All.OfType<InstanceStopped>().First()), Told(Became(3))], Stop);
        using DocumentStore marten = Open(store, options => options.Projections.Add<MastershipsProjection>(ProjectionLifecycle.Live));
        await using IQuerySession session = marten.QuerySession(TestStore.Tenant);
        Assert.Equal(2, (await session.Events.AggregateStreamAsync<Masterships>(Stream, token: Stop))!.Count);
        Assert.Equal(1, (await session.Events.AggregateStreamAsync<Masterships>(Stream, version: 2, token: Stop))!.Count);
    }

    [Fact]
    public async Task Its_daemon_projects_our_events_also_across_a_number_that_was_drawn_in_vain()
    {
        await using TestStore store = await CreateStoreAsync();
        using DocumentStore marten = Open(store, options => options.Projections.Add<MastershipsProjection>(ProjectionLifecycle.Async));
        await MakeDocumentsAsync(marten);
        await store.Events.AppendAsync(TestStore.Tenant, [.. Enumerable.Range(0, 20).Select(i => new StreamAppend($"vrrp/node-a/VI_{i}", [Told(Became(1))]))], Stop);
        await store.ScalarAsync<long>("select nextval('{s}.mt_events_sequence')");
        await store.Events.AppendAsync(TestStore.Tenant, "vrrp/node-a/VI_0", 1, [Told(Became(2)), Told(Became(3))], Stop);
        using IProjectionDaemon daemon = await marten.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        await daemon.WaitForNonStaleData(Limit);
        await daemon.StopAllAsync();
        await using IQuerySession session = marten.QuerySession(TestStore.Tenant);
        Assert.Equal(3, (await session.LoadAsync<Masterships>("vrrp/node-a/VI_0", Stop))!.Count);
        Assert.Equal(20, await session.Query<Masterships>().CountAsync(Stop));
    }

    [Fact]
    public async Task What_it_appends_we_read_and_go_on_after()
    {
        await using TestStore store = await CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, Stream, null, [Told(Became(1))], Stop);
        using DocumentStore marten = Open(store);
        await using (IDocumentSession session = marten.LightweightSession(TestStore.Tenant))
        {
            session.CorrelationId = "case-7";
            session.Events.Append(Stream, 3, Became(2), Became(3));
            session.Events.StartStream("remarks/node-a", Became(1));
            await session.SaveChangesAsync(Stop);
        }

        await store.Events.AppendAsync(TestStore.Tenant, Stream, 3, [Told(Became(4))], Stop);
        IReadOnlyList<RecordedEvent> read = await store.Events.FetchStreamAsync(TestStore.Tenant, Stream, Stop);
        Assert.Equal([1, 2, 3, 4], read.Select(e => (int)((InstanceBecameMaster)e.Event!).Priority));
        Assert.Equal([null, "case-7", "case-7", null], read.Select(e => e.CorrelationId));
        Assert.Equal([1, 2, 3, 4, 5], (await store.Events.ReadAllAsync(0, 10, Stop)).Events.Select(e => e.Position).Order());
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task What_it_appends_to_a_tenant_that_has_moved_is_refused()
    {
        await using TestStore store = await CreateStoreAsync();
        using DocumentStore marten = Open(store);
        await using IDocumentSession before = marten.LightweightSession(TestStore.Tenant);
        before.Events.Append(Stream, Became(1));
        await before.SaveChangesAsync(Stop);
        await store.ExecuteAsync($"insert into {{s}}.kes_tenants (tenant, state, place) values ('{TestStore.Tenant}', 'moved', 'https://b')");
        await using IDocumentSession session = marten.LightweightSession(TestStore.Tenant);
        session.Events.Append(Stream, Became(2));
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => session.SaveChangesAsync(Stop));
        Assert.Contains("has moved to https://b", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(1L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events where type <> 'tombstone'"));
    }

    [Fact]
    public async Task A_version_that_the_other_has_taken_is_refused_on_either_side()
    {
        await using TestStore store = await CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, Stream, null, [Told(Became(1))], Stop);
        using DocumentStore marten = Open(store);
        await using IDocumentSession session = marten.LightweightSession(TestStore.Tenant);
        session.Events.Append(Stream, 2, Became(2));
        await store.Events.AppendAsync(TestStore.Tenant, Stream, 1, [Told(Became(2))], Stop);
        await Assert.ThrowsAsync<JasperFx.Events.EventStreamUnexpectedMaxEventIdException>(() => session.SaveChangesAsync(Stop));
        TakenVersion refused = await Assert.ThrowsAsync<TakenVersion>(
            () => store.Events.AppendAsync(TestStore.Tenant, Stream, 1, [Told(Became(2))], Stop));
        Assert.Equal(2, refused.ActualVersion);
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task A_stream_that_either_archives_is_closed_and_hidden_for_both()
    {
        await using TestStore store = await CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, "ours", null, [Told(Became(1))], Stop);
        await store.Events.AppendAsync(TestStore.Tenant, "theirs", null, [Told(Became(1))], Stop);
        await store.Events.ArchiveStreamAsync(TestStore.Tenant, "ours", Stop);
        using DocumentStore marten = Open(store);
        await using IDocumentSession session = marten.LightweightSession(TestStore.Tenant);
        session.Events.ArchiveStream("theirs");
        await session.SaveChangesAsync(Stop);
        Assert.Empty(await session.Events.FetchStreamAsync("ours", token: Stop));
        Assert.Empty(await store.Events.FetchStreamAsync(TestStore.Tenant, "theirs", Stop));
        await Assert.ThrowsAsync<InvalidStreamOperationException>(() => store.Events.AppendAsync(TestStore.Tenant, "theirs", null, [Told(Became(2))], Stop));
        session.Events.Append("ours", Became(2));
        await Assert.ThrowsAsync<global::Marten.Exceptions.InvalidStreamOperationException>(() => session.SaveChangesAsync(Stop));
        await store.AssertConsistentAsync();
    }

    /// <summary>Ours lock the stream's row, its do not: its appends may collide, ours go on after what it had first.</summary>
    [Fact]
    public async Task Writers_of_both_sides_on_one_stream_lose_nothing_that_was_acknowledged()
    {
        const int Each = 40;
        await using TestStore store = await CreateStoreAsync();
        using DocumentStore marten = Open(store);
        int theirs = 0;
        async Task OursAsync()
        {
            for (int i = 0; i < Each; i++)
            {
                await store.Events.AppendAsync(TestStore.Tenant, Stream, null, [Told(Became(1)), Told(Became(1))], Stop);
            }
        }

        async Task TheirsAsync()
        {
            for (int done = 0; done < Each;)
            {
                await using IDocumentSession session = marten.LightweightSession(TestStore.Tenant);
                session.Events.Append(Stream, Became(2));
                try
                {
                    await session.SaveChangesAsync(Stop);
                    done++;
                    Interlocked.Increment(ref theirs);
                }
                catch (Exception collision) when (collision is JasperFx.ConcurrencyException or global::Marten.Exceptions.MartenCommandException)
                {
                    // Nothing of it is stored: again
                }
            }
        }

        await Task.WhenAll(Task.Run(OursAsync, Stop), Task.Run(OursAsync, Stop), Task.Run(TheirsAsync, Stop), Task.Run(TheirsAsync, Stop));
        IReadOnlyList<RecordedEvent> read = await store.Events.FetchStreamAsync(TestStore.Tenant, Stream, Stop);
        Assert.Equal((4 * Each, theirs), (read.Count(e => ((InstanceBecameMaster)e.Event!).Priority == 1), read.Count(e => ((InstanceBecameMaster)e.Event!).Priority == 2)));
        Assert.Equal(read.OrderBy(e => e.Position), read);
        await store.AssertConsistentAsync();
    }

    internal static InstanceBecameMaster Became(byte priority) => Samples.All.OfType<InstanceBecameMaster>().First() with { Priority = priority };

    internal static NewEvent Told(IStoredEvent e) => TestStore.Event(EventCatalog.Serialize(e).GetRawText(), EventCatalog.AliasOf(e));

    internal static DocumentStore Open(TestStore store, Action<StoreOptions>? more = null) => DocumentStore.For(options =>
    {
        options.Connection(store.ConnectionString);
        options.DatabaseSchemaName = store.Schema;
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString);
        options.Policies.AllDocumentsAreMultiTenanted();
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.TenancyStyle = TenancyStyle.Conjoined;
        options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        options.Events.MetadataConfig.CorrelationIdEnabled = true;
        options.Events.MetadataConfig.CausationIdEnabled = true;
        options.Events.MetadataConfig.HeadersEnabled = true;
        options.Events.AddEventTypes(Samples.All.Select(e => e.GetType()).Distinct());
        more?.Invoke(options);
    });
}

/// <summary>The same on a table that is partitioned by archive state. What Marten makes for documents of its own it must make before.</summary>
public sealed class MartenOnPartitionedStoreTests(PrivatePostgres postgres) : MartenOnOurStoreTests(postgres)
{
    private protected override async Task<TestStore> CreateStoreAsync()
    {
        TestStore store = await base.CreateStoreAsync();
        using (DocumentStore marten = Open(store, options => options.Projections.Add<MastershipsProjection>(ProjectionLifecycle.Async)))
        {
            await base.MakeDocumentsAsync(marten);
        }

        await new StorePartitions(store.Database, store.Schema).ChangeAsync(partitioned: true, Stop);
        return store;
    }

    private protected override Task MakeDocumentsAsync(DocumentStore marten) => Task.CompletedTask;
}

/// <summary>How often an instance became Master.</summary>
public sealed class Masterships
{
    public string Id { get; set; } = "";

    public int Count { get; set; }
}

public sealed class MastershipsProjection : SingleStreamProjection<Masterships, string>
{
    public override Masterships? Evolve(Masterships? snapshot, string id, IEvent e)
    {
        snapshot ??= new Masterships { Id = id };
        snapshot.Count += e.Data is InstanceBecameMaster ? 1 : 0;
        return snapshot;
    }
}
