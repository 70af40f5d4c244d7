using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>In and out.</summary>
internal static class LoginPages
{
    internal static IResult Get(HttpContext http, string? @return, WebSessions sessions) => sessions.Find(http.Request) is null
        ? WebAnswer.Page("Log in", null, Form(Local(@return), null))
        : Results.Redirect(Local(@return));

    internal static async Task<IResult> PostAsync(HttpContext http, OperatorToken token, WebSessions sessions, CancellationToken stop)
    {
        IFormCollection form = await http.Request.ReadFormAsync(stop);
        string back = Local(form["return"]);
        if (!token.Is(form["token"].ToString().Trim()))
        {
            return WebAnswer.Page("Log in", null, Form(back, "This is not the operator's token."), 403);
        }

        http.Response.Cookies.Append(WebSessions.Cookie, sessions.Open(), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = "/",
        });
        return Results.Redirect(back);
    }

    internal static IResult Leave(HttpContext http, WebSessions sessions)
    {
        sessions.Close(http.Request);
        http.Response.Cookies.Delete(WebSessions.Cookie);
        return Results.Redirect("/login");
    }

    /// <summary>The page asked for, if it is one of ours; else the board.</summary>
    internal static string Local(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl)
            ? path
            : "/";

    private static Markup Form(string back, string? problem) => Markup.Of($"""
        <h1>Keepalived.Es</h1>
        {(problem is null ? Markup.Empty : Markup.Of($"""<p class="error" role="alert">{problem}</p>"""))}
        <form method="post" action="/login" class="stack"><input type="hidden" name="return" value="{back}">
        <label>Operator's token <input type="password" name="token" autocomplete="current-password" required autofocus></label><button>Log in</button></form>
        <p class="hint">It is in the file <code>{OperatorToken.FileName}</code> of the server's data directory.</p>
        """);
}
