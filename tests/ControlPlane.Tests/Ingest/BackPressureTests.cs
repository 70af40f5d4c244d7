using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.Ingest;

public sealed class BackPressureTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_database_cannot_take_is_told_to_come_again_and_loses_nothing()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store, new IngestCapacity(1, 2, TimeSpan.FromMilliseconds(300)));
        string token = await server.EnrollAsync("node-a");
        NodeScript script = new NodeScript("node-a").Fill(10);
        await using NpgsqlConnection blocker = await store.Database.OpenConnectionAsync(Stop);
        await using NpgsqlTransaction hold = await blocker.BeginTransactionAsync(Stop);
        await using (NpgsqlCommand locking = new($"lock table {store.Schema}.kes_node_events in exclusive mode", blocker))
        {
            await locking.ExecuteNonQueryAsync(Stop);
        }

        var working = server.IngestAsync(token, script.Bytes(1, 5));
        const string Waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%{s}.kes_ingest%'";
        await Blocked.UntilAsync(working, async () => await store.ScalarAsync<long>(Waiting) > 0);
        (int status, _, var headers) = await server.IngestAsync(token, script.Bytes(1, 5));      // waits for its turn in vain
        Assert.Equal((503, "1"), (status, headers.RetryAfter?.ToString()));
        var both = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.IngestAsync(token, script.Bytes(1, 5))));
        Assert.Contains(429, both.Select(answer => answer.Status));
        Assert.All(both, answer => Assert.Equal("1", answer.Headers.RetryAfter?.ToString()));
        await hold.RollbackAsync(Stop);
        Assert.Equal(200, (await working).Status);
        Assert.Equal(200, (await server.IngestAsync(token, script.Bytes(1, 10))).Status);
        Assert.Equal(10L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
        await store.AssertConsistentAsync();
    }
}
