using Keepalived.Es.ControlPlane.Projections.Board;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Api;

/// <param name="Status"><c>ok</c> or <c>failing</c>.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
/// <param name="Position">Last event that the board has.</param>
public sealed record Health(string Status, string? Problem, long? Position);

/// <summary><c>GET /health</c>: 200 when the database answers, else 503. Open to anybody, and says no more than that.</summary>
internal static class HealthEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    internal static async Task<IResult> GetAsync(BoardStore board, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            return Answer.Ok(new Health("ok", null, await board.PositionAsync(limit.Token)));
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return Results.Json(new Health("failing", "the database does not answer", null), ApiJson.Options, statusCode: 503);
        }
    }
}
