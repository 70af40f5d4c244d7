using System.Security.Cryptography;
using System.Text;

namespace Keepalived.Es.Domain.Events;

/// <summary>
/// What a node signs: that its boot's chain has this hash at this sequence. Since each hash covers all before it, one signature vouches for every
/// record of the boot up to there. ECDSA on P-256 with SHA-256, 64 bytes (IEEE P1363).
/// </summary>
public static class HeadSignature
{
    /// <summary>Header of an ingest request: the public key (SubjectPublicKeyInfo, DER) in base64.</summary>
    public const string KeyHeader = "Kes-Key";

    /// <summary>Header of an ingest request: the signature of the batch's last record in base64.</summary>
    public const string SignatureHeader = "Kes-Signature";

    /// <summary>The bytes that are signed.</summary>
    /// <param name="hash">The chain's hash at <paramref name="sequence"/>, 64 hex digits.</param>
    public static byte[] Statement(string node, string boot, long sequence, string hash) =>
        Encoding.UTF8.GetBytes($"keepalived-es head\n{node}\n{boot}\n{sequence}\n{hash}\n");

    /// <summary>Names a key: SHA-256 of the public key, in lower-case hex.</summary>
    public static string KeyId(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    /// <returns>False also for bytes that are no signature.</returns>
    /// <exception cref="CryptographicException">The key is not a public key on P-256.</exception>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out int read);
        return read == publicKey.Length && key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? key.VerifyData(statement, signature, HashAlgorithmName.SHA256)
            : throw new CryptographicException("the key is not on the curve P-256, or more than a key");
    }
}
