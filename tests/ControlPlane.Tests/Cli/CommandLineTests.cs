using System.Text.Json;
using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.Cli;

public sealed class CommandLineTests(PrivatePostgres postgres)
{
    [Theory]
    [InlineData("status --json --utc", 0)]
    [InlineData("audit timeline --from 15m --to now --node node-a --instance VI_1 --limit 5", 0)]
    [InlineData("audit at 14:02:11", 0)]
    [InlineData("audit explain last:node-b --server http://127.0.0.1:1", 0)]
    [InlineData("audit replay 17 --token-file x", 0)]
    [InlineData("nodes enroll node-a --site s --token-file x --operator-token-file y", 0)]
    [InlineData("audit verify --from 1d --to now --node node-a --site s --json", 0)]
    [InlineData("audit verify --anchors f --from 1d", 0)]
    [InlineData("audit verify --anchors f --node node-a", 1)]
    [InlineData("audit anchor --now", 0)]
    [InlineData("audit anchor --now --export", 1)]
    [InlineData("serve --anchor https://log.example.net/kes", 0)]
    [InlineData("serve --anchor |", 1)]
    [InlineData("nodes renew-key node-a --site s", 0)]
    [InlineData("nodes list", 0)]
    [InlineData("store move-tenant berlin --to https://b.example.net:7340 --to-token-file f --abort --token-file x", 0)]
    [InlineData("store move-tenant berlin", 1)]
    [InlineData("store move-tenant --to https://b.example.net:7340", 1)]
    [InlineData("node drain shop 198.51.100.1:80 --for 10m --node node-a --site s", 0)]
    [InlineData("node undrain shop 198.51.100.1", 0)]
    [InlineData("node drain shop", 1)]
    [InlineData("node undrain shop 198.51.100.1 --for 10m", 1)]
    [InlineData("nodes revoke node-a", 0)]
    [InlineData("serve --db Host=x --schema s --data /d --listen https://[::]:7340 --certificate c --key k --log-file l", 0)]
    [InlineData("serve", 0)]
    [InlineData("", 1)]
    [InlineData("statsu", 1)]
    [InlineData("audit", 1)]
    [InlineData("audit at", 1)]
    [InlineData("audit explain", 1)]
    [InlineData("audit timeline --limit many", 1)]
    [InlineData("status extra", 1)]
    [InlineData("status --server", 1)]
    [InlineData("serve --listen nowhere", 1)]
    [InlineData("serve --listen ftp://127.0.0.1:1", 1)]
    [InlineData("serve --listen http://example.net:1", 1)]
    [InlineData("serve --listen http://127.0.0.1:1/path", 1)]
    [InlineData("nodes enroll", 1)]
    public async Task Arguments_are_understood_or_are_misuse(string arguments, int misuse)
    {
        StringWriter error = new();
        CliEnvironment environment = new(TextWriter.Null, error, _ => null, TimeProvider.System, TimeZoneInfo.Utc, 100);
        string[] words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(misuse == 1, KesCommandLine.Create(environment).Parse(words).Errors.Count > 0);
        if (misuse == 1)
        {
            Assert.Equal(ExitCode.Misuse, await KesCommandLine.RunAsync(words, environment));
            Assert.Matches("^kes: .*See 'kes.* --help'\\.\n$", error.ToString());
        }
    }

    [Theory]                                    // now is 2026-11-23 14:30:00 +01:00
    [InlineData("now", "2026-11-23T13:30:00Z")]
    [InlineData("15m", "2026-11-23T13:15:00Z")]
    [InlineData("90s", "2026-11-23T13:28:30Z")]
    [InlineData("2h", "2026-11-23T11:30:00Z")]
    [InlineData("1d", "2026-11-22T13:30:00Z")]
    [InlineData("14:02", "2026-11-23T13:02:00Z")]
    [InlineData("14:02:11.5", "2026-11-23T13:02:11.5Z")]
    [InlineData("2026-11-23T14:02:11", "2026-11-23T13:02:11Z")]
    [InlineData("2026-11-23 14:02", "2026-11-23T13:02:00Z")]
    [InlineData("2026-11-23T14:02:11Z", "2026-11-23T14:02:11Z")]
    [InlineData("2026-11-23T14:02:11+05:00", "2026-11-23T09:02:11Z")]
    [InlineData("yesterday", null)]
    [InlineData("15x", null)]
    [InlineData("", null)]
    public void Times_are_read_in_the_local_zone(string text, string? expected)
    {
        TimeText times = new(TimeZoneInfo.CreateCustomTimeZone("lab", TimeSpan.FromHours(1), "lab", "lab"));
        DateTimeOffset now = new(2026, 11, 23, 13, 30, 0, TimeSpan.Zero);
        if (expected is null)
        {
            Assert.Throws<CliException>(() => times.Parse(text, now));
        }
        else
        {
            Assert.Equal(DateTimeOffset.Parse(expected, null), times.Parse(text, now));
        }
    }

    [Fact]
    public async Task An_operator_follows_a_failover_from_the_board_to_its_cause()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        await server.EnrollAsync("node-a");
        await server.EnrollAsync("node-b");
        foreach (NodeScript script in new[] { Failover.NodeA(), Failover.NodeB() })
        {
            await store.Ingest.StoreAsync(TestStore.Tenant, script.Node,
                IngestBodyReader.Read(script.Bytes(1, script.Lines.Count), script.Node), TestContext.Current.CancellationToken);
        }

