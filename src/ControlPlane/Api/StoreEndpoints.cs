using Keepalived.Es.ControlPlane.Projections;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>/v1/store</c></summary>
internal static class StoreEndpoints
{
    internal static async Task<IResult> StatusAsync(StoreReader store, CancellationToken stop) => Answer.Ok(await store.StatusAsync(stop));

    /// <summary>Orders a rebuild and answers at once; the status tells how far it is.</summary>
    internal static async Task<IResult> RebuildAsync(
        string? name, IEnumerable<IProjection> projections, ProjectionRegister register, CancellationToken stop)
    {
        if (projections.FirstOrDefault(p => p.Name == name) is not { } projection)
        {
            return Answer.Error(404, $"projection '{name}': there are {string.Join(", ", projections.Select(p => p.Name))}");
        }

        try
        {
            await register.OrderRebuildAsync(projection, stop);
        }
        catch (InvalidOperationException refused)
        {
            return Answer.Error(409, refused.Message);
        }

        return Results.Json(new RebuildReply(projection.Name, projection is IVersionedProjection), ApiJson.Options, statusCode: 202);
    }
}

/// <param name="Beside">The old rows are read until the new ones have caught up.</param>
public sealed record RebuildReply(string Name, bool Beside);
