using System.Text.Json;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>Follows the records of one boot: no gap, each hash covers the record and the hash before, the columns say what the bytes say. Pure.</summary>
/// <param name="expected">Sequence of the first record.</param>
/// <param name="previousHash">Hash before it; null: not known, whatever the first record says.</param>
internal sealed class ChainCheck(StoredBoot boot, long expected, string? previousHash)
{
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private long _position;

    /// <summary>Sequence of the last record that was right.</summary>
    internal long Sequence { get; private set; } = expected - 1;

    /// <summary>Its hash.</summary>
    internal string? Hash { get; private set; } = previousHash;

    /// <param name="record">The record, if there is no difference before it is read.</param>
    internal VerifyDifference? Next(StoredRecord row, out NodeRecord? record)
    {
        record = null;
        if (row.Sequence != Sequence + 1)
        {
            return Differs(row, "no record is missing", $"sequence {Sequence + 1}", $"sequence {row.Sequence} at position {row.Position}") with { Sequence = Sequence + 1 };
        }

        if (Hash is not null && row.PreviousHash != Hash)
        {
            return Differs(row, "the record follows the one before", $"previous hash {Hash}", row.PreviousHash);
        }

        string computed = NodeRecord.ChainHash(row.PreviousHash, row.Canonical);
        if (computed != row.Hash)
        {
            return Differs(row, "the hash is that of the record's bytes", computed, row.Hash);
        }

        try
        {
            record = NodeRecord.Parse(row.Canonical);
        }
        catch (JsonException malformed)
        {
            return Differs(row, "the bytes are a record", "JSON of a record", malformed.Message);
        }

        if (Columns(row, record) is { } column)
        {
            return column;
        }

        if (EventRowCheck.Difference(row, record, boot.Tenant) is var (what, wanted, found))
        {
            return Differs(row, what, wanted, found);
        }

        return Order(row);
    }

    internal VerifyDifference Differs(StoredRecord row, string what, string expected, string found) =>
        new(what, expected, found, boot.Tenant, boot.Node, boot.Boot, row.Sequence, row.Position);

    private VerifyDifference? Columns(StoredRecord row, NodeRecord record)
    {
        (string What, string Expected, string Found)[] texts =
        [
            ("node in the record's bytes", boot.Node, record.Node),
            ("boot in the record's bytes", boot.Boot, record.Boot),
            ("sequence in the record's bytes", $"{row.Sequence}", $"{record.Sequence}"),
            ("type of the record", record.Type, row.Type),
            ("id of the record", $"{NodeRecord.EventId(record.Node, record.Boot, record.Sequence)}", $"{row.Id}"),
            ("hybrid clock of the record", record.Hlc, new HybridTimestamp(row.Hlc).ToString()),
            ("wall clock of the record", EventRowCheck.Moment(record.Wall.UtcDateTime), EventRowCheck.Moment(row.Wall)),
            ("monotonic time of the record", $"{record.Mono.Ticks / 10}", $"{row.Mono.Ticks / 10}"),
        ];
        int index = Array.FindIndex(texts, text => text.Expected != text.Found);
        return index < 0 ? null : Differs(row, texts[index].What, texts[index].Expected, texts[index].Found);
    }

    /// <summary>What a node wrote later stands later, in the store and in its stream.</summary>
    private VerifyDifference? Order(StoredRecord row)
    {
        if (row.Position <= _position)
        {
            return Differs(row, "the record stands behind the one before it", $"a position above {_position}", $"{row.Position}");
        }

        StoredEvent e = row.Event!;
        if (_versions.TryGetValue(e.Stream, out long version) && e.Version <= version)
        {
            return Differs(row, $"the event stands behind the one before it in {e.Stream}", $"a version above {version}", $"{e.Version}");
        }

        _versions[e.Stream] = e.Version;
        (Sequence, Hash, _position) = (row.Sequence, row.Hash, row.Position);
        return null;
    }
}
