using System.Text.Json;
using Keepalived.Es.ControlPlane.Audit.Verify;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Verify;

public sealed class SignatureTests(PrivatePostgres postgres)
{
    [Fact]
    public async Task The_first_key_is_taken_and_another_only_after_renewal()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        NodeScript script = new NodeScript("node-a").Fill(40);
        using SigningNode node = new(script);
        using SigningNode other = new(script);
        Assert.Equal(200, (await server.IngestAsync(token, script.Bytes(1, 5))).Status);
        Assert.Equal(200, (await node.SendAsync(server, token, 6, 5)).Status);
        Assert.Equal(200, (await node.SendAsync(server, token, 1, 20)).Status);

        (int status, JsonElement body) = await other.SendAsync(server, token, 21, 5);
        Assert.Equal(403, status);
        Assert.Contains($"is new, 'kes nodes renew-key node-a --site {TestStore.Tenant}'", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        (status, body, _) = await server.IngestAsync(token, script.Bytes(21, 5));
        Assert.Equal(403, status);
        Assert.Contains("the batch is not signed", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(20L, await store.ScalarAsync<long>("select count(*) from {s}.kes_node_events"));

        (int exit, string output, _) = await server.RunAsync("nodes", "renew-key", "node-a", "--site", TestStore.Tenant);
        Assert.Equal((0, true), (exit, output.StartsWith("node-a: the key ", StringComparison.Ordinal)));
        Assert.Equal(1, (await server.RunAsync("nodes", "renew-key", "node-a", "--site", TestStore.Tenant)).Exit);
        Assert.Equal(200, (await server.IngestAsync(token, script.Bytes(21, 5))).Status);
        Assert.Equal(200, (await other.SendAsync(server, token, 26, 15)).Status);
        VerifyReport report = await VerifyAsync(store);
        Assert.Equal((null, 40L, 3L, 0L), (report.First, report.Looked.Records, report.Looked.Signatures, report.Looked.Unsigned));
    }

    [Theory]
    [InlineData("no!base64", null, 400, "Kes-Key: base64 is expected, seen 'no!base64'")]
    [InlineData("AAAA", null, 400, "Kes-Key: a public key on P-256 is expected")]
    [InlineData(null, "", 400, "Kes-Signature: is missing beside Kes-Key")]
    [InlineData("", null, 400, "Kes-Key: is missing beside Kes-Signature")]
    [InlineData(null, "AAAA", 403, "Kes-Signature: it is not one of the last record, sequence 3")]
    public async Task What_does_not_fit_is_refused_and_no_key_is_kept(string? key, string? signature, int status, string error)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        NodeScript script = new NodeScript("node-a").Fill(3);
        using SigningNode node = new(script);
        (string, string)[] headers = [(HeadSignature.KeyHeader, key ?? node.PublicKey), (HeadSignature.SignatureHeader, signature ?? node.Sign(3))];
        (int answered, JsonElement body, _) = await server.IngestAsync(token, script.Bytes(1, 3), headers: [.. headers.Where(header => header.Item2.Length > 0)]);
        Assert.Equal(status, answered);
        Assert.StartsWith(error, body.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0L, await store.ScalarAsync<long>("select (select count(*) from {s}.kes_node_keys) + (select count(*) from {s}.mt_events)"));
    }

    [Theory]
    [InlineData("the records that the node signed", 21, """
        delete from {s}.mt_events where seq_id > 20;
        delete from {s}.kes_node_events where node_sequence > 20;
        update {s}.kes_node_boots set last_sequence = 20, last_hash = (select hash from {s}.kes_node_events where node_sequence = 20);
        update {s}.mt_streams s set version = (select count(*) from {s}.mt_events e where e.stream_id = s.id)
        """)]
    [InlineData("the records that the node signed", 1, """
        delete from {s}.mt_events; delete from {s}.kes_node_events; delete from {s}.kes_node_boots; delete from {s}.mt_streams
        """)]
    [InlineData("the node's signature", 10, "update {s}.kes_node_signatures set signature = (select signature from {s}.kes_node_signatures where node_sequence = 30) where node_sequence = 10")]
    [InlineData("the node's signature", 10, "update {s}.kes_node_keys set public_key = '\\x00'")]
    [InlineData("the record is signed", 21, "delete from {s}.kes_node_signatures where node_sequence = 30")]
    [InlineData("the record is signed", 1, "delete from {s}.kes_node_signatures")]
    public async Task What_the_node_has_signed_is_not_taken_away_unseen(string what, long sequence, string sql)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        NodeScript script = new NodeScript("node-a").Fill(30);
        using SigningNode node = new(script);
        for (int first = 1; first <= 30; first += 10)
        {
            Assert.Equal(200, (await node.SendAsync(server, token, first, 10)).Status);
        }

        Assert.Null((await VerifyAsync(store)).First);
        await store.ExecuteAsync(sql);
        VerifyDifference found = (await VerifyAsync(store)).First!;
        Assert.Equal((what, sequence, "node-a", "boot-1"), (found.What, found.Sequence!.Value, found.Node, found.Boot));
    }

    private static Task<VerifyReport> VerifyAsync(TestStore store) =>
        new StoreVerifier(store.Database, store.Schema).RunAsync(new VerifyScope(), _ => Task.CompletedTask, TestContext.Current.CancellationToken);
}
