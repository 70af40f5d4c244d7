using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.EventStore;

/// <summary>The same on a table that is partitioned by archive state.</summary>
public sealed class PartitionedContractTests(PrivatePostgres postgres) : NpgsqlContractTests(postgres)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await new StorePartitions(Tables.Database, Tables.Schema).ChangeAsync(partitioned: true, TestContext.Current.CancellationToken);
    }
}
