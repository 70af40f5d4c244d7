using System.Net;
using Keepalived.Es.ControlPlane.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keepalived.Es.ControlPlane.Tests.Tenants;

/// <summary>Cuts the connection at one of the requests that go through two proxies, counted together.</summary>
/// <param name="at">Which, from 1; 0: none.</param>
/// <param name="done">The server has done what was asked, and the answer is lost; false: it does not hear of it.</param>
internal sealed class Cut(int at, bool done)
{
    private int _requests;

    /// <summary>Requests so far.</summary>
    internal int Requests => _requests;

    internal (bool Before, bool After) Next()
    {
        bool now = Interlocked.Increment(ref _requests) == at;
        return (now && !done, now && done);
    }
}

/// <summary>Stands before a server.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private CuttingProxy(Uri target)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(http => ForwardAsync(http, target));
    }

    internal Cut Cut { get; set; } = new(0, false);

    internal Uri Address => new(_app.Urls.First());

    internal string Place => MoveEndpoints.PlaceOf(Address.ToString())!;

    internal static async Task<CuttingProxy> StartAsync(Uri target)
    {
        CuttingProxy proxy = new(target);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext http, Uri target)
    {
        (bool before, bool after) = Cut.Next();
        if (before)
        {
            await CutAsync(http);
            return;
        }

        using HttpRequestMessage request = new(new HttpMethod(http.Request.Method), new Uri(target, http.Request.Path + http.Request.QueryString));
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body);
        request.Content = new ByteArrayContent(body.ToArray());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        request.Headers.TryAddWithoutValidation("Authorization", http.Request.Headers.Authorization.ToString());
        using HttpResponseMessage response = await _client.SendAsync(request);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        if (after)
        {
            await CutAsync(http);
            return;
        }

        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        if (response.StatusCode != HttpStatusCode.NoContent)
        {
            await http.Response.Body.WriteAsync(answer);
        }
    }

    /// <summary>In the middle of an answer: what is cut before it, the client may send again by itself.</summary>
    private static async Task CutAsync(HttpContext http)
    {
        http.Response.ContentLength = 1_000;
        await http.Response.WriteAsync("cut");
        await http.Response.Body.FlushAsync();
        http.Abort();
    }
}
