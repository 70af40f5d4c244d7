using JasperFx;
using JasperFx.Events.Projections;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;
using Marten;
using Weasel.Core;

namespace Keepalived.Es.Marten.Tests;

/// <summary>Marten's schema check on a database of ours.</summary>
public sealed class MartenSchemaTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What it misses are functions of documents alone, which the event store has no use for.</summary>
    [Fact]
    public async Task It_finds_no_difference_in_the_tables_and_functions_of_events()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        using DocumentStore marten = MartenOnOurStoreTests.Open(store);
        Assert.All(await DifferencesAsync(marten), difference => Assert.Matches(@"^t\d+\.mt_(jsonb|grams|immutable|safe_unaccent)\w* Create$", difference));
    }

    [Fact]
    public async Task With_documents_of_its_own_it_adds_what_they_need_and_leaves_ours_alone()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.AppendAsync(TestStore.Tenant, "vrrp/node-a/VI_1", null, [MartenOnOurStoreTests.Told(MartenOnOurStoreTests.Became(1))], Stop);
        using (DocumentStore marten = MartenOnOurStoreTests.Open(store, options => options.Projections.Add<MastershipsProjection>(ProjectionLifecycle.Async)))
        {
            await marten.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
            Assert.Empty(await DifferencesAsync(marten));
        }

        await StoreSchema.ApplyAsync(store.Database, store.Schema, Stop);
        using (DocumentStore marten = MartenOnOurStoreTests.Open(store, options => options.Projections.Add<MastershipsProjection>(ProjectionLifecycle.Async)))
        {
            Assert.Empty(await DifferencesAsync(marten));
        }

        await store.Events.AppendAsync(TestStore.Tenant, "vrrp/node-a/VI_1", 1, [MartenOnOurStoreTests.Told(MartenOnOurStoreTests.Became(2))], Stop);
        await store.AssertConsistentAsync();
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(DocumentStore marten) =>
    [
        .. (await marten.Storage.Database.CreateMigrationAsync(Stop)).Deltas.Where(delta => delta.Difference != SchemaPatchDifference.None)
            .Select(delta => $"{delta.SchemaObject.Identifier} {delta.Difference}"),
    ];
}
