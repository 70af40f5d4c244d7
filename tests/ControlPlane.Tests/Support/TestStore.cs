using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.Tests;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>A store with tables of its own.</summary>
public sealed class TestStore : IAsyncDisposable
{
    public const string Tenant = "site-1";

    private TestStore(NpgsqlDataSource database, string connectionString, string schema)
    {
        (Database, ConnectionString, Schema) = (database, connectionString, schema);
        AppendSignal signal = new(database);
        Events = new NpgsqlEventStore(database, schema, signal);
        Ingest = new NodeIngest(database, schema, signal);
    }

    public NpgsqlDataSource Database { get; }

    public string ConnectionString { get; }

    public string Schema { get; }

    public NpgsqlEventStore Events { get; }

    public NodeIngest Ingest { get; }

    public static async Task<TestStore> CreateAsync(string connectionString, string schema)
    {
        NpgsqlDataSource database = StoreDatabase.Open(connectionString);
        await StoreSchema.ApplyAsync(database, schema, CancellationToken.None);
        return new TestStore(database, connectionString, schema);
    }

    public static NewEvent Event(string data = "{}", string type = "test_happened") =>
        new(Guid.NewGuid(), type, data, DateTimeOffset.UnixEpoch.AddDays(20_000));

    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = Database.CreateCommand(sql.Replace("{s}", Schema, StringComparison.Ordinal));
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using NpgsqlCommand command = Database.CreateCommand(sql.Replace("{s}", Schema, StringComparison.Ordinal));
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>What must hold of the tables at any time, whoever wrote them.</summary>
    public async Task AssertConsistentAsync()
    {
        foreach ((string claim, string contradictions) in StoreInvariants.All)
        {
            Assert.True(await ScalarAsync<long>(contradictions) == 0, $"not so: {claim}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Events.Dispose();
        await Database.DisposeAsync();
    }
}
