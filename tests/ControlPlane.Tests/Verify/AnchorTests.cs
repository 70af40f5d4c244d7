using System.Text.Json;
using Keepalived.Es.ControlPlane.Anchors;
using Keepalived.Es.ControlPlane.Audit.Verify;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.Verify;

public sealed class AnchorTests(PrivatePostgres postgres)
{
    private const string CutOff = """
        delete from {s}.mt_events where seq_id > 15; delete from {s}.kes_node_events where seq_id > 15;
        update {s}.kes_node_boots set last_sequence = 15, last_hash = (select hash from {s}.kes_node_events where node_sequence = 15);
        update {s}.mt_streams s set version = (select count(*) from {s}.mt_events e where e.stream_id = s.id)
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]                                    // the test vectors of Certificate Transparency (RFC 6962 section 2.1)
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_tree_is_that_of_RFC_6962(int leaves, string root)
    {
        string[] contents = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        MerkleTree tree = new();
        foreach (string content in contents.Take(leaves))
        {
            tree.Add(MerkleTree.LeafHash(Convert.FromHexString(content)));
        }

        Assert.Equal((root, (long)leaves), (tree.Root(), tree.Leaves));
    }

    [Fact]
    public async Task Roots_are_chained_and_computed_again()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        using AnchorStore anchors = new(store.Database, store.Schema);
        Assert.Null(await anchors.AddAsync(TimeSpan.Zero, Stop));
        (Anchor first, Anchor second) = await FillAsync(store, anchors);
        Assert.Equal((1, 1, 10, 10), (first.Number, first.From, first.To, first.Events));
        Assert.Equal((2, 11, 21, 11, first.Hash), (second.Number, second.From, second.To, second.Events, second.Previous));
        Assert.Null(await anchors.AddAsync(TimeSpan.Zero, Stop));
        await store.Events.AppendAsync(TestStore.Tenant, [new StreamAppend("other", [TestStore.Event()])], Stop);
        Assert.Null(await anchors.AddAsync(TimeSpan.FromHours(1), Stop));
        VerifyReport report = await VerifyAsync(store);
        Assert.Equal((null, 2L, 1L), (report.First, report.Looked.Anchors, report.Looked.Unanchored));
    }

    [Theory]
    [InlineData("events under the root 2 (positions 11 to 21)", CutOff)]
    [InlineData("the root over the events 2 (positions 11 to 21)", "update {s}.mt_events set data = '{\"a\": 1}' where stream_id = 'other'")]
    [InlineData("hash of the root's row 2 (positions 11 to 21)", "update {s}.kes_anchors set events = 12 where number = 2")]
    [InlineData("number of the root 2 (positions 11 to 21)", "delete from {s}.kes_anchors where number = 1")]
    public async Task What_is_under_a_root_is_not_changed_unseen(string what, string sql)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        using AnchorStore anchors = new(store.Database, store.Schema);
        await FillAsync(store, anchors);
        await store.ExecuteAsync(sql);
        Assert.Equal(what, (await VerifyAsync(store)).First!.What);
    }

    [Fact]
    public async Task Roots_kept_outside_show_that_the_operator_wrote_history_anew()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        using TemporaryDirectory directory = new();
        string file = Path.Combine(directory.Path, "roots");
        using AnchorStore anchors = new(store.Database, store.Schema);
        await FillAsync(store, anchors);
        await using TestServer server = await TestServer.StartAsync(store);
        (int exit, string output, _) = await server.RunAsync("audit", "anchor", "--export");
        Assert.Equal(0, exit);
        await File.WriteAllTextAsync(file, output, Stop);
        Assert.Equal(await LinesAsync(anchors), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        (exit, output, _) = await server.RunAsync("audit", "verify", "--anchors", file);
        Assert.Equal(0, exit);
        Assert.Contains("2 computed again, 2 as they were kept outside;", output, StringComparison.Ordinal);

        await store.ExecuteAsync(CutOff + "; delete from {s}.kes_anchors where number = 2; delete from {s}.mt_streams where id = 'other'");
        await anchors.AddAsync(TimeSpan.Zero, Stop);
        Assert.Null((await VerifyAsync(store)).First);
        (exit, output, _) = await server.RunAsync("audit", "verify", "--anchors", file, "--json");
        Assert.Equal(1, exit);
        Assert.StartsWith("root 2 (positions 11 to 21) as it is kept in", JsonDocument.Parse(output).RootElement.GetProperty("first").GetProperty("what").GetString(), StringComparison.Ordinal);

        await store.ExecuteAsync("delete from {s}.kes_anchors where number = 2");
        (exit, output, _) = await server.RunAsync("audit", "verify", "--anchors", file);
        Assert.Equal((1, true), (exit, output.Contains("found: no such root in the database", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(file, "{}\n", Stop);
        (exit, _, string error) = await server.RunAsync("audit", "verify", "--anchors", file);
        Assert.Equal((1, true), (exit, error.Contains("line 1: it is no root", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_root_goes_to_a_file_or_a_command_until_it_is_kept()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        using TemporaryDirectory directory = new();
        string file = Path.Combine(directory.Path, "roots");
        using AnchorStore anchors = new(store.Database, store.Schema);
        await FillAsync(store, anchors);
        using AnchorSink refusing = AnchorSink.Of("|cat >/dev/null; exit 3");
        AnchorNotKeptException refused = await Assert.ThrowsAsync<AnchorNotKeptException>(() => anchors.KeepAsync(refusing.KeepAsync, Stop));
        Assert.Contains("exit code 3", refused.Message, StringComparison.Ordinal);
        using AnchorSink command = AnchorSink.Of($"|head -n 1 >>'{file}'");
        await anchors.KeepAsync(command.KeepAsync, Stop);
        await anchors.KeepAsync(refusing.KeepAsync, Stop);
        await store.ExecuteAsync("update {s}.kes_anchors set kept = null where number = 2");
        using AnchorSink sink = AnchorSink.Of(file);
        await anchors.KeepAsync(sink.KeepAsync, Stop);
        string[] all = await LinesAsync(anchors);
        Assert.Equal([all[0], all[1], all[1]], await File.ReadAllLinesAsync(file, Stop));
        Assert.Throws<ArgumentException>(() => AnchorSink.Of("|"));
    }

    private static async Task<string[]> LinesAsync(AnchorStore anchors)
    {
        List<string> lines = [];
        await foreach (Anchor anchor in anchors.ReadAsync(Stop))
        {
            lines.Add(JsonSerializer.Serialize(anchor, Api.ApiJson.Options));
        }

        return [.. lines];
    }

    /// <summary>Ten records, a root, ten more and an event of nobody's, a root.</summary>
    private static async Task<(Anchor First, Anchor Second)> FillAsync(TestStore store, AnchorStore anchors)
    {
        NodeScript script = new NodeScript("node-a").Fill(20);
        await store.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBodyReader.Read(script.Bytes(1, 10), "node-a"), Stop);
        Anchor first = (await anchors.AddAsync(TimeSpan.Zero, Stop))!;
        await store.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBodyReader.Read(script.Bytes(11, 10), "node-a"), Stop);
        await store.Events.AppendAsync(TestStore.Tenant, [new StreamAppend("other", [TestStore.Event()])], Stop);
        return (first, (await anchors.AddAsync(TimeSpan.Zero, Stop))!);
    }

    private static Task<VerifyReport> VerifyAsync(TestStore store) =>
        new StoreVerifier(store.Database, store.Schema).RunAsync(new VerifyScope(), _ => Task.CompletedTask, Stop);
}
