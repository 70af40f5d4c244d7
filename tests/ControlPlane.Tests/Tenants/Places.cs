using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.Tenants;

/// <summary>Two servers, each on a database of its own.</summary>
internal sealed class Places : IAsyncDisposable
{
    private Places(TestStore hereStore, TestStore thereStore, TestServer here, TestServer there) =>
        (HereStore, ThereStore, Here, There) = (hereStore, thereStore, here, there);

    internal TestStore HereStore { get; }

    internal TestStore ThereStore { get; }

    internal TestServer Here { get; }

    internal TestServer There { get; }

    internal static async Task<Places> StartAsync(PrivatePostgres postgres)
    {
        TestStore here = await postgres.CreateDatabaseAsync();
        TestStore there = await postgres.CreateDatabaseAsync();
        return new Places(here, there, await TestServer.StartAsync(here), await TestServer.StartAsync(there));
    }

    /// <summary>Address of a server as moves write it.</summary>
    internal static string Url(TestServer server) => server.Address.ToString().TrimEnd('/');

    /// <summary>Runs <c>kes store move-tenant</c> from one to the other, which must succeed.</summary>
    internal static async Task<string> MoveAsync(TestServer from, TestServer to, string site = TestStore.Tenant, params string[] more)
    {
        (int exit, string output, string error) = await TryMoveAsync(from, to, site, more);
        Assert.True(exit == 0, $"{exit}: {output}{error}");
        return output;
    }

    internal static Task<(int Exit, string Out, string Error)> TryMoveAsync(TestServer from, TestServer to, string site = TestStore.Tenant, params string[] more) =>
        from.RunAsync(["store", "move-tenant", site, "--to", Url(to), "--to-token-file", to.TokenFile, .. more]);

    /// <summary>Takes one step of a move.</summary>
    internal static async Task<JsonElement> StepAsync(TestServer server, string step, string query)
    {
        (int status, JsonElement body) = await server.PostAsync($"/v1/store/move/{step}?site={TestStore.Tenant}&{query}");
        Assert.True(status == 200, $"{step}: {status} {body}");
        return body;
    }

    internal static async Task<string> StateAsync(TestServer server, string site = TestStore.Tenant) =>
        (await server.AskUntilAsync($"/v1/store/move?site={site}", _ => true)).GetProperty("tenant").GetProperty("state").GetString()!;

    /// <summary>What is verified of the site at a server: records, signatures and unsigned records, without a difference.</summary>
    internal static async Task<(long Records, long Signatures, long Unsigned)> VerifyAsync(TestServer server, string site = TestStore.Tenant)
    {
        (int exit, string output, string error) = await server.RunAsync("audit", "verify", "--site", site, "--json");
        Assert.True(exit == 0, $"{output}{error}");
        JsonElement looked = JsonElement.Parse(output).GetProperty("looked");
        return (looked.GetProperty("records").GetInt64(), looked.GetProperty("signatures").GetInt64(), looked.GetProperty("unsigned").GetInt64());
    }

    public async ValueTask DisposeAsync()
    {
        await Here.DisposeAsync();
        await There.DisposeAsync();
        await HereStore.DisposeAsync();
        await ThereStore.DisposeAsync();
    }
}
