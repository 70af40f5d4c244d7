using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.ControlPlane.Ingest;
using Microsoft.AspNetCore.Builder;

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>The whole server on a free port of the loopback.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TemporaryDirectory _data;
    private readonly HttpClient _http;

    private TestServer(WebApplication app, TemporaryDirectory data)
    {
        (_app, _data) = (app, data);
        Address = new Uri(app.Urls.First());
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public string TokenFile => Path.Combine(_data.Path, OperatorToken.FileName);

    public static async Task<TestServer> StartAsync(
        TestStore store, IngestCapacity? capacity = null, Func<ServerOptions, ServerOptions>? change = null)
    {
        TemporaryDirectory data = new();
        ServerOptions options = new(store.ConnectionString, store.Schema, data.Path, new Uri("http://127.0.0.1:0"), Capacity: capacity);
        WebApplication app = await ControlPlaneServer.BuildAsync(change?.Invoke(options) ?? options, Serilog.Core.Logger.None, TimeProvider.System,
            TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestServer(app, data);
    }

    /// <returns>The node's token.</returns>
    public async Task<string> EnrollAsync(string node, string? site = TestStore.Tenant)
    {
        using HttpRequestMessage request = new(HttpMethod.Post,
            "/v1/nodes")
        { Content = JsonContent.Create(new EnrollRequest(node, site), options: ApiJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(TokenFile).Trim());
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (await response.Content.ReadFromJsonAsync<EnrollReply>(ApiJson.Options, TestContext.Current.CancellationToken))!.Token;
    }

    public async Task<(int Status, JsonElement Body, HttpResponseHeaders Headers)> IngestAsync(
        string? token, byte[] body, string contentType = "application/x-ndjson", string? encoding = null,
        params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/ingest") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        Array.ForEach(headers, header => request.Headers.Add(header.Name, header.Value));
        return await SendAsync(request);
    }

    public Task<(int Status, JsonElement Body, HttpResponseHeaders Headers)> GetAsync(string path, string? token = null)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return SendAsync(request);
    }

    /// <summary>Posts as the operator.</summary>
    public async Task<(int Status, JsonElement Body)> PostAsync(string path, object? body = null)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = JsonContent.Create(body ?? new { }, options: ApiJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(TokenFile).Trim());
        (int status, JsonElement answer, _) = await SendAsync(request);
        return (status, answer);
    }

    /// <summary>Asks as the operator until the answer is as wanted, half a minute at most.</summary>
    public async Task<JsonElement> AskUntilAsync(string path, Func<JsonElement, bool> wanted)
    {
        for (long start = Stopwatch.GetTimestamp(); ; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            (int status, JsonElement body, _) = await GetAsync(path, File.ReadAllText(TokenFile).Trim());
            if (status == 200 && wanted(body))
            {
                return body;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), $"{path} still answers {status} {body}");
        }
    }

    /// <summary>Runs a command line against this server.</summary>
    public Task<(int Exit, string Out, string Error)> RunAsync(params string[] arguments) => RunAtAsync(Address, arguments);

    /// <summary>Runs a command line against this server, which it reaches at another address.</summary>
    public async Task<(int Exit, string Out, string Error)> RunAtAsync(Uri address, params string[] arguments)
    {
        StringWriter output = new() { NewLine = "\n" };
        StringWriter error = new() { NewLine = "\n" };
        CliEnvironment environment = new(
            output, error, name =>
                name switch { "KES_SERVER" => address.ToString(), "KES_TOKEN" => File.ReadAllText(TokenFile).Trim(), _ => null },
            TimeProvider.System, TimeZoneInfo.Utc, 200);
        return (await KesCommandLine.RunAsync(arguments, environment), output.ToString(), error.ToString());
    }

    public static byte[] Gzip(byte[] plain)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return compressed.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _data.Dispose();
    }

    private async Task<(int Status, JsonElement Body, HttpResponseHeaders Headers)> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text), response.Headers);
    }
}
