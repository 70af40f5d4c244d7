using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>Reads and checks the body of an ingest request. Pure: bytes in, a batch or a refusal out.</summary>
public static class IngestBodyReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="body">The body after decompression.</param>
    /// <param name="node">The node whose token came with it.</param>
    /// <exception cref="IngestRefusedException">400, 403, 409, 413 or 422; the message names the line.</exception>
    public static IngestBatch Read(ReadOnlyMemory<byte> body, string node)
    {
        List<IngestRecord> records = [];
        string previous = NodeRecord.GenesisHash;
        string first = previous;
        int line = 0;
        while (!body.IsEmpty)
        {
            ReadOnlyMemory<byte> text = TakeLine(ref body);
            line++;
            if (text.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            if (records.Count == IngestLimits.Records)
            {
                throw Refused(413, $"line {line}: a batch may have {IngestLimits.Records} records; send the rest in another request");
            }

            IngestRecord record = ReadLine(text, line, node, records.Count == 0, ref previous);
            first = records.Count == 0 ? previous : first;
            CheckPlace(records, record, line);
            previous = Chained(previous, record, line);
            records.Add(record);
        }

        return records.Count == 0 ? IngestBatch.Heartbeat : new IngestBatch(first, records);
    }

    private static ReadOnlyMemory<byte> TakeLine(ref ReadOnlyMemory<byte> body)
    {
        int end = body.Span.IndexOf((byte)'\n');
        ReadOnlyMemory<byte> line = end < 0 ? body : body[..end];
        body = end < 0 ? default : body[(end + 1)..];
        return line;
    }

    private static IngestRecord ReadLine(ReadOnlyMemory<byte> text, int line, string node, bool isFirst, ref string previous)
    {
        if (text.Length > IngestLimits.LineBytes)
        {
            throw Refused(413, $"line {line}: {text.Length} bytes; a line may have {IngestLimits.LineBytes}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Malformed(line, $"a JSON object is expected, seen {document.RootElement.ValueKind}");
            }

            if (isFirst)
            {
                previous = Hash(document.RootElement, "prev", line);
            }

            string hash = Hash(document.RootElement, "hash", line);
            if (!document.RootElement.TryGetProperty("record", out JsonElement element) || element.ValueKind != JsonValueKind.Object)
            {
                throw Malformed(line, "record: a JSON object is expected");
            }

            byte[] canonical = JsonMarshal.GetRawUtf8Value(element).ToArray();
            NodeRecord record = NodeRecord.Parse(canonical);
            RecordRules.Check(record, node, line);
            return new IngestRecord(record, canonical, hash);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            throw Malformed(line, malformed.Message);
        }
    }

    private static string Hash(JsonElement line, string name, int number)
    {
        string? seen = line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
        return seen is { Length: 64 } && seen.All(char.IsAsciiHexDigitLower)
            ? seen
            : throw Malformed(number,
                $"{name}: 64 lower-case hex digits are expected, seen {(seen is null ? "none" : $"'{Shortened(seen)}'")}");
    }

    private static void CheckPlace(List<IngestRecord> before, IngestRecord record, int line)
    {
        if (before.Count == 0)
        {
            return;
        }

        NodeRecord last = before[^1].Record;
        if (record.Record.Boot != last.Boot)
        {
            throw Malformed(line,
                $"boot '{Shortened(record.Record.Boot)}' differs from '{Shortened(last.Boot)}': a batch carries one boot");
        }

        if (record.Record.Sequence != last.Sequence + 1)
        {
            throw new IngestRefusedException(new IngestRefusal(
                409, $"line {line}: sequence {record.Record.Sequence} follows {last.Sequence}: sequences of a batch ascend by one",
                last.Boot));
        }
    }

    private static string Chained(string previous, IngestRecord record, int line)
    {
        string computed = NodeRecord.ChainHash(previous, record.Canonical);
        return computed == record.Hash
            ? computed
            : throw new IngestRefusedException(new IngestRefusal(
                422,
                $"line {line}: sequence {record.Record.Sequence}: hash {record.Hash} does not follow from {previous}; computed {computed}",
                record.Record.Boot,
                Sequence: record.Record.Sequence));
    }

    internal static IngestRefusedException Malformed(int line, string problem) => Refused(400, $"line {line}: {problem}");

    internal static string Shortened(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");

    private static IngestRefusedException Refused(int status, string error) => new(new IngestRefusal(status, error));
}
