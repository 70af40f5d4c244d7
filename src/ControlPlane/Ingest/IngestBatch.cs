using Keepalived.Es.ControlPlane.Commands;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>One line of a batch: the record, its exact bytes and its hash.</summary>
public sealed record IngestRecord(NodeRecord Record, byte[] Canonical, string Hash);

/// <summary>Records of one boot of one node, sequences ascending by one, hashes verified from <paramref name="PreviousHash"/> on.</summary>
/// <param name="PreviousHash">Hash before the first record.</param>
/// <param name="Records">Empty: a heartbeat.</param>
/// <param name="Signature">Of the last record; null: the node has no key, or it is a heartbeat.</param>
public sealed record IngestBatch(string PreviousHash, IReadOnlyList<IngestRecord> Records, BatchSignature? Signature = null)
{
    public static readonly IngestBatch Heartbeat = new(NodeRecord.GenesisHash, []);
}

/// <summary>Why a batch was refused; nothing of it was stored.</summary>
/// <param name="Status">
/// HTTP status: 308 moved, 400 malformed, 401 token, 403 another's record or key, 409 gap, 413 size, 422 chain, 429 too many requests, 503 database, or a
/// site that is on the way.
/// </param>
/// <param name="Error">What is wrong, the value seen, what is allowed, where.</param>
/// <param name="Boot">409 and 422: the boot concerned.</param>
/// <param name="Expected">409: the sequence that must come next.</param>
/// <param name="Sequence">422: the sequence whose hash contradicts.</param>
/// <param name="Place">308: URL of the control plane where the node's site lives.</param>
public sealed record IngestRefusal(int Status, string Error, string? Boot = null, long? Expected = null, long? Sequence = null, string? Place = null);

/// <summary>A batch is stored.</summary>
/// <param name="Boot">The batch's boot; null for a heartbeat.</param>
/// <param name="Acknowledged">Head of that boot: all records up to it are stored. Null for a heartbeat.</param>
/// <param name="Hlc">This server's hybrid clock after the node's.</param>
/// <param name="Commands">What the node has still to do; null: nothing.</param>
/// <param name="Received">When this server began to read the request, by its clock.</param>
/// <param name="Answered">When it answered.</param>
public sealed record IngestReceipt(
    string? Boot, long? Acknowledged, string Hlc, IReadOnlyList<NodeCommand>? Commands, DateTimeOffset Received, DateTimeOffset Answered);

/// <summary>The batch is refused.</summary>
public class IngestRefusedException(IngestRefusal refusal) : Exception(refusal.Error)
{
    public IngestRefusal Refusal { get; } = refusal;
}
