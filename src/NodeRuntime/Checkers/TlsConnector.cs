using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>
/// TLS as keepalived's <c>SSL</c> block asks for: a certificate of ours where one is given, the server's verified where an authority is given.
/// Names are not compared, since servers are asked by address.
/// </summary>
internal sealed class TlsConnector : IDisposable
{
    private readonly SslStreamCertificateContext? _certificate;
    private readonly X509Certificate2Collection? _authorities;

    /// <param name="settings">Null: no certificate of ours, no verification.</param>
    /// <exception cref="ProbeSetupException">A file cannot be read, or does not hold what it should.</exception>
    internal TlsConnector(TlsClientSettings? settings)
    {
        if (settings?.Authority is { } authority)
        {
            _authorities = Load("ca", authority, () =>
            {
                var certificates = new X509Certificate2Collection();
                certificates.ImportFromPemFile(authority);
                return certificates.Count > 0 ? certificates : throw new CryptographicException("there is no certificate in it");
            });
        }

        if ((settings?.Certificate ?? settings?.Key) is { } file)
        {
            string certificate = settings!.Certificate ?? file;
            X509Certificate2 loaded = Load("certificate", certificate, () => settings.Password is { } password
                ? X509Certificate2.CreateFromEncryptedPemFile(certificate, password, settings.Key)
                : X509Certificate2.CreateFromPemFile(certificate, settings.Key));
            _certificate = SslStreamCertificateContext.Create(loaded, additionalCertificates: null, offline: true);
        }
    }

    /// <summary>Shakes hands over a connection.</summary>
    /// <param name="serverName">Sent as SNI; null: none is sent.</param>
    /// <exception cref="ProbeFailedException">The server's certificate is not accepted.</exception>
    internal async Task<SslStream> ConnectAsync(Stream connection, string? serverName, bool isHttp2, ProbeSteps steps)
    {
        CancellationToken limit = steps.Begin("negotiating TLS");
        string? refusal = null;
        var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = serverName ?? "",
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ClientCertificateContext = _certificate,
            ApplicationProtocols = isHttp2 ? [SslApplicationProtocol.Http2] : null,
            AllowTlsResume = false,                              // each try shows that a client may come
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => (refusal = Refusal(certificate, chain)) is null,
        };
        try
        {
            await tls.AuthenticateAsClientAsync(options, limit).ConfigureAwait(false);
            return tls;
        }
        catch (Exception)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (refusal is not null)
            {
                throw new ProbeFailedException(ProbeResult.Failure($"certificate is not accepted: {refusal}"));
            }

            throw;
        }
    }

    public void Dispose()
    {
        _certificate?.TargetCertificate.Dispose();
        foreach (X509Certificate2 authority in _authorities ?? [])
        {
            authority.Dispose();
        }
    }

    private static T Load<T>(string what, string path, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ProbeSetupException($"SSL: {what} {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Why the server's certificate is not accepted; null: it is.</summary>
    private string? Refusal(X509Certificate? certificate, X509Chain? sent)
    {
        if (_authorities is null)
        {
            return null;
        }

        if (certificate is not X509Certificate2 server)
        {
            return "the server has sent none";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        return chain.Build(server) ? null : string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct());
    }
}
