using System.Net;
using System.Text.RegularExpressions;
using Keepalived.Es.ControlPlane.Tests.Support;

namespace Keepalived.Es.ControlPlane.Tests.Web;

/// <summary>What a browser does of HTTP: cookies, forms, redirects told and not followed.</summary>
internal sealed partial class Browser(TestServer server) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };

    [GeneratedRegex("name=\"form\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken { get; }

    public async Task LoginAsync() => Assert.Equal(
        HttpStatusCode.Redirect,
        (await PostAsync("/login", ("token", File.ReadAllText(server.TokenFile).Trim()), ("return", "/incidents"))).StatusCode);

    public async Task<string> PageAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await GetAsync(path);
        string html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, $"{path}: {response.StatusCode}\n{html}");
        Assert.DoesNotContain("<script>", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" style=", html, StringComparison.OrdinalIgnoreCase);
        return html;
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path);
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) => PostAsync(path, [], fields);

    public Task<HttpResponseMessage> PostAsync(string path, (string Name, string Value)[] headers, (string Name, string Value)[] fields)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The token that forms of this session carry.</summary>
    public async Task<string> FormAsync() => FormToken.Match(await PageAsync("/runs")).Groups[1].Value;

    public void Dispose() => _http.Dispose();
}
