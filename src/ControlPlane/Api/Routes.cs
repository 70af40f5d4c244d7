using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tenants;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary>All addresses of the HTTP interface. What is not listed as open needs the operator's token.</summary>
internal static class Routes
{
    internal static void Map(WebApplication app)
    {
        app.Use(CatchAsync);
        app.MapGet("/health", HealthEndpoint.GetAsync);
        app.MapPost("/v1/ingest", (HttpContext http, IngestEndpoint ingest) => ingest.HandleAsync(http));
        app.MapGet("/metrics", MetricsEndpoint.GetAsync).AddEndpointFilter(AuthorizeAsync);
        RouteGroupBuilder operators = app.MapGroup("/v1").AddEndpointFilter(AuthorizeAsync).AddEndpointFilter(AtHomeAsync);
        operators.MapGet("/status", BoardEndpoints.StatusAsync);
        operators.MapGet("/store", StoreEndpoints.StatusAsync);
        operators.MapPost("/store/rebuild", StoreEndpoints.RebuildAsync);
        operators.MapPut("/store/archive", StoreEndpoints.ArchiveAsync);
        operators.MapPut("/store/partitions", StoreEndpoints.PartitionAsync);
        operators.MapGet("/store/retention", StoreEndpoints.RetentionAsync);
        operators.MapPut("/store/retention", StoreEndpoints.SetRuleAsync);
        operators.MapPut("/store/holds", StoreEndpoints.HoldAsync);
        operators.MapDelete("/store/holds", StoreEndpoints.ReleaseAsync);
        operators.MapGet("/store/export", StoreEndpoints.Export);
        operators.MapPost("/store/import", StoreEndpoints.ImportAsync);
        MoveEndpoints.Map(operators);
        operators.MapGet("/audit/at", BoardEndpoints.AtAsync);
        operators.MapGet("/audit/timeline", AuditEndpoints.TimelineAsync);
        operators.MapGet("/audit/explain", AuditEndpoints.ExplainAsync);
        operators.MapGet("/audit/replay", AuditEndpoints.ReplayAsync);
        operators.MapGet("/audit/hooks", AuditEndpoints.HooksAsync);
        operators.MapGet("/audit/node", ViewEndpoints.NodeAsync);
        operators.MapGet("/audit/instance", ViewEndpoints.InstanceAsync);
        operators.MapGet("/audit/address", ViewEndpoints.AddressAsync);
        operators.MapGet("/audit/availability", ViewEndpoints.AvailabilityAsync);
        operators.MapGet("/audit/runs", ViewEndpoints.RunsAsync);
        operators.MapGet("/audit/health", ViewEndpoints.HealthAsync);
        operators.MapGet("/audit/config", ViewEndpoints.ConfigAsync);
        operators.MapGet("/audit/anchors", AnchorEndpoints.ListAsync);
        operators.MapPost("/audit/anchors", AnchorEndpoints.AddAsync);
        operators.MapGet("/audit/verify", VerifyEndpoint.GetAsync);
        operators.MapGet("/incidents", IncidentEndpoints.ListAsync);
        operators.MapGet("/incidents/{id}", IncidentEndpoints.GetAsync);
        operators.MapGet("/incidents/{id}/bundle", IncidentEndpoints.BundleAsync);
        operators.MapPost("/incidents/{id}/remarks", IncidentEndpoints.RemarkAsync);
        operators.MapGet("/nodes", NodeEndpoints.ListAsync);
        operators.MapPost("/nodes", NodeEndpoints.EnrollAsync);
        operators.MapDelete("/nodes", NodeEndpoints.RevokeAsync);
        operators.MapPost("/nodes/renew-key", NodeEndpoints.RenewKeyAsync);
        operators.MapPost("/commands", CommandEndpoints.DrainAsync);
        operators.MapGet("/commands", CommandEndpoints.StateAsync);
    }

    private static async ValueTask<object?> AuthorizeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        OperatorToken token = context.HttpContext.RequestServices.GetRequiredService<OperatorToken>();
        return token.Allows(context.HttpContext.Request)
            ? await next(context)
            : Answer.Error(401, $"the operator's token is needed: it is in the file '{OperatorToken.FileName}' of the server's data directory");
    }

    /// <summary>Who asks for a site that lives elsewhere is told where; the store's own commands look after what is here of it.</summary>
    private static async ValueTask<object?> AtHomeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        return !http.Request.Path.StartsWithSegments("/v1/store") && await ElsewhereAsync(http) is { } place
            ? Answer.Error(409, $"{place.Text}: ask there", place.Place)
            : await next(context);
    }

    /// <summary>Where the site lives that the request's query names, if it does not live here.</summary>
    internal static async Task<TenantPlace?> ElsewhereAsync(HttpContext http)
    {
        string site = http.Request.Query["site"].ToString();
        return site.Length > 0 && await http.RequestServices.GetRequiredService<TenantRegister>().FindAsync(site, http.RequestAborted) is { IsShown: false } place
            ? place
            : null;
    }

    private static async Task CatchAsync(HttpContext http, RequestDelegate next)
    {
        ILogger log = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Routes));
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            await Answer.Error(bad.StatusCode, bad.Message).ExecuteAsync(http);
        }
        catch (PostgresException away) when (TenantRegister.IsFence(away) && !http.Response.HasStarted)
        {
            await Answer.Error(409, away.MessageText, away.Hint).ExecuteAsync(http);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException && !http.Response.HasStarted)
        {
            await Unavailable.Answer(http, failure, log).ExecuteAsync(http);
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            log.RequestFailed(failure);
            await Answer.Error(500, "an error of the server's own; its log has the details").ExecuteAsync(http);
        }
    }
}
