using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Incidents;

/// <summary>Hooks of the control plane: a program and a file in JavaScript, run for real.</summary>
public sealed class IncidentHookTests(PrivatePostgres postgres)
{
    [Fact]
    public async Task A_program_and_a_script_are_run_for_each_event_of_an_incident_and_how_they_ended_is_on_record()
    {
        using TemporaryDirectory files = new();
        string program = Path.Combine(files.Path, "page.sh");
        string script = Path.Combine(files.Path, "page.js");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nprintf '%s|' \"$@\" >> {files.Path}/paged\necho >> {files.Path}/paged\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(
            script, "function incident_opened(ctx) { return { ok: false, note: 'saw ' + ctx.incident.kind }; }", TestContext.Current.CancellationToken);
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store, change: options => options with { IncidentHooks = [program, script] });
        string token = await server.EnrollAsync("node-a");
        NodeScript node = new("node-a");
        node.Add(0, new QuorumLost("node-a", "[192.0.2.1]:tcp:80", 1, 2, 0, null));
        Assert.Equal(200, (await server.IngestAsync(token, node.Bytes(1, 1))).Status);

        JsonElement incident = (await server.AskUntilAsync(
            "/v1/incidents?kind=quorum-lost", found => found.GetArrayLength() == 1 && found[0].GetProperty("hooks").GetArrayLength() == 2))[0];
        JsonElement.ArrayEnumerator ran = incident.GetProperty("hooks").EnumerateArray();
        Assert.Equal(
            [(program, 0, null), (script, 1, "saw QuorumLost")],
            ran.Select(hook => (hook.GetProperty("hook").GetString()!, hook.GetProperty("exitCode").GetInt32(),
                hook.TryGetProperty("error", out JsonElement error) ? error.GetString() : null)));
        string id = incident.GetProperty("id").GetString()!;
        Assert.Equal(
            $"incident_opened|{id}|quorum-lost|Critical|service node-a/[192.0.2.1]:tcp:80||"
            + "[192.0.2.1]:tcp:80 on node-a has real servers of weight 1, 2 are needed; there is no sorry server|\n",
            await File.ReadAllTextAsync(Path.Combine(files.Path, "paged"), TestContext.Current.CancellationToken));
        Assert.Equal(0L, await store.ScalarAsync<long>("select count(*) from {s}.kes_incident_hooks"));
    }
}
