using Keepalived.Es.ControlPlane.Incidents.Export;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>What all pages have around their content.</summary>
internal static class WebFrame
{
    private const string Head = """<link rel="stylesheet" href="/style.css"><script src="/app.js" defer></script>""";

    /// <param name="session">Null: nobody has logged in.</param>
    /// <param name="refresh">Seconds after which a browser without script loads the page again; null: never.</param>
    internal static string Of(string title, WebSession? session, Markup body, int? refresh = null)
    {
        Markup navigation = session is null ? Markup.Empty : Markup.Of($"""
            <a class="skip" href="#content">Skip to content</a>
            <nav aria-label="Pages"><a href="/">Board</a><a href="/board">Past</a><a href="/incidents">Incidents</a><a href="/timeline">Timeline</a><a href="/addresses">Addresses</a><a href="/runs">Hooks</a>
            <form method="post" action="/logout"><input type="hidden" name="form" value="{session.FormToken}"><button class="plain">Log out</button></form></nav>
            """);
        Markup reload = refresh is { } seconds ? Markup.Of($"""<noscript><meta http-equiv="refresh" content="{seconds}"></noscript>""") : Markup.Empty;
        return HtmlPage.Of(title, Markup.Of($"""{navigation}<main id="content">{body}</main>""").Html, Head + reload.Html);
    }
}
