using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Talks to the server. Every failure becomes a <see cref="CliException"/>.</summary>
internal sealed class ServerClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http;

    /// <param name="patience">How long an answer may take; null: a minute.</param>
    internal ServerClient(Uri server, string token, TimeSpan? patience = null)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = patience ?? Patience };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    internal Task<T> GetAsync<T>(string path, CancellationToken stop, params (string Name, string? Value)[] query) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, path + Query(query)), stop);

    internal Task<T> PostAsync<T>(string path, object body, CancellationToken stop) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: ApiJson.Options) }, stop);

    internal Task<T> PostAsync<T>(string path, object body, CancellationToken stop, params (string Name, string? Value)[] query) =>
        PostAsync<T>(path + Query(query), body, stop);

    internal Uri Address => _http.BaseAddress!;

    internal async Task PutAsync(string path, CancellationToken stop, params (string Name, string? Value)[] query)
    {
        using HttpResponseMessage response = await AnswerAsync(new HttpRequestMessage(HttpMethod.Put, path + Query(query)), stop);
    }

    internal Task<T> UploadAsync<T>(string path, byte[] body, CancellationToken stop, params (string Name, string? Value)[] query) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Post, path + Query(query)) { Content = new ByteArrayContent(body) }, stop);

    /// <summary>Copies an answer of any length.</summary>
    internal async Task DownloadAsync(string path, Stream output, CancellationToken stop, params (string Name, string? Value)[] query)
    {
        using HttpResponseMessage response =
            await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, path + Query(query)), stop, HttpCompletionOption.ResponseHeadersRead);
        try
        {
            await response.Content.CopyToAsync(output, stop);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            throw new CliException($"{_http.BaseAddress} broke off: {cut.Message}");
        }
    }

    /// <summary>Reads an answer of lines of JSON, each as it comes.</summary>
    internal async IAsyncEnumerable<T> LinesAsync<T>(
        string path, [EnumeratorCancellation] CancellationToken stop, params (string Name, string? Value)[] query)
    {
        using HttpResponseMessage response =
            await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, path + Query(query)), stop, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(stop));
        while (await LineAsync(reader, stop) is { } line)
        {
            yield return JsonSerializer.Deserialize<T>(line, ApiJson.Options)!;
        }
    }

    internal async Task DeleteAsync(string path, CancellationToken stop, params (string Name, string? Value)[] query)
    {
        using HttpResponseMessage response = await AnswerAsync(new HttpRequestMessage(HttpMethod.Delete, path + Query(query)), stop);
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> LineAsync(StreamReader reader, CancellationToken stop)
    {
        try
        {
            return await reader.ReadLineAsync(stop);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            throw new CliException($"{_http.BaseAddress} broke off: {cut.Message}");
        }
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken stop)
    {
        using HttpResponseMessage response = await AnswerAsync(request, stop);
        try
        {
            return (await response.Content.ReadFromJsonAsync<T>(ApiJson.Options, stop))!;
        }
        catch (JsonException)
        {
            throw new CliException($"{_http.BaseAddress} answered with something else than this kes understands: is it a kes of another version, or no kes?");
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(
        HttpRequestMessage request, CancellationToken stop, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        HttpResponseMessage response;
        try
        {
            using (request)
            {
                response = await _http.SendAsync(request, completion, stop);
            }
        }
        catch (HttpRequestException failure)
        {
            throw new CliException($"no answer from {_http.BaseAddress}: {failure.Message}; is 'kes serve' running there? See --server");
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CliException($"no answer from {_http.BaseAddress} within {_http.Timeout.TotalSeconds:0} s");
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new CliException(await ErrorAsync(response, stop), (int)response.StatusCode);
        }
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            ApiError? error = await response.Content.ReadFromJsonAsync<ApiError>(ApiJson.Options, stop);
            return error?.Error ?? $"the server answered {(int)response.StatusCode}";
        }
        catch (JsonException)
        {
            return $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}";
        }
    }

    private static string Query((string Name, string? Value)[] query)
    {
        string joined = string.Join('&', query.Where(q => !string.IsNullOrEmpty(q.Value)).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}"));
        return joined.Length == 0 ? "" : $"?{joined}";
    }
}
