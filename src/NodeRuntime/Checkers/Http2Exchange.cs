using System.Net;
using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>One request and its response by HTTP/2 (RFC 9113), over a connection of its own.</summary>
internal static class Http2Exchange
{
    private const int BufferBytes = 8 * 1024;

    /// <param name="connection">Open; over TLS with <c>h2</c> agreed on, otherwise with prior knowledge. Closed at the end.</param>
    internal static async Task<HttpAnswer> RunAsync(Stream connection, bool isTls, string path, string host, HttpBody body, ProbeSteps steps)
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, _) => ValueTask.FromResult(connection),
        };
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{(isTls ? "https" : "http")}://{host}{(path.StartsWith('/') ? "" : "/")}{path}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", HttpRequest.UserAgent);
        using HttpResponseMessage response = await client.SendAsync(request, steps.Begin("waiting for an answer")).ConfigureAwait(false);
        await using Stream content = await response.Content.ReadAsStreamAsync(steps.Begin("waiting for the body")).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        while (await content.ReadAsync(buffer, steps.Begin("waiting for the rest of the body")).ConfigureAwait(false) is var length and not 0)
        {
            body.Take(buffer.AsSpan(0, length), buffer.AsSpan(0, length));
        }

        return body.ToAnswer((int)response.StatusCode, shortness: null);
    }
}
