using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.Store;

public sealed class StoreStatusTests(PrivatePostgres postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_metrics_and_rebuild_show_how_far_a_projection_is()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        await store.Events.AppendAsync(TestStore.Tenant, [new("s", [TestStore.Event(), TestStore.Event()])], Stop);
        ProjectionStatus board = await UntilAsync(server, projection => projection is { Owner: not null, Position: 2 });
        Assert.Equal((1, 0L, 0.0, 0L), (board.Version, board.Lag, board.LagSeconds, board.ParkedCount));
        Assert.Contains("2 events in 1 streams", (await server.RunAsync("store", "status")).Out, StringComparison.Ordinal);
        JsonElement status = JsonElement.Parse((await server.RunAsync("status", "--json")).Out);
        Assert.Equal("KesBoard", status.GetProperty("projections")[0].GetProperty("name").GetString());

        using HttpClient http = new() { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/metrics", Stop)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(server.TokenFile, Stop)).Trim());
        string metrics = await http.GetStringAsync("/metrics", Stop);
        Assert.Contains("# TYPE kes_projection_lag_events gauge\nkes_projection_lag_events{projection=\"KesBoard\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("kes_store_high_water_mark 2\n", metrics, StringComparison.Ordinal);

        Assert.Equal(0, (await server.RunAsync("store", "rebuild", "KesBoard")).Exit);
        Assert.Contains("KesIncidents cannot be rebuilt", (await server.RunAsync("store", "rebuild", "KesIncidents")).Error, StringComparison.Ordinal);
        await UntilAsync(server, projection => projection is { Version: 2, Position: 2, Owner: not null, Building: null });
        Assert.Contains("there are KesBoard, KesIncidents, KesIncidentList", (await server.RunAsync("store", "rebuild", "Other")).Error, StringComparison.Ordinal);
    }

    private static async Task<ProjectionStatus> UntilAsync(TestServer server, Func<ProjectionStatus, bool> condition)
    {
        for (long start = Stopwatch.GetTimestamp(); ; await Task.Delay(20, Stop))
        {
            StoreStatus status = JsonSerializer.Deserialize<StoreStatus>((await server.RunAsync("store", "status", "--json")).Out, ApiJson.Options)!;
            if (status.Projections.FirstOrDefault(projection => projection.Name == "KesBoard") is { } board && condition(board))
            {
                return board;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), $"still {JsonSerializer.Serialize(status)}");
        }
    }
}
