using System.Security.Cryptography;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Verify;

/// <summary>A node that has a key.</summary>
internal sealed class SigningNode(NodeScript script) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    /// <summary>Signature of a record.</summary>
    internal string Sign(long sequence) => Convert.ToBase64String(_key.SignData(
        HeadSignature.Statement(script.Node, script.Boot, sequence, script.Lines[(int)sequence - 1].Hash), HashAlgorithmName.SHA256));

    /// <summary>Sends records as the daemon does.</summary>
    internal async Task<(int Status, JsonElement Body)> SendAsync(TestServer server, string token, long first, int count)
    {
        (int status, JsonElement body, _) = await server.IngestAsync(
            token, script.Bytes(first, count), headers: [(HeadSignature.KeyHeader, PublicKey), (HeadSignature.SignatureHeader, Sign(first + count - 1))]);
        return (status, body);
    }

    public void Dispose() => _key.Dispose();
}
