using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary><c>http.fetch({method, url, headers, body, timeoutMs})</c>, to hosts and ports of the list. Redirects are answers, never followed.</summary>
public sealed class FetchFunction : IHostFunction, IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int MostHeaders = 64;

    private readonly FetchSettings _settings;
    private readonly HttpClient _client;

    /// <param name="settings">What is allowed.</param>
    public FetchFunction(FetchSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                AutomaticDecompression = DecompressionMethods.None,
                PooledConnectionLifetime = TimeSpan.FromMinutes(1),
                ConnectCallback = ConnectAsync,
            })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    public string Name => "http.fetch";

    public void Dispose() => _client.Dispose();

    public async Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(from);
        if (arguments.At(0) is not JsonObject options)
        {
            return HostAnswer.Error("http.fetch: an object {method, url, headers, body, timeoutMs} is wanted");
        }

        if (Request(options, out string? problem) is not { } request)
        {
            return HostAnswer.Error($"http.fetch: {problem}");
        }

        TimeSpan own = from.Within(options["timeoutMs"]);
        using var limit = new CancellationTokenSource(own < _settings.TimeLimit ? own : _settings.TimeLimit);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using (request)
        {
            try
            {
                return await SendAsync(request, end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return HostAnswer.Error($"http.fetch: no whole answer from {request.RequestUri} in time");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                return HostAnswer.Error($"http.fetch: {request.RequestUri}: {e.Message}");
            }
        }
    }

    private HttpRequestMessage? Request(JsonObject options, out string? problem)
    {
        problem = null;
        string? text = options["url"].AsText();
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            problem = $"{HostAnswer.Show(options["url"])} is no URL of http or https without a user";
        }
        else if (!_settings.Allowed.Contains($"{url.Host}:{url.Port}", StringComparer.OrdinalIgnoreCase))
        {
            problem = $"{url.Host}:{url.Port} is not allowed, allowed: {string.Join(", ", _settings.Allowed)}";
        }

        string method = options["method"].AsText() ?? "GET";
        if (problem is null && !(method.Length is > 0 and <= 16 && method.All(char.IsAsciiLetter)))
        {
            problem = $"{HostAnswer.Show(options["method"])} is no method";
        }

        if (problem is not null)
        {
            return null;
        }

        var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), url);
        if (options["body"].AsText() is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        problem = AddHeaders(request, options["headers"] as JsonObject ?? []);
        return problem is null ? request : null;
    }

    private static string? AddHeaders(HttpRequestMessage request, JsonObject headers)
    {
        if (headers.Count > MostHeaders)
        {
            return $"{headers.Count} headers are too many, allowed 0 to {MostHeaders}";
        }

        foreach ((string name, JsonNode? value) in headers)
        {
            bool ours = name.ToUpperInvariant() is "HOST" or "CONNECTION" or "CONTENT-LENGTH" or "TRANSFER-ENCODING" or "UPGRADE";
            string? text = value.AsText();
            if (ours || text is null || text.AsSpan().ContainsAny('\r', '\n', '\0')
                || !(request.Headers.TryAddWithoutValidation(name, text) || request.Content?.Headers.TryAddWithoutValidation(name, text) == true))
            {
                return $"the header '{name}' is not allowed";
            }
        }

        return null;
    }

    private async Task<JsonObject> SendAsync(HttpRequestMessage request, CancellationToken end)
    {
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end).ConfigureAwait(false);
        using Stream stream = await response.Content.ReadAsStreamAsync(end).ConfigureAwait(false);
        using var body = new MemoryStream();
        byte[] buffer = new byte[BufferBytes];
        for (int count = 1; count > 0;)
        {
            count = await stream.ReadAsync(buffer, end).ConfigureAwait(false);
            body.Write(buffer, 0, count);
            if (body.Length > _settings.BodyBytes)
            {
                return HostAnswer.Error($"http.fetch: the body of {request.RequestUri} is too long, allowed 0 to {_settings.BodyBytes} bytes");
            }
        }

        var headers = new JsonObject();
        foreach ((string name, IEnumerable<string> values) in response.Headers.Concat(response.Content.Headers))
        {
            headers[name.ToLowerInvariant()] = string.Join(", ", values);
        }

        JsonObject answer = HostAnswer.Ok();
        answer["status"] = (int)response.StatusCode;
        answer["headers"] = headers;
        answer["body"] = Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
        return answer;
    }

    /// <summary>A name of the list may lead anywhere by now: where clouds keep their secrets is reached by a listed address only.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        DnsEndPoint target = context.DnsEndPoint;
        bool listed = IPAddress.TryParse(target.Host, out IPAddress? literal);
        IPAddress[] addresses = listed ? [literal!] : await Dns.GetHostAddressesAsync(target.Host, cancel).ConfigureAwait(false);
        IPAddress[] allowed = listed ? addresses : [.. addresses.Where(address => !IsLinkLocal(address))];
        if (allowed.Length == 0)
        {
            throw new IOException($"{target.Host} leads to {string.Join<IPAddress>(", ", addresses)}, which is refused unless listed by address");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>169.254.0.0/16, fe80::/10, and the metadata services that are elsewhere.</summary>
    internal static bool IsLinkLocal(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? plain.GetAddressBytes() is [169, 254, ..] or [100, 100, 100, 200] or [192, 0, 0, 192]
            : plain.IsIPv6LinkLocal || plain.Equals(_metadata6);
    }

    private static readonly IPAddress _metadata6 = IPAddress.Parse("fd00:ec2::254");
}

/// <summary>What <c>http.fetch</c> allows.</summary>
/// <param name="Allowed">Hosts with ports: <c>api.example:443</c>, <c>[2001:db8::1]:80</c>.</param>
/// <param name="BodyBytes">Of an answer's body.</param>
/// <param name="TimeLimit">Of one request with its answer.</param>
public sealed record FetchSettings(IReadOnlyCollection<string> Allowed, int BodyBytes, TimeSpan TimeLimit);
