using System.Text.Json;
using Keepalived.Es.ControlPlane.Anchors;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>/v1/audit/anchors</c></summary>
internal static class AnchorEndpoints
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>All roots, a line of JSON each.</summary>
    internal static async Task<IResult> ListAsync(AnchorStore anchors, HttpContext http)
    {
        http.Response.ContentType = "application/x-ndjson";
        await foreach (Anchor anchor in anchors.ReadAsync(http.RequestAborted))
        {
            await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(anchor, ApiJson.Options), http.RequestAborted);
            await http.Response.Body.WriteAsync(LineEnd, http.RequestAborted);
        }

        return Results.Empty;
    }

    /// <summary>Adds a root now.</summary>
    internal static async Task<IResult> AddAsync(AnchorStore anchors, CancellationToken stop) => await anchors.AddAsync(TimeSpan.Zero, stop) is { } anchor
        ? Answer.Ok(anchor)
        : Answer.Error(409, "nothing was stored since the last root; 'kes audit anchor' shows it");
}