        await store.ScalarAsync<int>("with gone as (update {s}.kes_node_contact set contact_from = '2026-11-23 14:00:00Z', contact_to = case node when 'node-a' then '2026-11-23 14:00:55.2Z'::timestamptz else contact_to end returning 1) select 1 from gone");
        BoardView board;
        do
        {
            board = JsonSerializer.Deserialize<BoardView>((await server.RunAsync("status", "--json")).Out, Api.ApiJson.Options)!;
        }
        while (board.Position < 15);

        Assert.Equal((RouterVerdict.OneMasterKnown, "node-b"), Assert.Single(board.Routers) is var router
            ? (router.Verdict, Assert.Single(router.Masters)) : default);
        Assert.Contains("unknown (said MASTER last)", (await server.RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.Equal(["Master", "Backup"], await PhasesAtAsync(server, "2026-11-23T14:00:30Z"));
        Assert.Equal(["Unknown", "Master"], await PhasesAtAsync(server, "2026-11-23T14:01:20Z"));
        (int exit, string text, _) = await server.RunAsync("audit", "explain", "last:node-b", "--utc");
        Assert.Equal(0, exit);
        Assert.Contains("Conclusion: node-a fell silent without stopping in good order", text, StringComparison.Ordinal);
        Assert.Equal(text, (await server.RunAsync("audit", "explain", $"{Position(text)}")).Out);
        (exit, text, _) = await server.RunAsync("audit", "timeline", "--from", "2026-11-23T14:00:59Z", "--to", "2026-11-23T14:02:00Z",
            "--instance", "VI_1", "--json");
        Assert.Equal((0, 6), (exit, JsonDocument.Parse(text).RootElement.GetProperty("entries").GetArrayLength()));
        (exit, text, _) = await server.RunAsync("audit", "replay", "last:node-b");
        Assert.Contains("node-b: VI_1: 6 recorded inputs replayed", text, StringComparison.Ordinal);
        Assert.Equal(text.Contains("\nSame: ", StringComparison.Ordinal) ? 0 : 1, exit);
    }

    [Theory]
    [InlineData("audit explain last", "event 'last' is not on record")]
    [InlineData("audit explain 999", "event '999' is not on record")]
    [InlineData("audit explain 00000000-0000-0000-0000-000000000001", "event '00000000-0000-0000-0000-000000000001' is not on record")]
    [InlineData("audit replay nonsense", "event 'nonsense': a position, an event id, 'last' or 'last:NODE' is expected")]
    [InlineData("audit timeline --limit 0", "limit 0 is out of range, allowed 1 to 10000")]
    [InlineData("audit timeline --from now --to 1h", "from '")]
    [InlineData("audit at tomorrow", "time 'tomorrow': 'now', an age")]
    [InlineData("nodes enroll a/b", "node name 'a/b': 1 to 63 of letters")]
    [InlineData("nodes enroll node-a --site *", "site '*': 1 to 63 of letters")]
    [InlineData("nodes revoke node-x", "no node 'node-x' is enrolled")]
    [InlineData("status --server nowhere", "server 'nowhere': an http or https URL is expected")]
    [InlineData("status --server http://127.0.0.1:1", "no answer from http://127.0.0.1:1/")]
    [InlineData("status --token-file /nowhere", "the operator's token cannot be read from '/nowhere'")]
    public async Task A_failure_is_one_message(string arguments, string message)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        (int exit, string output, string error) = await server.RunAsync(arguments.Split(' '));
        Assert.Equal((ExitCode.Failed, ""), (exit, output));
        Assert.StartsWith($"kes: {message}", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_token_goes_into_a_new_file_that_only_its_owner_reads()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        using TemporaryDirectory directory = new();
        string file = Path.Combine(directory.Path, "node-a.token");
        Assert.Equal(0, (await server.RunAsync("nodes", "enroll", "node-a", "--token-file", file)).Exit);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(200, (await server.IngestAsync(File.ReadAllText(file).Trim(), [])).Status);
        (int exit, _, string error) = await server.RunAsync("nodes", "enroll", "node-b", "--token-file", file);
        Assert.Equal((1, $"kes: '{file}' exists already: choose another file\n"), (exit, error));
        Assert.DoesNotContain("node-b", (await server.RunAsync("nodes", "list")).Out, StringComparison.Ordinal);
        Assert.StartsWith("kes: node 'node-a' of site '*DEFAULT*' is enrolled already",
            (await server.RunAsync("nodes", "enroll", "node-a")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/status")]
    [InlineData("/v1/nodes")]
    [InlineData("/v1/audit/timeline")]
    [InlineData("/v1/audit/at?time=2026-11-23T14:00:00Z")]
    [InlineData("/v1/audit/explain?event=last")]
    [InlineData("/v1/audit/replay?event=last")]
    public async Task Nothing_is_read_without_the_operators_token(string path)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        string nodes = await server.EnrollAsync("node-a");
        Assert.Equal(401, (await server.GetAsync(path)).Status);
        Assert.Equal(401, (await server.GetAsync(path, nodes)).Status);
        Assert.Equal(200, (await server.GetAsync("/health")).Status);
    }

    private static async Task<IEnumerable<string>> PhasesAtAsync(TestServer server, string time)
    {
        BoardView board = JsonSerializer.Deserialize<BoardView>((await server.RunAsync("audit", "at", time, "--json")).Out,
            Api.ApiJson.Options)!;
        return Assert.Single(board.Routers).Members.Select(member => member.Phase.ToString());
    }

    private static string Position(string explanation) => explanation.Split("position ")[1].Split(',')[0];
}
