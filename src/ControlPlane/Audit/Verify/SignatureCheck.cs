using System.Security.Cryptography;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>A public key of a node.</summary>
/// <param name="After">Records at positions behind this one must be signed.</param>
/// <param name="Until">Up to this one; null: the key is in force.</param>
internal sealed record NodeKey(string Tenant, string Node, string Id, byte[] PublicKey, long After, long? Until);

/// <summary>Verifies a boot's signatures as its records come by, and that each record of a node with a key is covered by one.</summary>
internal sealed class SignatureCheck(VerifyReader reader, string schema, StoredBoot boot, IReadOnlyList<NodeKey> keys, VerifyCounts counts)
{
    private const int PageSize = 1_000;
    private readonly Queue<Signed> _ahead = new();
    private long _read;
    private bool _all;
    private long _uncovered;
    private VerifyDifference? _mustBeCovered;

    internal static async Task<List<NodeKey>> KeysAsync(VerifyReader reader, string schema, CancellationToken stop)
    {
        await using NpgsqlCommand command = reader.Command(
            $"select tenant, node, key_id, public_key, enrolled_after, retired_after from {schema}.kes_node_keys order by tenant, node, enrolled");
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(
            rows,
            row => new NodeKey(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetInt64(4), row.IsDBNull(5) ? null : row.GetInt64(5)),
            stop);
    }

    /// <param name="place">Where the record stands, for a difference.</param>
    internal async Task<VerifyDifference?> NextAsync(StoredRecord record, VerifyDifference place, CancellationToken stop)
    {
        _uncovered++;
        if (keys.Any(key => record.Position > key.After && (key.Until is null || record.Position <= key.Until)))
        {
            _mustBeCovered ??= place;
        }

        while (await PeekAsync(record.Sequence, stop) is { } signed && signed.Sequence <= record.Sequence)
        {
            _ahead.Dequeue();
            if (signed.Sequence == record.Sequence)
            {
                if (Wrong(record, signed) is var (expected, found))
                {
                    return place with { What = "the node's signature", Expected = expected, Found = found };
                }

                counts.Signatures++;
                (_uncovered, _mustBeCovered) = (0, null);
            }
        }

        return null;
    }

    /// <summary>The boot ends, or the range does.</summary>
    /// <param name="head">The records end here; null: they go on behind the range.</param>
    internal async Task<VerifyDifference?> EndAsync(long? head, CancellationToken stop)
    {
        if (head is { } last && await PeekAsync(last, stop) is { } beyond)
        {
            return new VerifyDifference(
                "the records that the node signed", $"records up to sequence {beyond.Sequence}, which the node signed", $"the last record is {last}",
                boot.Tenant, boot.Node, boot.Boot, last + 1);
        }

        counts.Unsigned += _uncovered;
        return _mustBeCovered is { } place
            ? place with { What = "the record is signed", Expected = $"a signature of sequence {place.Sequence} or a later one", Found = "none" }
            : null;
    }

    private (string Expected, string Found)? Wrong(StoredRecord record, Signed signed)
    {
        if (keys.FirstOrDefault(key => key.Id == signed.KeyId) is not { } known || HeadSignature.KeyId(known.PublicKey) != known.Id)
        {
            return ("one by a key of the node", $"one by the key {signed.KeyId}, which is not on record");
        }

        try
        {
            return HeadSignature.Verify(known.PublicKey, HeadSignature.Statement(boot.Node, boot.Boot, record.Sequence, record.Hash), signed.Signature)
                ? null
                : ($"one of the hash {record.Hash}", $"one of something else, by the key {known.Id}");
        }
        catch (CryptographicException broken)
        {
            return ("one by a key on P-256", broken.Message);
        }
    }

    private async Task<Signed?> PeekAsync(long from, CancellationToken stop)
    {
        if (_ahead.Count == 0 && !_all)
        {
            await using NpgsqlCommand command = reader.Command($"""
                select s.node_sequence, s.key_id, s.signature from {schema}.kes_node_signatures s
                where s.tenant = $1 and s.node = $2 and s.boot = $3 and s.node_sequence > $4 order by s.node_sequence limit {PageSize}
                """, boot);
            command.Parameters.AddWithValue(Math.Max(_read, from - 1));
            await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(stop);
            foreach (Signed signed in await EventRows.ReadAsync(rows, row => new Signed(row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2)), stop))
            {
                _ahead.Enqueue(signed);
                _read = signed.Sequence;
            }

            _all = _ahead.Count < PageSize;
        }

        return _ahead.TryPeek(out Signed? next) ? next : null;
    }

    private sealed record Signed(long Sequence, string KeyId, byte[] Signature);
}
