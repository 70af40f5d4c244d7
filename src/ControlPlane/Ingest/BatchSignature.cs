using System.Security.Cryptography;
using Keepalived.Es.ControlPlane.Nodes;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>A node's signature of a batch's last record, verified.</summary>
/// <param name="PublicKey">SubjectPublicKeyInfo, DER.</param>
public sealed record BatchSignature(byte[] PublicKey, byte[] Signature)
{
    /// <summary>See <see cref="HeadSignature.KeyId"/>.</summary>
    public string KeyId { get; } = HeadSignature.KeyId(PublicKey);

    /// <summary>Reads the headers of a request and verifies what they say of its batch.</summary>
    /// <returns>Null: the batch is empty, or comes from a node without a key.</returns>
    /// <exception cref="IngestRefusedException">400: malformed. 403: another key than the node's, no signature, or a wrong one.</exception>
    internal static BatchSignature? Of(IHeaderDictionary headers, EnrolledNode node, IngestBatch batch)
    {
        if (batch.Records.Count == 0)
        {
            return null;
        }

        (byte[]? key, byte[]? signature) = (Bytes(headers, HeadSignature.KeyHeader), Bytes(headers, HeadSignature.SignatureHeader));
        if (key is null && signature is null)
        {
            return node.KeyId is null
                ? null
                : throw Refused(403, $"node '{node.Name}' has the key {node.KeyId}, and the batch is not signed: a daemon of an earlier version needs {Remedy(node)}");
        }

        BatchSignature signed = new(
            key ?? throw Refused(400, $"{HeadSignature.KeyHeader}: is missing beside {HeadSignature.SignatureHeader}"),
            signature ?? throw Refused(400, $"{HeadSignature.SignatureHeader}: is missing beside {HeadSignature.KeyHeader}"));
        if (node.KeyId is { } known && known != signed.KeyId)
        {
            throw Refused(403, $"node '{node.Name}' has the key {known}, and this is {signed.KeyId}: if the machine or its state directory is new, {Remedy(node)}");
        }

        return signed.Fits(batch.Records[^1])
            ? signed
            : throw Refused(403, $"{HeadSignature.SignatureHeader}: it is not one of the last record, sequence {batch.Records[^1].Record.Sequence}");
    }

    private bool Fits(IngestRecord last)
    {
        try
        {
            return HeadSignature.Verify(PublicKey, HeadSignature.Statement(last.Record.Node, last.Record.Boot, last.Record.Sequence, last.Hash), Signature);
        }
        catch (CryptographicException broken)
        {
            throw Refused(400, $"{HeadSignature.KeyHeader}: a public key on P-256 is expected (SubjectPublicKeyInfo, DER, base64): {broken.Message}");
        }
    }

    private static string Remedy(EnrolledNode node) =>
        $"'kes nodes renew-key {node.Name}{(node.Tenant == NodeRegister.DefaultSite ? "" : $" --site {node.Tenant}")}'";

    private static byte[]? Bytes(IHeaderDictionary headers, string name)
    {
        string text = headers[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length)
            ? bytes[..length]
            : throw Refused(400, $"{name}: base64 is expected, seen '{IngestBodyReader.Shortened(text)}'");
    }

    private static IngestRefusedException Refused(int status, string error) => new(new IngestRefusal(status, error));
}
