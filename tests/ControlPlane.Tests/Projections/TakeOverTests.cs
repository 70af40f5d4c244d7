using System.Diagnostics;
using System.Globalization;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.Projections;

/// <summary>Two servers of the built program on one database.</summary>
public sealed class TakeOverTests(PrivatePostgres postgres) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<Process> _servers = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_owner_is_followed_by_the_other_and_no_event_is_lost()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        BoardStore board = new(store.Database, store.Schema);
        StoreReader reader = new(store.Database, store.Schema, store.Events, [new BoardProjection(board)], new TenantRegister(store.Database, store.Schema));
        Start(store, "one");
        Start(store, "two");
        Process owner = await OwnerAsync(reader, _servers);
        Task writing = AppendAsync(store, 200);
        owner.Kill();
        long killed = Stopwatch.GetTimestamp();
        await OwnerAsync(reader, [.. _servers.Where(server => server != owner)]);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"taken over after {Stopwatch.GetElapsedTime(killed).TotalSeconds:F2} s"));
        await writing;
        while (await board.PositionAsync(Stop) < 200)
        {
            await Task.Delay(20, Stop);
        }

        Assert.Equal(0, Assert.Single((await reader.StatusAsync(Stop)).Projections).Lag);
    }

    public void Dispose()
    {
        foreach (Process server in _servers.Where(server => !server.HasExited))
        {
            server.Kill();
            server.WaitForExit();
        }

        _servers.ForEach(server => server.Dispose());
        _directory.Dispose();
    }

    private void Start(TestStore store, string name)
    {
        ProcessStartInfo kes = new(Path.Combine(AppContext.BaseDirectory, "kes"))
        {
            ArgumentList =
            {
                "serve", "--db", store.ConnectionString, "--schema", store.Schema, "--data", Path.Combine(_directory.Path, name), "--listen", "http://127.0.0.1:0",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process server = Process.Start(kes)!;
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        _servers.Add(server);
    }

    private static async Task<Process> OwnerAsync(StoreReader reader, IReadOnlyList<Process> servers)
    {
        while (true)
        {
            Assert.All(servers, server => Assert.False(server.HasExited));
            string? owner = (await reader.StatusAsync(Stop)).Projections.SingleOrDefault()?.Owner;
            if (servers.FirstOrDefault(server => owner?.EndsWith($"/{server.Id}", StringComparison.Ordinal) == true) is { } found)
            {
                return found;
            }

            await Task.Delay(20, Stop);
        }
    }

    private static async Task AppendAsync(TestStore store, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await store.Events.AppendAsync(TestStore.Tenant, [new("s", [TestStore.Event()])], Stop);
        }
    }
}
