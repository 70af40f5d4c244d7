using System.Text;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.Ingest;

public sealed class IngestEndpointTests(PrivatePostgres postgres)
{
    [Fact]
    public async Task A_node_sends_and_is_acknowledged()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        NodeScript script = new NodeScript("node-a").Fill(10);

        (int status, JsonElement body, _) = await server.IngestAsync(token, script.Bytes(1, 6));
        Assert.Equal((200, "boot-1", 6L), (status, body.GetProperty("boot").GetString(), body.GetProperty("acknowledged").GetInt64()));
        HybridTimestamp first = HybridTimestamp.Parse(body.GetProperty("hlc").GetString()!);
        Assert.True(first > HybridTimestamp.Parse(script.Lines[5].Record.Hlc));

        (status, body, _) = await server.IngestAsync(token, TestServer.Gzip(script.Bytes(4, 7)), encoding: "gzip");
        Assert.Equal((200, 10L), (status, body.GetProperty("acknowledged").GetInt64()));
        Assert.True(HybridTimestamp.Parse(body.GetProperty("hlc").GetString()!) > first);

        (status, body, _) = await server.IngestAsync(token, []);
        Assert.Equal((200, false), (status, body.TryGetProperty("acknowledged", out _)));
        (status, _, _) = await server.IngestAsync(token, TestServer.Gzip([]), encoding: "gzip");
        Assert.Equal(200, status);
        Assert.Equal(10L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
        await store.AssertConsistentAsync();
    }

    [Fact]
    public async Task Each_kind_of_refusal_has_its_status_and_stores_nothing()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        NodeScript script = new NodeScript("node-a").Fill(10);
        byte[] right = script.Bytes(1, 3);
        byte[] bomb = TestServer.Gzip(new byte[64 * 1024 * 1024]);
        string operators = (await File.ReadAllTextAsync(server.TokenFile, TestContext.Current.CancellationToken)).Trim();
        (string Case, string? Token, byte[] Body, string Type, string? Encoding, int Status, string Error)[] table =
        [
            ("no token", null, right, "application/x-ndjson", null, 401, "a node's bearer token is needed"),
            ("unknown token", "x", right, "application/x-ndjson", null, 401, "a node's bearer token is needed"),
            ("the operator's token", operators, right, "application/x-ndjson", null, 401, "a node's bearer token is needed"),
            ("another node", token, new NodeScript("node-b").Fill(1).Bytes(1, 1), "application/x-ndjson", null, 403,
                "line 1: the token is of node 'node-a'"),
            ("malformed", token, Encoding.UTF8.GetBytes(script.Body(1, 1) + "nonsense\n"), "application/x-ndjson", null, 400, "line 2: "),
            ("media type", token, right, "application/json", null, 400,
                "Content-Type 'application/json': application/x-ndjson is expected"),
            ("encoding", token, right, "application/x-ndjson", "br", 400, "Content-Encoding 'br': gzip and identity are allowed"),
            ("not gzip", token, right, "application/x-ndjson", "gzip", 400, "the body is not gzip"),
            ("gzip cut off", token, TestServer.Gzip(right)[..^20], "application/x-ndjson", "gzip", 400, ""),
            ("bomb", token, bomb, "application/x-ndjson", "gzip", 413, "the body is larger than 8388608 bytes after decompression"),
            ("large", token, new byte[IngestLimits.BodyBytes + 1], "application/x-ndjson", null, 413,
                "the body is larger than 8388608 bytes"),
            ("larger", token, new byte[IngestLimits.BodyBytes + (1024 * 1024)], "application/x-ndjson", null, 413,
                "the body is larger than 8388608 bytes"),
            ("gap at the start", token, script.Bytes(3, 2), "application/x-ndjson", null, 409,
                "boot 'boot-1': sequence 3 leaves a gap, 1 is expected next"),
            ("gap inside", token, Encoding.UTF8.GetBytes(script.Body(1, 2) + script.Body(4, 1)), "application/x-ndjson", null, 409,
                "line 3: sequence 4 follows 2"),
            ("chain", token, Encoding.UTF8.GetBytes(script.Body(1, 3).Replace("VI_1", "VI_7", StringComparison.Ordinal)),
                "application/x-ndjson", null, 422, "line 2: sequence 2: hash"),
        ];
        foreach ((string name, string? credential, byte[] body, string type, string? encoding, int expected, string error) in table)
        {
            (int status, JsonElement answer, _) = await server.IngestAsync(credential, body, type, encoding);
            Assert.True(expected == status, $"{name}: {status} {answer}");
            Assert.StartsWith(error, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
            Assert.Equal(expected == 409, answer.TryGetProperty("expected", out JsonElement next) && next.GetInt64() == 1);
            Assert.Equal(expected == 422, answer.TryGetProperty("sequence", out _));
        }

        Assert.Equal(0L, await store.ScalarAsync<long>("select count(*) from {s}.mt_events"));
    }

    [Fact]
    public async Task A_revoked_node_is_refused_and_a_new_token_works_again()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        byte[] body = new NodeScript("node-a").Fill(1).Bytes(1, 1);
        Assert.Equal(0, (await server.RunAsync("nodes", "revoke", "node-a", "--site", TestStore.Tenant)).Exit);
        Assert.Equal(401, (await server.IngestAsync(token, body)).Status);
        string renewed = await server.EnrollAsync("node-a");
        Assert.Equal((401, 200), ((await server.IngestAsync(token, body)).Status, (await server.IngestAsync(renewed, body)).Status));
    }

    [Fact]
    public async Task A_body_that_jsonb_would_refuse_is_stored_with_its_exact_bytes()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        NodeScript script = new("node-a");
        script.Add(0, new HookFinished("node-a", "notify VI_1", 1, 0, null, null, TimeSpan.Zero, "a\0b"));
        await store.Ingest.StoreAsync(TestStore.Tenant, "node-a", IngestBodyReader.Read(script.Bytes(1, 1), "node-a"),
            TestContext.Current.CancellationToken);
        Assert.Equal("a\ufffdb", await store.ScalarAsync<string>("select data->>'OutputTail' from {s}.mt_events"));
        Assert.Equal(script.Lines[0].Canonical,
            await store.ScalarAsync<string>("select convert_from(canonical, 'UTF8') from {s}.kes_node_events"));
    }

    [Fact]
    public async Task Without_a_database_the_answer_is_503_and_when_to_try_again()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string token = await server.EnrollAsync("node-a");
        await using (NpgsqlCommand hide = store.Database.CreateCommand($"alter table {store.Schema}.kes_node_boots rename to hidden"))
        {
            await hide.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        (int status, JsonElement body, var headers) = await server.IngestAsync(token, new NodeScript("node-a").Fill(1).Bytes(1, 1));
        Assert.Equal((503, "2"), (status, headers.RetryAfter!.ToString()));
        Assert.Contains("nothing was acknowledged", body.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
