using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
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
        Assert.Equal(0L, await ScalarAsync<long>("""
            select count(*) from {s}.mt_streams s
            where s.version <> (select count(*) from {s}.mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id)
               or s.version <> (select coalesce(max(e.version), 0) from {s}.mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id)
            """));
        Assert.Equal(0L, await ScalarAsync<long>("""
            select count(*) from (
                select version, row_number() over (partition by tenant_id, stream_id order by seq_id) as place from {s}.mt_events) e
            where version <> place
            """));
        Assert.Equal(0L, await ScalarAsync<long>("""
            select count(*) from {s}.kes_node_events k
            left join {s}.mt_events e on e.seq_id = k.seq_id and e.tenant_id = k.tenant and e.id = k.id and e.timestamp = k.wall where e.seq_id is null
            """));
        Assert.Equal(0L, await ScalarAsync<long>("""
            select count(*) from {s}.kes_node_boots b
            where b.last_sequence <> (select count(*) from {s}.kes_node_events k where (k.tenant, k.node, k.boot) = (b.tenant, b.node, b.boot))
            """));
    }

    public async ValueTask DisposeAsync()
    {
        Events.Dispose();
        await Database.DisposeAsync();
    }
}
