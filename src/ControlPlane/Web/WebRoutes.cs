using System.Reflection;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Incidents.Export;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.ControlPlane.Views;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>All addresses of the pages. Everything but the login and its two resources needs a session.</summary>
internal static class WebRoutes
{
    private static readonly string Script = Resource("app.js");
    private static readonly string Style = HtmlPage.Style + "\n" + Resource("style.css");

    internal static void Map(WebApplication app)
    {
        RouteGroupBuilder open = app.MapGroup("").AddEndpointFilter(ProtectAsync);
        open.MapGet("/app.js", () => Results.Text(Script, "text/javascript; charset=utf-8"));
        open.MapGet("/style.css", () => Results.Text(Style, "text/css; charset=utf-8"));
        open.MapGet("/login", LoginPages.Get);
        open.MapPost("/login", LoginPages.PostAsync);
        RouteGroupBuilder pages = app.MapGroup("").AddEndpointFilter(ProtectAsync).AddEndpointFilter(SessionAsync);
        pages.MapPost("/logout", LoginPages.Leave);
        pages.MapGet("/", BoardPages.LiveAsync);
        pages.MapGet("/board/live", BoardPages.FragmentAsync);
        pages.MapGet("/board", BoardPages.AtAsync);
        pages.MapGet("/incidents", IncidentListPage.GetAsync);
        pages.MapGet("/incidents/{id}", IncidentPage.GetAsync);
        pages.MapPost("/incidents/{id}", IncidentPage.PostAsync);
        pages.MapGet("/incidents/{id}/export", IncidentPage.ExportAsync);
        pages.MapGet("/incidents/{id}/replay", TrialPages.ReplayAsync);
        pages.MapGet("/incidents/{id}/what-if", TrialPages.WhatIfAsync);
        pages.MapGet("/nodes/{node}", NodePages.GetAsync);
        pages.MapGet("/nodes/{node}/configuration", NodePages.ConfigurationAsync);
        pages.MapGet("/instances/{node}/{instance}", NodePages.InstanceAsync);
        pages.MapGet("/services/{service}", ServicePage.GetAsync);
        pages.MapGet("/addresses", AddressPages.ListAsync);
        pages.MapGet("/addresses/{address}", AddressPages.GetAsync);
        pages.MapGet("/runs", RunsPage.GetAsync);
        pages.MapGet("/timeline", TimelinePage.GetAsync);
    }

    /// <summary>Headers for all; and a form of another site is not taken.</summary>
    private static async ValueTask<object?> ProtectAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        WebAnswer.Protect(http.Response);
        return HttpMethods.IsGet(http.Request.Method) || IsOwn(http.Request)
            ? await next(context)
            : WebAnswer.Problem(null, 403, "This form was sent from another site.");
    }

    private static async ValueTask<object?> SessionAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        WebSession? session = http.RequestServices.GetRequiredService<WebSessions>().Find(http.Request);
        if (session is null)
        {
            return Refused(http.Request);
        }

        http.Items[typeof(WebSession)] = session;
        if (!HttpMethods.IsGet(http.Request.Method) && !session.Allows((await http.Request.ReadFormAsync(http.RequestAborted))["form"]))
        {
            return WebAnswer.Problem(session, 403, "This form is from another session: load the page again, and send it then.");
        }

        try
        {
            return await Routes.ElsewhereAsync(http) is { } place ? WebAnswer.Problem(session, 409, $"{place.Text}: ask there.") : await next(context);
        }
        catch (PostgresException away) when (TenantRegister.IsFence(away))
        {
            return WebAnswer.Problem(session, 409, $"{away.MessageText}.");
        }
        catch (ViewException refused)
        {
            return WebAnswer.Problem(session, refused.IsMissing ? 404 : 400, refused.Message);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            http.Response.Headers.RetryAfter = Unavailable.RetryAfterSeconds;
            return WebAnswer.Problem(session, 503, "The database does not answer. Nothing was changed; try again.");
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or BadHttpRequestException))
        {
            http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WebRoutes)).RequestFailed(failure);
            return WebAnswer.Problem(session, 500, "This is an error of the server's own; its log has the details.");
        }
    }

    /// <summary>A link on another site comes without our cookie, since that is strict; a page of ours that goes on from there brings it along.</summary>
    private static IResult Refused(HttpRequest request)
    {
        string login = $"/login?return={Uri.EscapeDataString(HttpMethods.IsGet(request.Method) ? request.Path + request.QueryString : "/")}";
        return request.Headers["Sec-Fetch-Site"] == "cross-site"
            ? WebAnswer.Html(HtmlPage.Of(
                "One moment", Markup.Of($"""<p><a href="{login}">Go on</a></p>""").Html, Markup.Of($"""<meta http-equiv="refresh" content="0;url={login}">""").Html))
            : Results.Redirect(login);
    }

    private static bool IsOwn(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none"
        && (request.Headers.Origin.ToString() is var origin && (origin.Length == 0 || origin == $"{request.Scheme}://{request.Host}"));

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"web.{name}")
            ?? throw new InvalidOperationException($"the resource web.{name} is missing from this program");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
