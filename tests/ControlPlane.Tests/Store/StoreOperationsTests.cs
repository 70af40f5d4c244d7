using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Retention;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.Store;

public sealed class StoreOperationsTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_held_stream_cannot_be_archived_until_it_is_released()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        await store.Events.StartStreamAsync(TestStore.Tenant, "vrrp/a/VI_1", [TestStore.Event()], Stop);
        await RunAsync(server, 0, "store", "hold", "vrrp/a/*", "--site", TestStore.Tenant, "--reason", "case 7");
        Assert.Contains("case 7", await RunAsync(server, 0, "store", "retention"), StringComparison.Ordinal);
        Assert.Contains("legal hold", await RunAsync(server, 1, "store", "archive", "vrrp/a/VI_1", "--site", TestStore.Tenant), StringComparison.Ordinal);
        Assert.Single(await store.Events.FetchStreamAsync(TestStore.Tenant, "vrrp/a/VI_1", Stop));
        await RunAsync(server, 0, "store", "release", "vrrp/a/*", "--site", TestStore.Tenant);
        await RunAsync(server, 0, "store", "archive", "vrrp/a/VI_1", "--site", TestStore.Tenant);
        Assert.Empty(await store.Events.FetchStreamAsync(TestStore.Tenant, "vrrp/a/VI_1", Stop));
        Assert.Contains("no stream", await RunAsync(server, 1, "store", "archive", "vrrp/b/VI_1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_events_table_is_partitioned_and_made_one_again_by_command()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        Assert.Contains("is partitioned by archive state", await RunAsync(server, 0, "store", "partition"), StringComparison.Ordinal);
        Assert.Contains("archived ones in a partition of their own", await RunAsync(server, 0, "store", "status"), StringComparison.Ordinal);
        Assert.Contains("is one again", await RunAsync(server, 0, "store", "partition", "--undo"), StringComparison.Ordinal);
        Assert.DoesNotContain("partition", await RunAsync(server, 0, "store", "status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_archives_old_streams_of_a_class_that_are_not_held()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        StoreRetention retention = new(store.Database, store.Schema);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        foreach ((string stream, int days) in new[] { ("hook/a/x", 40), ("hook/a/y", 20), ("hook/b/x", 40), ("vrrp/a/x", 40), ("hook", 20) })
        {
            await store.Events.StartStreamAsync(
                TestStore.Tenant, stream, [TestStore.Event() with { Timestamp = now.AddDays(-80) }, TestStore.Event() with { Timestamp = now.AddDays(-days) }], Stop);
        }

        await retention.SetRuleAsync("hook", 30, Stop);
        Assert.Equal(0, await retention.ApplyAsync(Stop));                   // appended just now, whatever the events' own times are
        await using (NpgsqlCommand age = store.Database.CreateCommand($"update {store.Schema}.mt_streams set timestamp = now() - interval '35 days'"))
        {
            await age.ExecuteNonQueryAsync(Stop);
        }

        await retention.HoldAsync(TestStore.Tenant, "hook/b/x", "case 7", Stop);
        Assert.Equal(1, await retention.ApplyAsync(Stop));
        Assert.Equal("hook/a/x", await store.ScalarAsync<string>("select string_agg(id, ' ') from {s}.mt_streams where is_archived"));
        Assert.Equal(new RetentionRule("hook", 30), Assert.Single(await retention.RulesAsync(Stop)));
        await retention.SetRuleAsync("hook", null, Stop);
        Assert.Empty(await retention.RulesAsync(Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_goes_on_with_a_stream_that_was_archived(bool partitioned)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await new StorePartitions(store.Database, store.Schema).ChangeAsync(partitioned, Stop);
        NodeScript script = new NodeScript("node-a").Fill(6);
        await store.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBodyReader.Read(script.Bytes(1, 3), "node-a"), Stop);
        string stream = script.Lines[0].Record.Stream;
        await store.Events.ArchiveStreamAsync(TestStore.Tenant, stream, Stop);
        await store.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBodyReader.Read(script.Bytes(4, 3), "node-a"), Stop);
        Assert.Equal(2, Assert.Single(await store.Events.FetchStreamAsync(TestStore.Tenant, stream, Stop)).Version);
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task What_is_exported_is_imported_elsewhere_the_same_and_twice_is_once()
    {
        await using TestStore from = await postgres.CreateStoreAsync();
        await using TestStore to = await postgres.CreateStoreAsync();
        await using TestServer here = await TestServer.StartAsync(from);
        await using TestServer there = await TestServer.StartAsync(to);
        using TemporaryDirectory directory = new();
        NodeScript script = new NodeScript("node-a").Fill(2_500);
        await from.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBodyReader.Read(script.Bytes(1, 2_500), "node-a"), Stop);
        await from.Events.AppendAsync("other", "s", null, [TestStore.Event("""{"A":"é"}""") with { Headers = """{"h":1}""", CorrelationId = "c" }], Stop);
        await from.Events.ArchiveStreamAsync(TestStore.Tenant, script.Lines[1].Record.Stream, Stop);

        string file = Path.Combine(directory.Path, "events.ndjson");
        Assert.Contains("2501 events", await RunAsync(here, 0, "store", "export", file), StringComparison.Ordinal);
        Assert.Contains("2501 events stored, 0", await RunAsync(there, 0, "store", "import", file), StringComparison.Ordinal);
        Assert.Equal(await ContentsAsync(from), await ContentsAsync(to));
        Assert.Contains("0 events stored, 2501", await RunAsync(there, 0, "store", "import", file), StringComparison.Ordinal);
        await to.AssertConsistentAsync();

        string cut = Path.Combine(directory.Path, "cut.ndjson");
        string[] lines = await File.ReadAllLinesAsync(file, Stop);
        await File.WriteAllLinesAsync(cut, [.. lines[..5], .. lines[6..]], Stop);
        Assert.Contains("cut off or changed", await RunAsync(there, 1, "store", "import", cut), StringComparison.Ordinal);
        string part = Path.Combine(directory.Path, "part.ndjson");
        await RunAsync(here, 0, "store", "export", part, "--site", "other");
        Assert.Equal(1, JsonElement.Parse((await File.ReadAllLinesAsync(part, Stop))[^1]).GetProperty("events").GetInt32());
    }

    [Fact]
    public async Task An_import_that_contradicts_what_is_there_is_refused()
    {
        await using TestStore from = await postgres.CreateStoreAsync();
        await using TestStore to = await postgres.CreateStoreAsync();
        await using TestServer here = await TestServer.StartAsync(from);
        await using TestServer there = await TestServer.StartAsync(to);
        using TemporaryDirectory directory = new();
        string file = Path.Combine(directory.Path, "events.ndjson");
        await from.Events.AppendAsync("one", "s", null, [TestStore.Event(), TestStore.Event()], Stop);
        await to.Events.AppendAsync("one", "s", null, [TestStore.Event()], Stop);
        await RunAsync(here, 0, "store", "export", file);
        Assert.Contains("has another event at version 1", await RunAsync(there, 1, "store", "import", file), StringComparison.Ordinal);
        string late = Path.Combine(directory.Path, "late.ndjson");
        await from.Events.AppendAsync("one", "t", null, [TestStore.Event(), TestStore.Event()], Stop);
        await RunAsync(here, 0, "store", "export", late, "--from", "4");
        Assert.Contains("events before it are missing", await RunAsync(there, 1, "store", "import", late), StringComparison.Ordinal);
        Assert.Equal(1L, await to.ScalarAsync<long>("select count(*) from {s}.mt_events"));
    }

    private static Task<string> ContentsAsync(TestStore store) => store.ScalarAsync<string>("""
        select string_agg(md5(row(e.tenant_id, e.stream_id, e.version, e.id, e.type, e.data, e.timestamp, e.correlation_id, e.causation_id, e.headers, e.is_archived,
                          k.node, k.boot, k.node_sequence, k.hlc, k.mono, k.previous_hash, k.hash, k.canonical, k.received)::text), '' order by e.seq_id)
               || (select string_agg(b::text, '' order by b.node, b.boot) from {s}.kes_node_boots b)
        from {s}.mt_events e left join {s}.kes_node_events k on k.seq_id = e.seq_id
        """);

    private static async Task<string> RunAsync(TestServer server, int exit, params string[] arguments)
    {
        (int code, string output, string error) = await server.RunAsync(arguments);
        Assert.True(exit == code, $"{string.Join(' ', arguments)}: {code}: {output}{error}");
        return output + error;
    }
}
