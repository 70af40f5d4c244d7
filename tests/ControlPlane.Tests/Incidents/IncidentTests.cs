using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

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

    [Fact]
    public async Task An_incident_that_is_found_again_goes_on_under_its_id_and_is_opened_once()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        NodeScript a = Failover.NodeA();
        a.Add(30, new InstanceStopped("node-a", Failover.Instance, 51, VrrpPhase.Master, TransitionReason.Shutdown, 150, NodeScript.Mono(30)));
        a.Add(30, new NodeStopped("node-a", "SIGTERM"));
        await SendAsync(server, a);
        NodeScript b = InFault("boot-b", 1);
        string token = await SendAsync(server, b);
        const string Path = "/v1/incidents?kind=no-master";
        string id = (await server.AskUntilAsync(Path, found => found.GetArrayLength() == 1))[0].GetProperty("id").GetString()!;

        int known = b.Lines.Count;
        b.Add(50, new InstanceStopped("node-b", Failover.Instance, 51, VrrpPhase.Fault, TransitionReason.Shutdown, 100, NodeScript.Mono(50)));
        b.Add(50, new NodeStopped("node-b", "SIGTERM"));
        Assert.Equal(200, (await server.IngestAsync(token, b.Bytes(known + 1, 2))).Status);
        await server.AskUntilAsync(Path, IsOver);

        NodeScript again = InFault("boot-b2", 60, b.LastHash);
        Assert.Equal(200, (await server.IngestAsync(token, again.Bytes(1, again.Lines.Count))).Status);
        await server.AskUntilAsync(Path, found => !IsOver(found));
        Assert.Equal(
            ["incident_opened", "incident_closed", "incident_changed"],
            (await store.Events.FetchStreamAsync(TestStore.Tenant, $"incident/{id}", TestContext.Current.CancellationToken)).Select(e => e.Type));

        static bool IsOver(JsonElement found) => Assert.Single(found.EnumerateArray()).GetProperty("facts").TryGetProperty("end", out _);
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

    /// <summary>node-b starts and cannot become Master.</summary>
    private static NodeScript InFault(string boot, double second, string? previousHash = null)
    {
        NodeScript b = new("node-b", boot, previousHash);
        b.Add(second, new NodeStarted("node-b", TestStore.Tenant, "0.1.0", "kernel-b", 200, new string('b', 64)));
        b.Add(second, Failover.Configured("node-b", Failover.SourceB, 100));
        b.Add(second, new InstanceEnteredFault(
            "node-b", Failover.Instance, 51, VrrpPhase.Initialize, TransitionReason.FaultDetected, 100, NodeScript.Mono(second), FaultReasons.InterfaceDown));
        return b;
    }

    /// <returns>The node's token.</returns>
    private static async Task<string> SendAsync(TestServer server, NodeScript script)
    {
        string token = await server.EnrollAsync(script.Node);
        Assert.Equal(200, (await server.IngestAsync(token, script.Bytes(1, script.Lines.Count))).Status);
        return token;
    }
}
