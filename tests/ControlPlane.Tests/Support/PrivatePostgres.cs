using Keepalived.Es.ControlPlane.Embedded;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

[assembly: AssemblyFixture(typeof(PrivatePostgres))]

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>One PostgreSQL for the whole run, started as the program itself starts its own.</summary>
public sealed class PrivatePostgres : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private EmbeddedPostgres? _server;
    private int _schemas;

    public string ConnectionString => _server!.ConnectionString;

    public async ValueTask InitializeAsync() =>
        _server = await EmbeddedPostgres.StartAsync(_directory.Path, _ => { }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _directory.Dispose();
    }

    /// <summary>Empty tables in a database of their own.</summary>
    public async Task<TestStore> CreateDatabaseAsync()
    {
        string name = $"d{Interlocked.Increment(ref _schemas)}";
        await using NpgsqlDataSource server = NpgsqlDataSource.Create(ConnectionString);
        await using NpgsqlCommand create = server.CreateCommand($"create database {name}");
        await create.ExecuteNonQueryAsync();
        return await TestStore.CreateAsync(new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString, "kes");
    }

    /// <summary>Empty tables in a schema of their own.</summary>
    public Task<TestStore> CreateStoreAsync() => TestStore.CreateAsync(ConnectionString, $"t{Interlocked.Increment(ref _schemas)}");
}
