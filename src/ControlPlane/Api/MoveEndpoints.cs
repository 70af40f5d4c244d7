using System.Text;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.ControlPlane.Transfer;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>/v1/store/move</c>: the steps of a move, at its source and at its target. Each may be taken again.</summary>
internal static class MoveEndpoints
{
    internal static void Map(RouteGroupBuilder operators)
    {
        RouteGroupBuilder moves = operators.MapGroup("/store/move").AddEndpointFilter(RefuseAsync);
        moves.MapGet("", GetAsync);
        moves.MapPost("/leave", LeaveAsync);
        moves.MapPost("/seal", (string site, Guid move, TenantDeparture source, CancellationToken stop) => AnswerAsync(source.SealAsync(site, move, stop)));
        moves.MapGet("/events", EventsAsync);
        moves.MapGet("/rows", RowsAsync);
        moves.MapPost("/hand-over", (string site, Guid move, TenantDeparture source, CancellationToken stop) => AnswerAsync(source.HandOverAsync(site, move, stop)));
        moves.MapPost("/return", (string site, TenantDeparture source, CancellationToken stop) => AnswerAsync(source.ReturnAsync(site, stop)));
        moves.MapPost("/arrive", ArriveAsync);
        moves.MapPost("/rows", TakeRowsAsync);
        moves.MapPost("/check", (string site, Guid move, MoveManifest manifest, TenantArrival target, CancellationToken stop) =>
            AnswerAsync(target.CheckAsync(site, move, manifest, stop)));
        moves.MapPost("/settle", (string site, Guid move, TenantArrival target, CancellationToken stop) => AnswerAsync(target.SettleAsync(site, move, stop)));
        moves.MapPost("/drop", (string site, Guid move, TenantArrival target, CancellationToken stop) => AnswerAsync(target.DropAsync(site, move, stop)));
    }

    /// <summary>The address of a control plane as moves name it.</summary>
    /// <returns>Null: not one.</returns>
    internal static string? PlaceOf(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? url.GetLeftPart(UriPartial.Authority)
            : null;

    internal static string NotAPlace(string? text) => $"'{text}': an http or https URL of a control plane is expected, without user, path or query";

    private static async Task<IResult> GetAsync(string site, TenantRegister tenants, CancellationToken stop) =>
        Answer.Ok(new MoveView(await tenants.FindAsync(site, stop), await tenants.ExistsAsync(site, stop)));

    private static async Task<IResult> LeaveAsync(string site, string? place, TenantDeparture source, CancellationToken stop) => PlaceOf(place) is { } url
        ? await AnswerAsync(source.LeaveAsync(site, url, stop))
        : Answer.Error(400, NotAPlace(place));

    private static async Task<IResult> ArriveAsync(string site, Guid move, string? place, TenantArrival target, CancellationToken stop) => PlaceOf(place) is { } url
        ? await AnswerAsync(target.ArriveAsync(site, move, url, stop))
        : Answer.Error(400, NotAPlace(place));

    private static async Task<IResult> EventsAsync(string site, Guid move, TenantRegister tenants, EventExport export, CancellationToken stop)
    {
        await OnlySealedAsync(site, move, tenants, stop);
        return Results.Stream(output => export.WriteCountedAsync(output, site, stop), IngestEndpoint.MediaType);
    }

    private static async Task<IResult> RowsAsync(string site, Guid move, TenantRegister tenants, TenantRows rows, CancellationToken stop)
    {
        await OnlySealedAsync(site, move, tenants, stop);
        return Results.Stream(output => rows.WriteAsync(output, site, stop), IngestEndpoint.MediaType);
    }

    private static async Task<IResult> TakeRowsAsync(string site, Guid move, long first, HttpContext http, TenantRows rows, CancellationToken stop)
    {
        ReadOnlyMemory<byte> body = await BoundedBody.ReadAsync(http.Request.Body, http.Request.Headers.ContentEncoding.ToString(), stop);
        string[] lines = Encoding.UTF8.GetString(body.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await rows.TakeAsync(site, move, first, lines, stop);
        return Answer.Ok(new ImportReply(lines.Length, 0));
    }

    /// <summary>Before, what is read may change; and who reads for another move is late.</summary>
    private static async Task OnlySealedAsync(string site, Guid move, TenantRegister tenants, CancellationToken stop)
    {
        TenantPlace place = await tenants.FindAsync(site, stop);
        if (place is not { State: TenantState.Leaving or TenantState.Moved, Sealed: not null } || place.Move != move)
        {
            throw new MoveRefusedException($"{place.Text}, and is not sealed in this move: run the command again");
        }
    }

    private static async Task<IResult> AnswerAsync(Task<TenantPlace> step) => Answer.Ok(await step);

    private static async ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (MoveRefusedException refused)
        {
            return Answer.Error(refused.IsMissing ? 404 : refused.IsSoon ? 503 : 409, refused.Message);
        }
        catch (IngestRefusedException refused)
        {
            return Answer.Error(refused.Refusal.Status, refused.Message);
        }
    }
}

/// <summary>How a tenant stands to a database.</summary>
/// <param name="Exists">Something of it is there.</param>
public sealed record MoveView(TenantPlace Tenant, bool Exists);
