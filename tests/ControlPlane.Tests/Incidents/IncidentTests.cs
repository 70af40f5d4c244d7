using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.Incidents;

/// <summary>Incidents through the whole server: from a node's request to what people read.</summary>
public sealed class IncidentTests(PrivatePostgres postgres)
{
    [Fact]
    public async Task A_fail_over_is_listed_told_and_exported_and_people_may_say_something_about_it()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        await SendAsync(server, Failover.NodeA());
        await SendAsync(server, Failover.NodeB());
        JsonElement list = await server.AskUntilAsync(
            "/v1/incidents?kind=fail-over", found => found.GetArrayLength() == 1);
        string id = list[0].GetProperty("id").GetString()!;
        Assert.StartsWith("20261123-140056-fail-over-", id, StringComparison.Ordinal);

        (int exit, string text, _) = await server.RunAsync("incidents", "show", id[..26]);
        Assert.Equal(0, exit);
        Assert.Contains("node-b took over from node-a: it had not heard node-a for 3.609 s", text, StringComparison.Ordinal);
        Assert.Contains("Outage:       at most 3.609 s", text, StringComparison.Ordinal);
        Assert.Contains("* 14:01:00.000  node-b: VI_1 became MASTER: the Master-down timer expired", text, StringComparison.Ordinal);

        Assert.Equal(0, (await server.RunAsync("incidents", "acknowledge", id, "--by", "alice")).Exit);
        Assert.Equal(0, (await server.RunAsync("incidents", "assign", id, "bob", "--by", "alice")).Exit);
        Assert.Equal(0, (await server.RunAsync("incidents", "note", id, "the switch <was> rebooted", "--by", "bob")).Exit);
        JsonElement noted = await server.AskUntilAsync(
            $"/v1/incidents/{id}", found => found.GetProperty("notes").GetArrayLength() == 3);
        Assert.Equal("alice", noted.GetProperty("acknowledgedBy").GetString());
        Assert.Equal("bob", noted.GetProperty("assignedTo").GetString());

        string html = (await server.RunAsync("incidents", "export", id, "--format", "html")).Out;
        Assert.Contains("<svg", html, StringComparison.Ordinal);
        Assert.Contains("the switch &lt;was&gt; rebooted", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", html, StringComparison.Ordinal);
        Assert.Contains("| 14:01:00.000 | node-b | VI_1 became MASTER",
            (await server.RunAsync("incidents", "export", id, "--format", "md")).Out, StringComparison.Ordinal);
        JsonElement trace = JsonElement.Parse((await server.RunAsync("incidents", "export", id, "--format", "trace")).Out);
        Assert.Contains(trace.GetProperty("traceEvents").EnumerateArray(), e => e.GetProperty("name").GetString() == "Master");
        Assert.StartsWith("time,node,type,text,record", (await server.RunAsync("incidents", "export", id, "--format", "csv")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/incidents?kind=bad-luck", 400, "kind 'bad-luck': fail-over, ")]
    [InlineData("/v1/incidents?limit=0", 400, "limit 0 is out of range, allowed 1 to 10000")]
    [InlineData("/v1/incidents?from=2026-02-30", 400, "from '2026-02-30'")]
    [InlineData("/v1/incidents/nothing", 404, "incident 'nothing' is not on record; 'kes incidents list' lists what is")]
    public async Task A_request_that_makes_no_sense_is_told_why(string path, int status, string error)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        (int answered, JsonElement body, _) = await server.GetAsync(path, File.ReadAllText(server.TokenFile).Trim());
        Assert.Equal(status, answered);
        Assert.StartsWith(error, body.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static async Task SendAsync(TestServer server, NodeScript script)
    {
        string token = await server.EnrollAsync(script.Node);
        Assert.Equal(200, (await server.IngestAsync(token, script.Bytes(1, script.Lines.Count))).Status);
    }
}
