using System.Net.Http.Headers;
using System.Security.Cryptography;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>The key that the node signs its chain with: ECDSA on P-256, in a file of mode 0600 beside the journal.</summary>
internal sealed class NodeKey : IDisposable
{
    internal const string FileName = "node.key";
    private readonly ECDsa _key;
    private readonly string _publicKey;

    private NodeKey(ECDsa key) => (_key, _publicKey) = (key, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));

    /// <summary>Reads the key, or makes it at the first start.</summary>
    /// <param name="directory">State directory, made with mode 0700.</param>
    /// <exception cref="IOException">It cannot be read or made, or is no key; the message says what to do. It is never replaced: the control plane knows it.</exception>
    internal static NodeKey LoadOrCreate(string directory)
    {
        string path = Path.Combine(directory, FileName);
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (!File.Exists(path))
            {
                Create(path, key.ExportPkcs8PrivateKeyPem());
            }

            key.ImportFromPem(File.ReadAllText(path));
            return new NodeKey(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new IOException(
                $"the node's key {path} cannot be used: {e.Message} Mend it, or remove it, have a new one made, and run 'kes nodes renew-key' for this node.", e);
        }
    }

    /// <summary>Adds the public key and the signature of a batch's last record to a request.</summary>
    /// <param name="node">Name of this node.</param>
    internal void Sign(HttpRequestHeaders headers, string node, JournalRecord last)
    {
        byte[] signature = _key.SignData(HeadSignature.Statement(node, last.Boot, last.Sequence, last.Hash), HashAlgorithmName.SHA256);
        headers.Add(HeadSignature.KeyHeader, _publicKey);
        headers.Add(HeadSignature.SignatureHeader, Convert.ToBase64String(signature));
    }

    public void Dispose() => _key.Dispose();

    /// <summary>The file is there whole, or not at all.</summary>
    private static void Create(string path, string pem)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string part = path + ".new";
        using (var file = new FileStream(part, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            using var writer = new StreamWriter(file);
            writer.WriteLine(pem);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(part, path);
    }
}
