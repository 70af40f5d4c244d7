using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Checkers;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>Settings of checks, and their results.</summary>
internal static class Checks
{
    /// <summary>For a result that must come: generous, since the machine may be busy.</summary>
    internal static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    /// <summary>For a result that comes when the time is over.</summary>
    internal static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    internal static readonly SourceSpan Span = new("test.conf", 1, 1, 1);

    internal static CheckTarget Target(ushort port, TimeSpan? timeout = null, string address = "127.0.0.1") =>
        new() { Address = RouterAddress.Parse(address), Port = port, Timeout = timeout ?? Long };

    internal static TcpCheckSettings Tcp(CheckTarget target) => new() { Span = Span, Target = target };

    internal static HttpCheckSettings Http(CheckTarget target, HttpUrlSettings? url = null) =>
        new() { Span = Span, Target = target, Urls = [url ?? new HttpUrlSettings { Path = "/" }] };

    internal static async Task<ProbeResult> RunAsync(NetworkCheckSettings settings, TlsClientSettings? tls = null)
    {
        using var reactor = new ProbeReactor();
        using IProbe probe = ProbeFactory.Create(settings, tls, reactor);
        return await probe.RunAsync(0, TestContext.Current.CancellationToken);
    }

    /// <summary>A certificate signed by itself, for TLS on the server's side.</summary>
    internal static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>The server's side of TLS.</summary>
    internal static Func<Stream, Task<Stream>> Secure(SslServerAuthenticationOptions options) => async plain =>
    {
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(options);
        return secure;
    };
}
