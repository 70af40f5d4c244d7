using System.Diagnostics;
using Keepalived.Es.ControlPlane.Embedded;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.Ingest;

/// <summary>A server of its own: these tests kill it.</summary>
public sealed class CrashTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backend_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing()
    {
        using TemporaryDirectory directory = new();
        await using EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(directory.Path, _ => { }, Stop);
        await using TestStore store = await TestStore.CreateAsync(server.ConnectionString, "crash");
        NodeScript script = new NodeScript("node-a").Fill(300);
        await SendAsync(store, script, 1, 100);

        await using (NpgsqlConnection blocker = new(server.ConnectionString + ";Pooling=false"))
        {
            await blocker.OpenAsync(Stop);
            await using NpgsqlCommand hold = new("begin; lock table crash.kes_node_events in exclusive mode", blocker);
            await hold.ExecuteNonQueryAsync(Stop);
            Task<long?> batch = store.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBodyReader.Read(script.Bytes(101, 100), "node-a"),
                Stop);
            using Process backend = Process.GetProcessById(await WaitingBackendAsync(batch, store));
            backend.Kill();
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => batch);
            await using NpgsqlCommand idle = new("select pg_sleep(60)", blocker);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => idle.ExecuteNonQueryAsync(Stop));     // the server has seen it, and ends everybody to recover
        }

        await AnswersAgainAsync(server);
        Assert.Equal(100L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
        await SendAsync(store, script, 101, 100);
        await SendAsync(store, script, 150, 151);
        Assert.Equal(300L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
        await store.AssertConsistentAsync();
    }

    private static async Task SendAsync(TestStore store, NodeScript script, long first, int count) =>
        Assert.Equal(
            first + count - 1, await store.Ingest.StoreAsync(TestStore.Tenant, "node-a",
                IngestBodyReader.Read(script.Bytes(first, count), "node-a"), Stop));

    private static async Task<int> WaitingBackendAsync(Task batch, TestStore store)
    {
        const string Find = "select coalesce(max(pid), 0) from pg_stat_activity where wait_event_type = 'Lock' and query like '%kes_ingest%'";
        int pid = 0;
        await Blocked.UntilAsync(batch, async () => (pid = await store.ScalarAsync<int>(Find)) != 0);
        return pid;
    }

    private static async Task AnswersAgainAsync(EmbeddedPostgres server)
    {
        NpgsqlConnection.ClearAllPools();
        while (true)
        {
            try
            {
                await using NpgsqlConnection connection = new(server.ConnectionString + ";Pooling=false");
                await connection.OpenAsync(Stop);
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(50, Stop);
            }
        }
    }
}
