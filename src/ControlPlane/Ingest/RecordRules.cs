using System.Text.Json;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>What a single record must keep to before it may enter the store.</summary>
internal static class RecordRules
{
    private const int NameLength = 200;
    private const int StreamLength = 500;

    /// <exception cref="IngestRefusedException">403 for another node's record, 400 for anything else.</exception>
    internal static void Check(NodeRecord record, string node, int line)
    {
        Text("Node", record.Node, NameLength, line);
        Text("Boot", record.Boot, NameLength, line);
        Text("Stream", record.Stream, StreamLength, line);
        Text("Type", record.Type, NameLength, line);
        Clock(record, line);
        Order(record, line);
        Ownership(record, node, line);
        Body(record, line);
    }

    private static void Text(string field, string? value, int longest, int line)
    {
        if (string.IsNullOrEmpty(value) || value.Length > longest || value.AsSpan().ContainsAnyInRange('\0', '\x1f')
            || HasLoneSurrogate(value))
        {
            throw IngestBodyReader.Malformed(
                line, $"{field}: 1 to {longest} printable characters are expected, seen {(value is null ? "none" : $"{value.Length}")}");
        }
    }

    private static bool HasLoneSurrogate(string value) => value.AsSpan().ContainsAnyInRange('\ud800', '\udfff') && !IsPaired(value);

    private static bool IsPaired(string value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]) && (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static void Clock(NodeRecord record, int line)
    {
        if (record.Hlc is not { Length: 16 } || !record.Hlc.All(char.IsAsciiHexDigitLower) || HybridTimestamp.Parse(record.Hlc).Packed < 0)
        {
            throw IngestBodyReader.Malformed(
                line, $"Hlc: 16 lower-case hex digits below 8000000000000000 are expected, seen '{IngestBodyReader.Shortened(record.Hlc ?? "")}'");
        }

        if (record.Mono < TimeSpan.Zero)
        {
            throw IngestBodyReader.Malformed(line, $"Mono: {record.Mono} is negative");
        }
    }

    private static void Order(NodeRecord record, int line)
    {
        if (record.Sequence < 1)
        {
            throw IngestBodyReader.Malformed(line, $"Sequence: {record.Sequence} is out of range, allowed is 1 or more");
        }

        if (record.Cause is { } cause && (cause < 1 || cause >= record.Sequence))
        {
            throw IngestBodyReader.Malformed(line, $"Cause: {cause} is out of range, allowed is 1 to {record.Sequence - 1}");
        }
    }

    private static void Ownership(NodeRecord record, string node, int line)
    {
        string owner = record.Data.ValueKind == JsonValueKind.Object && record.Data.TryGetProperty("Node", out JsonElement named)
            && named.ValueKind == JsonValueKind.String ? named.GetString()! : record.Node;
        bool ownStream = record.Stream == $"node/{node}"
            || record.Stream.StartsWith($"vrrp/{node}/", StringComparison.Ordinal)
            || record.Stream.StartsWith($"hook/{node}/", StringComparison.Ordinal)
            || record.Stream.StartsWith($"health/{node}/", StringComparison.Ordinal);
        if (record.Node != node || owner != node || !ownStream)
        {
            throw new IngestRefusedException(new IngestRefusal(
                403, $"line {line}: the token is of node '{node}', the record is of node '{record.Node}', body of '{owner}', stream '{record.Stream}'"));
        }
    }

    /// <summary>An alias that is unknown here is taken: an older server keeps what a newer node says.</summary>
    private static void Body(NodeRecord record, int line)
    {
        if (record.Data.ValueKind != JsonValueKind.Object)
        {
            throw IngestBodyReader.Malformed(line, $"Data: a JSON object is expected, seen {record.Data.ValueKind}");
        }

        try
        {
            EventCatalog.Deserialize(record.Type, record.Data);
        }
        catch (Exception misfit) when (misfit is JsonException or FormatException or NotSupportedException)
        {
            throw IngestBodyReader.Malformed(line, $"Data does not fit the type '{record.Type}': {misfit.Message}");
        }
    }
}
