using System.Text.Json;
using Keepalived.Es.ControlPlane.Audit.Verify;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>GET /v1/audit/verify</c>: lines of JSON (<see cref="VerifyLine"/>) while it goes on; the last has the report. Without one it broke off.</summary>
internal static class VerifyEndpoint
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    internal static async Task<IResult> GetAsync(string? from, string? to, string? node, string? site, StoreVerifier verifier, HttpContext http)
    {
        VerifyScope scope = new(QueryTime.Read(from), QueryTime.Read(to), node, site);
        if ((from is not null && scope.From is null) || (to is not null && scope.To is null) || scope.From > scope.To)
        {
            return Answer.Error(400, $"from '{from}', to '{to}': {QueryTime.Form}, and from is before to");
        }

        http.Response.ContentType = "application/x-ndjson";
        await verifier.RunAsync(scope, line => WriteAsync(http.Response, line, http.RequestAborted), http.RequestAborted);
        return Results.Empty;
    }

    private static async Task WriteAsync(HttpResponse response, VerifyLine line, CancellationToken stop)
    {
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, ApiJson.Options), stop);
        await response.Body.WriteAsync(LineEnd, stop);
        await response.Body.FlushAsync(stop);
    }
}
