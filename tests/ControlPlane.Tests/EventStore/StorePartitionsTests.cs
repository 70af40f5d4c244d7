using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.EventStore;

public sealed class StorePartitionsTests(PrivatePostgres postgres)
{
    private const string Rows = "select md5(string_agg(e::text, ' ' order by e.seq_id)) from {s}.mt_events e";
    private const string Archived = "select count(*) from {s}.mt_events_archived";

    private const string Shape = """
        select string_agg(line, chr(10) order by line) from (
            select conname || ' ' || pg_get_constraintdef(oid) as line from pg_constraint where conrelid = '{s}.mt_events'::regclass
            union all select replace(indexdef, '{s}.', '') from pg_indexes where schemaname = '{s}' and tablename = 'mt_events'
            union all select column_name || ' ' || udt_name || ' ' || is_nullable || ' ' || coalesce(column_default, '') from information_schema.columns
                      where table_schema = '{s}' and table_name = 'mt_events'
            union all select 'owned: ' || pg_get_serial_sequence('{s}.mt_events', 'seq_id')) s
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Archived_events_stand_in_a_partition_of_their_own_and_all_come_back_into_one_table_as_it_was()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        StorePartitions partitions = new(store.Database, store.Schema);
        foreach (string stream in (string[])["vrrp/a/x", "vrrp/a/y", "vrrp/a/z"])
        {
            await store.Events.StartStreamAsync(TestStore.Tenant, stream, [TestStore.Event(), TestStore.Event()], Stop);
        }

        await store.Events.ArchiveStreamAsync(TestStore.Tenant, "vrrp/a/x", Stop);
        (string rows, string shape) = (await store.ScalarAsync<string>(Rows), await store.ScalarAsync<string>(Shape));

        await partitions.ChangeAsync(partitioned: true, Stop);
        Assert.True(await partitions.AreThereAsync(Stop));
        Assert.Equal((rows, 2L), (await store.ScalarAsync<string>(Rows), await store.ScalarAsync<long>(Archived)));
        await partitions.ChangeAsync(partitioned: true, Stop);
        await StoreSchema.ApplyAsync(store.Database, store.Schema, Stop);
        await store.Events.ArchiveStreamAsync(TestStore.Tenant, "vrrp/a/y", Stop);
        Assert.Equal(4, await store.ScalarAsync<long>(Archived));
        Assert.Equal(2, (await store.Events.ReadAllAsync(0, 100, Stop)).Events.Count);
        await store.Events.AppendAsync(TestStore.Tenant, "vrrp/a/z", 2, [TestStore.Event()], Stop);
        await store.AssertConsistentAsync();

        rows = await store.ScalarAsync<string>(Rows);
        await partitions.ChangeAsync(partitioned: false, Stop);
        Assert.False(await partitions.AreThereAsync(Stop));
        Assert.Equal((rows, shape), (await store.ScalarAsync<string>(Rows), await store.ScalarAsync<string>(Shape)));
        await store.Events.AppendAsync(TestStore.Tenant, "vrrp/a/z", 3, [TestStore.Event()], Stop);
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task Those_who_write_meanwhile_wait_and_lose_nothing()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        StorePartitions partitions = new(store.Database, store.Schema);
        using CancellationTokenSource enough = new();
        int[] acknowledged = new int[4];
        Task[] writing = [.. acknowledged.Select((_, writer) => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await store.Events.AppendAsync(TestStore.Tenant, $"vrrp/{writer}/x", null, [TestStore.Event(), TestStore.Event()], Stop);
                acknowledged[writer] += 2;
            }
        }))];
        foreach (bool partitioned in (bool[])[true, false, true])
        {
            int before = acknowledged.Sum();
            while (acknowledged.Sum() < before + 20 && !Array.Exists(writing, writer => writer.IsCompleted))
            {
                await Task.Yield();
            }

            await partitions.ChangeAsync(partitioned, Stop);
        }

        await enough.CancelAsync();
        await Task.WhenAll(writing);
        Assert.Equal(acknowledged.Sum(), (await store.Events.ReadAllAsync(0, 100_000, Stop)).Events.Count);
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task Whoever_reads_for_long_is_not_interrupted_and_nothing_is_changed()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        StorePartitions partitions = new(store.Database, store.Schema, TimeSpan.FromMilliseconds(50));
        await using NpgsqlConnection reader = await store.Database.OpenConnectionAsync(Stop);
        await using NpgsqlTransaction reading = await reader.BeginTransactionAsync(Stop);
        await using (NpgsqlCommand read = new($"select count(*) from {store.Schema}.mt_events", reader))
        {
            await read.ExecuteScalarAsync(Stop);
        }

        TimeoutException refused = await Assert.ThrowsAsync<TimeoutException>(() => partitions.ChangeAsync(partitioned: true, Stop));
        Assert.Contains("longer than 0.1 s", refused.Message, StringComparison.Ordinal);
        await reading.RollbackAsync(Stop);
        Assert.False(await partitions.AreThereAsync(Stop));
        await partitions.ChangeAsync(partitioned: true, Stop);
    }
}
