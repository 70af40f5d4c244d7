using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Keepalived.Es.Domain.Events;

/// <summary>
/// One event as a node's journal holds it and its uplink sends it. Its canonical form is the UTF-8 JSON that
/// <see cref="ToCanonicalBytes"/> writes once; those bytes, not the object, are hashed, kept and verified.
/// </summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Boot">Random id of this start of the daemon. With <paramref name="Sequence"/> it names the record for ever.</param>
/// <param name="Sequence">1, 2, 3 … within the boot, without a gap.</param>
/// <param name="Hlc">Hybrid logical clock (<see cref="HybridTimestamp"/>), 16 hex digits.</param>
/// <param name="Wall">The node's wall clock, UTC.</param>
/// <param name="Mono">Monotonic time since the kernel's boot.</param>
/// <param name="Stream">Stream that the event belongs to.</param>
/// <param name="Type">The event's alias.</param>
/// <param name="Data">The event's body.</param>
/// <param name="Cause">Sequence, in the same boot, of the record that caused this one; null if none did.</param>
public sealed record NodeRecord(
    string Node, string Boot, long Sequence, string Hlc, DateTimeOffset Wall, TimeSpan Mono, string Stream, string Type, JsonElement Data, long? Cause = null)
{
    /// <summary>Hash before the first record of a journal.</summary>
    public static readonly string GenesisHash = new('0', 64);

    public byte[] ToCanonicalBytes() => JsonSerializer.SerializeToUtf8Bytes(this, EventJson.Default.NodeRecord);

    /// <exception cref="JsonException">Not a record.</exception>
    public static NodeRecord Parse(ReadOnlySpan<byte> canonical) =>
        JsonSerializer.Deserialize(canonical, EventJson.Default.NodeRecord) ?? throw new JsonException("a record is a JSON object, seen null");

    /// <summary>SHA-256 over the hash before (64 hex digits, ASCII) and the canonical bytes, in lower-case hex.</summary>
    public static string ChainHash(string previousHash, ReadOnlySpan<byte> canonical)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(previousHash));
        hash.AppendData(canonical);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Id of the event in the store: a function of (node, boot, sequence), so that a record sent twice has one id.</summary>
    public static Guid EventId(string node, string boot, long sequence) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{node}/{boot}/{sequence}")).AsSpan(0, 16), bigEndian: true);
}
