using System.Net;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.ControlPlane.Web;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Web;

/// <summary>The pages through the whole server.</summary>
public sealed class PageTests(PrivatePostgres postgres)
{
    private const string Range = "from=2026-11-23T13:59:00Z&to=2026-11-23T14:02:00Z";

    [Fact]
    public async Task Nothing_is_shown_without_a_login_and_a_form_needs_its_session()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        using Browser browser = new(server);
        foreach (string path in new[] { "/", "/board", "/board/live", "/incidents", "/incidents/x", "/nodes/x", "/instances/x/y", "/addresses", "/runs", "/timeline", "/services/x" })
        {
            using HttpResponseMessage refused = await browser.GetAsync(path);
            Assert.Equal((HttpStatusCode.Redirect, $"/login?return={Uri.EscapeDataString(path)}"), (refused.StatusCode, refused.Headers.Location?.OriginalString));
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/login", ("token", "wrong"))).StatusCode);
        string token = File.ReadAllText(server.TokenFile).Trim();
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/login", [("Sec-Fetch-Site", "cross-site")], [("token", token)])).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/login", [("Origin", "https://evil.example")], [("token", token)])).StatusCode);

        using HttpResponseMessage login = await browser.PostAsync("/login", ("token", token), ("return", "//evil.example/"));
        Assert.Equal("/", login.Headers.Location?.OriginalString);
        string cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Matches("^kes=[A-Za-z0-9_-]{43}; path=/; samesite=strict; httponly$", cookie);

        await browser.PageAsync("/");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/logout")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/logout", ("form", "other"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync("/logout", ("form", await browser.FormAsync()))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Every_page_forbids_what_it_does_not_need()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        using Browser browser = new(server);
        await browser.LoginAsync();
        foreach (string path in new[] { "/login", "/", "/incidents", "/nodes/nobody", "/style.css", "/app.js" })
        {
            using HttpResponseMessage response = await browser.GetAsync(path);
            string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; style-src 'self'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }

        using HttpResponseMessage linked = await new Browser(server).GetAsync("/incidents/x?a=\"b", ("Sec-Fetch-Site", "cross-site"));
        Assert.Contains(
            "content=\"0;url=/login?return=%2Fincidents%2Fx%3Fa%3D%2522b\"", await linked.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fail_over_is_followed_from_the_board_to_its_cause_and_remarked_upon()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using TestServer server = await TestServer.StartAsync(store);
        NodeScript a = Failover.NodeA();
        a.Add(5, new ConfigurationLoaded("node-a", "/etc/k.conf", new string('a', 64), "# <script>alert(1)</script>\n", ["<script>w</script>"]));
        a.Add(6, new ConfigurationLoaded("node-a", "/etc/k.conf", new string('b', 64), "# <script>alert(2)</script>\n", []));
        a.Add(7, new HookFinished("node-a", "notify <script>", 1, 3, null, null, TimeSpan.FromSeconds(1), "<script>alert('output')</script>"));
        await SendAsync(server, a);
        await SendAsync(server, Failover.NodeB());
        await SendAsync(server, Balancing.Node("lb-1", 30));
        string id = (await server.AskUntilAsync("/v1/incidents?kind=fail-over", found => found.GetArrayLength() == 1))[0].GetProperty("id").GetString()!;
        await server.AskUntilAsync("/v1/incidents?kind=hook-failed", found => found.GetArrayLength() == 1);
        await server.AskUntilAsync("/v1/status", board => board.GetProperty("services").GetArrayLength() == 1 && board.GetProperty("routers").GetArrayLength() == 1);
        using Browser browser = new(server);
        await browser.LoginAsync();

        string board = await browser.PageAsync("/");
        Assert.Contains("VRID 51", board, StringComparison.Ordinal);
        Assert.Contains("SEVERAL MASTERS", await browser.PageAsync("/board/live"), StringComparison.Ordinal);
        Assert.Contains("href=\"/board?at=2026-11-23T14%3A00%3A04Z\">← Previous", await browser.PageAsync("/board?at=2026-11-23T14:00:30Z"), StringComparison.Ordinal);
        Assert.Contains("time &#39;noon&#39;: ", await browser.PageAsync("/board?at=noon", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&#39;output&#39;)&lt;/script&gt;", await browser.PageAsync($"/runs?{Range}&failed=true"), StringComparison.Ordinal);
        Assert.Contains("<del>-# &lt;script&gt;alert(1)", await browser.PageAsync($"/nodes/node-a/configuration?{Range}"), StringComparison.Ordinal);
        Assert.Contains("# &lt;script&gt;alert(1)", await browser.PageAsync("/nodes/node-a?at=2026-11-23T14:00:05.5Z&config=true"), StringComparison.Ordinal);
        Assert.Contains("became MASTER: the Master-down timer expired", await browser.PageAsync($"/instances/node-b/VI_1?{Range}"), StringComparison.Ordinal);
        Assert.Contains("node-b, as far as is known", await browser.PageAsync($"/addresses/10.51.0.100?{Range}"), StringComparison.Ordinal);
        Assert.Contains("/addresses/10.51.0.100?from=", await browser.PageAsync($"/addresses?{Range}"), StringComparison.Ordinal);
        Assert.Contains("connection refused", await browser.PageAsync($"/services/{Uri.EscapeDataString(Balancing.Service)}?{Range}"), StringComparison.Ordinal);
        Assert.Contains("<svg", await browser.PageAsync($"/timeline?{Range}&node=node-b&instance=VI_1"), StringComparison.Ordinal);
        Assert.Contains(id, await browser.PageAsync("/incidents?open=&kind=fail-over&node=node-a&from=&to="), StringComparison.Ordinal);
        Assert.Contains("hears 10.51.0.1 at priority 150", await browser.PageAsync($"/incidents/{id}/replay"), StringComparison.Ordinal);
        Assert.Contains("<h2>Outcome</h2>", await browser.PageAsync($"/incidents/{id}/what-if?set=VI_1.advert_int%3D0.1&delay="), StringComparison.Ordinal);
        Assert.Contains(
            "&#39;nonsense&#39; cannot be tried", await browser.PageAsync($"/incidents/{id}/what-if?set=VI_1.nonsense", HttpStatusCode.BadRequest), StringComparison.Ordinal);

        string form = await browser.FormAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync($"/incidents/{id}", ("form", form), ("by", "alice"))).StatusCode);
        foreach ((string name, string value) in new[] { ("acknowledge", "true"), ("assign", "bob"), ("text", "<script>note</script>") })
        {
            using HttpResponseMessage done = await browser.PostAsync($"/incidents/{id}", ("form", form), ("by", "alice"), (name, value));
            Assert.Equal((HttpStatusCode.Redirect, $"/incidents/{id}"), (done.StatusCode, done.Headers.Location?.OriginalString));
        }

        JsonElement noted = await server.AskUntilAsync($"/v1/incidents/{id}", found => found.GetProperty("notes").GetArrayLength() == 3);
        Assert.Equal(("alice", "bob"), (noted.GetProperty("acknowledgedBy").GetString(), noted.GetProperty("assignedTo").GetString()));
        Assert.Contains("alice: &lt;script&gt;note", await browser.PageAsync($"/incidents/{id}"), StringComparison.Ordinal);
        using HttpResponseMessage export = await browser.GetAsync($"/incidents/{id}/export?format=csv");
        Assert.Equal($"{id}.csv", export.Content.Headers.ContentDisposition?.FileName);
        await browser.PageAsync($"/incidents/{id}/export?format=doc", HttpStatusCode.BadRequest);
        await browser.PageAsync("/incidents/none", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/incidents?open=true", "/incidents?open=true")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void A_login_goes_on_to_our_own_pages_only(string? wanted, string path) => Assert.Equal(path, LoginPages.Local(wanted));

    [Fact]
    public void Text_in_markup_is_encoded_and_markup_is_not()
    {
        Markup inner = Markup.Of($"<b>{"<&\"'>"}</b>");
        Assert.Equal("<b>&lt;&amp;&quot;&#39;&gt;</b>", inner.Html);
        Assert.Equal("<i><b>&lt;&amp;&quot;&#39;&gt;</b>1.5</i>", Markup.Of($"<i>{inner}{1.5}{(string?)null}</i>").Html);
    }

    [Fact]
    public void A_session_ends_when_it_is_not_used_and_the_oldest_makes_room()
    {
        Clock clock = new();
        WebSessions sessions = new(clock);
        string first = sessions.Open();
        clock.Now += WebSessions.Idle - TimeSpan.FromMinutes(1);
        Assert.NotNull(Find(first));
        clock.Now += WebSessions.Idle - TimeSpan.FromMinutes(1);
        Assert.NotNull(Find(first));
        clock.Now += WebSessions.Idle;
        Assert.Null(Find(first));
        string old = sessions.Open();
        clock.Now += TimeSpan.FromSeconds(1);
        string[] others = [.. Enumerable.Range(0, WebSessions.Limit).Select(_ => sessions.Open())];
        Assert.Null(Find(old));
        Assert.NotNull(Find(others[^1]));

        WebSession? Find(string cookie)
        {
            Microsoft.AspNetCore.Http.DefaultHttpContext http = new();
            http.Request.Headers.Cookie = $"{WebSessions.Cookie}={cookie}";
            return sessions.Find(http.Request);
        }
    }

    private sealed class Clock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = NodeScript.Origin;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static async Task SendAsync(TestServer server, NodeScript script)
    {
        string token = await server.EnrollAsync(script.Node);
        Assert.Equal(200, (await server.IngestAsync(token, script.Bytes(1, script.Lines.Count))).Status);
    }
}
