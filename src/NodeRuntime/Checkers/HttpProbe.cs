using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary><c>HTTP_GET</c> and <c>SSL_GET</c>: one url a try.</summary>
internal sealed class HttpProbe : StreamProbe
{
    private readonly HttpCheckSettings _settings;
    private readonly TlsConnector? _tls;
    private readonly BodyPattern?[] _patterns;

    /// <exception cref="ProbeSetupException">A certificate, a pattern or a text for the request is unfit.</exception>
    internal HttpProbe(HttpCheckSettings settings, TlsClientSettings? tls, SemaphoreSlim places)
        : base(settings.Target, places)
    {
        _settings = settings;
        foreach (HttpUrlSettings url in settings.Urls)
        {
            if ((HttpRequest.Complaint("path", url.Path) ?? HttpRequest.Complaint("virtualhost", HostOf(url))) is { } complaint)
            {
                throw new ProbeSetupException(complaint);
            }
        }

        _patterns = [.. settings.Urls.Select(url => url.Regex is null ? null : new BodyPattern(url.Regex))];
        _tls = settings.Tls ? new TlsConnector(tls) : null;
    }

    protected override async Task<ProbeResult> AskAsync(int step, ProbeSteps steps)
    {
        HttpUrlSettings url = _settings.Urls[step];
        BodyPattern? pattern = _patterns[step];
        using var body = new HttpBody(url.Digest is not null, pattern?.Settings.MinimumOffset ?? 0, pattern is null ? 0 : BodyPattern.SubjectLimit);
        await using NetworkStream connection = await Connector.ConnectAsync(steps).ConfigureAwait(false);
        if (_tls is null)
        {
            return HttpJudge.Judge(url, pattern, await ExchangeAsync(connection, url, body, steps).ConfigureAwait(false));
        }

        await using SslStream secure = await _tls.ConnectAsync(
            connection, ServerName(_settings, url), _settings.Protocol == HttpProtocol.Http2, steps).ConfigureAwait(false);
        ProbeResult result = HttpJudge.Judge(url, pattern, await ExchangeAsync(secure, url, body, steps).ConfigureAwait(false));
        if (url.TlsCompliant && _settings.Protocol != HttpProtocol.Http2)
        {
            await EndTlsAsync(secure).ConfigureAwait(false);
        }

        return result;
    }

    protected override void Dispose(bool disposing)
    {
        _tls?.Dispose();
        foreach (BodyPattern? pattern in _patterns)
        {
            pattern?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>What is sent as SNI; null: nothing, as also for an address (RFC 6066 section 3).</summary>
    internal static string? ServerName(HttpCheckSettings settings, HttpUrlSettings url)
    {
        string? name = settings.EnableSni ? settings.SniName ?? url.VirtualHost ?? settings.VirtualHost : null;
        int colon = name?.LastIndexOf(':') ?? -1;
        name = colon > 0 && name!.IndexOf(':', StringComparison.Ordinal) == colon ? name[..colon] : name;   // a port belongs to the Host field only
        return name is null || IPAddress.TryParse(name, out _) ? null : name;
    }

    private string HostOf(HttpUrlSettings url) => url.VirtualHost ?? _settings.VirtualHost ?? HttpRequest.HostOf(Target.Address, Target.Port);

    private Task<HttpAnswer> ExchangeAsync(Stream stream, HttpUrlSettings url, HttpBody body, ProbeSteps steps) =>
        _settings.Protocol == HttpProtocol.Http2
            ? Http2Exchange.RunAsync(stream, _settings.Tls, url.Path, HostOf(url), body, steps)
            : HttpExchange.RunAsync(stream, HttpRequest.Write(url.Path, HostOf(url), _settings.Protocol), body, steps);

    /// <summary>close_notify. The verdict stands by then: a server that has gone already changes nothing.</summary>
    private static async Task EndTlsAsync(SslStream secure)
    {
        try
        {
            await secure.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It has closed first.
        }
    }
}
