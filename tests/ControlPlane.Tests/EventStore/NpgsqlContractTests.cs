using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.EventStore;

public class NpgsqlContractTests(PrivatePostgres postgres) : EventStoreContract
{
    private TestStore? _store;

    protected override IEventStore Store => _store!.Events;

    private protected TestStore Tables => _store!;

    public override async ValueTask InitializeAsync() => _store = await postgres.CreateStoreAsync();

    /// <summary>Whatever a test did, the tables are as they must be.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _store!.AssertConsistentAsync();
        await _store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
