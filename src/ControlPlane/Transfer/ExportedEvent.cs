using System.Text.Json;

namespace Keepalived.Es.ControlPlane.Transfer;

/// <summary>One line of an export.</summary>
/// <param name="Position">Where it stood; an import gives it another, in the same order.</param>
/// <param name="DotNetType">What a program on Marten wrote there.</param>
/// <param name="Node">The node's record; null for an event that no node sent.</param>
public sealed record ExportedEvent(
    long Position, string Site, string Stream, long Version, Guid Id, string Type, string? DotNetType, DateTimeOffset Time, string? Correlation, string? Causation,
    JsonElement? Headers, JsonElement Data, bool Archived, ExportedRecord? Node);

/// <summary>What a node signed for.</summary>
/// <param name="Canonical">The record's bytes, base64.</param>
public sealed record ExportedRecord(
    string Node, string Boot, long Sequence, long Hlc, TimeSpan Mono, string PreviousHash, string Hash, byte[] Canonical, DateTimeOffset Received);

/// <summary>The last line.</summary>
/// <param name="Events">Lines before it.</param>
/// <param name="Sha256">Over their bytes, line feeds included, in lower-case hex.</param>
public sealed record ExportEnd(long Events, string Sha256);
