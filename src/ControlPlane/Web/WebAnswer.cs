namespace Keepalived.Es.ControlPlane.Web;

/// <summary>Answers of the pages, with the headers that keep a browser from doing anything else with them.</summary>
internal static class WebAnswer
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    internal static IResult Page(string title, WebSession? session, Markup body, int status = 200, int? refresh = null) =>
        Html(WebFrame.Of(title, session, body, refresh), status);

    internal static IResult Html(string html, int status = 200) => Results.Text(html, "text/html; charset=utf-8", statusCode: status);

    /// <summary>A page that says what is wrong.</summary>
    internal static IResult Problem(WebSession? session, int status, string message) =>
        Page("Not possible", session, Markup.Of($"""<h1>Not possible</h1><p class="error" role="alert">{message}</p>"""), status);

    internal static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
    }
}
