using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.EventStore;

public sealed class ConcurrencyTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_writers_of_the_same_streams_leave_no_gap_and_no_inversion()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            Random random = new(writer);
            for (int i = 0; i < 25; i++)
            {
                string[] streams = [$"s{random.Next(4)}", $"s{random.Next(4)}", $"s{random.Next(4)}"];
                await store.Events.AppendAsync(TestStore.Tenant,
                    [.. streams.Distinct().Select(s => new StreamAppend(s, [TestStore.Event(), TestStore.Event()]))], Stop);
            }
        })));
        await store.AssertConsistentAsync();
        Assert.Equal(
            await store.ScalarAsync<long>("select count(*) from {s}.mt_events"),
            await store.ScalarAsync<long>("select last_value from {s}.mt_events_sequence"));
    }

    [Fact]
    public async Task Of_writers_with_the_same_expected_version_exactly_one_wins()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        for (long version = 0; version < 10; version++)
        {
            long expected = version;
            bool[] won = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                try
                {
                    await store.Events.AppendAsync(TestStore.Tenant, "s", expected, [TestStore.Event()], Stop);
                    return true;
                }
                catch (EventStoreException)
                {
                    return false;
                }
            })));
            Assert.Single(won, true);
        }

        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task The_reader_waits_for_positions_that_an_open_transaction_holds()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using NpgsqlConnection slow = await store.Database.OpenConnectionAsync(Stop);
        await using NpgsqlTransaction open = await slow.BeginTransactionAsync(Stop);
        await AppendOnAsync(store, slow, "slow");
        await store.Events.AppendAsync(TestStore.Tenant, "quick", null, [TestStore.Event()], Stop);
        Assert.Empty((await store.Events.ReadAllAsync(0, 10, Stop)).Events);
        Assert.Empty((await store.Events.ReadAllAsync(0, 10, Stop)).Events);
        await open.CommitAsync(Stop);
        Assert.Equal(["slow", "quick"], (await store.Events.ReadAllAsync(0, 10, Stop)).Events.Select(e => e.Stream));
    }

    [Fact]
    public async Task The_reader_does_not_wait_for_positions_that_were_rolled_back_nor_for_other_writers()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using NpgsqlConnection failing = await store.Database.OpenConnectionAsync(Stop);
        await using (NpgsqlTransaction open = await failing.BeginTransactionAsync(Stop))
        {
            await AppendOnAsync(store, failing, "gone");
        }

        await using NpgsqlTransaction unrelated = await failing.BeginTransactionAsync(Stop);
        await using (NpgsqlCommand write = new($"create table {store.Schema}.unrelated (a int)", failing))
        {
            await write.ExecuteNonQueryAsync(Stop);
        }

        await store.Events.AppendAsync(TestStore.Tenant, "s", null, [TestStore.Event()], Stop);
        EventPage page = await store.Events.ReadAllAsync(0, 10, Stop);
        Assert.Equal((2L, 2L), (Assert.Single(page.Events).Position, page.HighWaterMark));
    }

    [Fact]
    public async Task The_reader_passes_those_that_began_after_its_fence()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using NpgsqlConnection one = await store.Database.OpenConnectionAsync(Stop);
        await using NpgsqlConnection two = await store.Database.OpenConnectionAsync(Stop);
        await using NpgsqlTransaction first = await one.BeginTransactionAsync(Stop);
        await AppendOnAsync(store, one, "first");
        Assert.Equal(0, (await store.Events.ReadAllAsync(0, 10, Stop)).HighWaterMark);
        await using NpgsqlTransaction second = await two.BeginTransactionAsync(Stop);
        await AppendOnAsync(store, two, "second");
        await first.CommitAsync(Stop);
        Assert.Equal(["first"], (await store.Events.ReadAllAsync(0, 10, Stop)).Events.Select(e => e.Stream));
    }

    [Fact]
    public async Task A_tailing_reader_sees_each_event_once_and_in_order_while_transactions_overlap()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        Task writers = Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(() => WriteOverlappingAsync(store, writer))));
        List<long> seen = [];
        bool finished;
        do
        {
            finished = writers.IsCompleted;
            for (EventPage page = await Next(); page.Events.Count > 0; page = await Next())
            {
                seen.AddRange(page.Events.Select(e => e.Position));
            }
        }
        while (!finished);
        await writers;

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(await store.ScalarAsync<long[]>("select array_agg(seq_id order by seq_id) from {s}.mt_events"), seen);
        Task<EventPage> Next() => store.Events.ReadAllAsync(seen.LastOrDefault(), 7, Stop);
    }

    private static async Task WriteOverlappingAsync(TestStore store, int writer)
    {
        Random random = new(writer);
        for (int i = 0; i < 30; i++)
        {
            await using NpgsqlConnection connection = await store.Database.OpenConnectionAsync(Stop);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Stop);
            await AppendOnAsync(store, connection, $"w{writer}");
            await using NpgsqlCommand linger = new($"select pg_sleep({random.NextDouble() / 100})", connection);
            await linger.ExecuteNonQueryAsync(Stop);
            if (random.Next(4) == 0)
            {
                await transaction.RollbackAsync(Stop);
            }
            else
            {
                await transaction.CommitAsync(Stop);
            }
        }
    }

    private static async Task AppendOnAsync(TestStore store, NpgsqlConnection connection, string stream)
    {
        await using NpgsqlCommand command = new($$"""
            select {{store.Schema}}.kes_append('site-1', array['{{stream}}'], array[null]::bigint[], array[1], null, null, null, array[gen_random_uuid()],
                array['t'], array['T, X'], array['{}']::jsonb[], array[now()], array[null]::varchar[], array[null]::varchar[], array[null]::jsonb[])
            """, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
