using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql.Interop;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>A column's value as JSON: exact numbers as numbers, all else as text; bytes as <c>{base64}</c>.</summary>
internal static class MySqlValue
{
    private const int LongestBit = 8;

    internal static bool IsInteger(FieldType type) =>
        type is FieldType.Tiny or FieldType.Short or FieldType.Long or FieldType.Int24 or FieldType.LongLong or FieldType.Year;

    /// <summary>From bytes as the server sends them.</summary>
    /// <param name="bytes">A number in a text result: its digits. BIT: big-endian. Anything else: text in UTF-8, or bytes.</param>
    internal static JsonNode From(in Field field, ReadOnlySpan<byte> bytes) => field.Type switch
    {
        FieldType.Float or FieldType.Double => JsonValue.Create(double.Parse(bytes, CultureInfo.InvariantCulture)),
        FieldType.Bit when bytes.Length <= LongestBit => FromBit(bytes),
        _ when IsInteger(field.Type) => field.IsUnsigned
            ? MySqlAnswer.Number(ulong.Parse(bytes, CultureInfo.InvariantCulture))
            : MySqlAnswer.Number(long.Parse(bytes, CultureInfo.InvariantCulture)),
        >= FieldType.NewDecimal when field.IsBinary && field.Type != FieldType.NewDecimal => Bytes(bytes),
        _ => JsonValue.Create(Encoding.UTF8.GetString(bytes)),
    };

    private static JsonObject Bytes(ReadOnlySpan<byte> bytes) => new() { ["base64"] = Convert.ToBase64String(bytes) };

    private static JsonNode FromBit(ReadOnlySpan<byte> bytes)
    {
        Span<byte> whole = stackalloc byte[LongestBit];
        whole.Clear();
        bytes.CopyTo(whole[(LongestBit - bytes.Length)..]);
        return MySqlAnswer.Number(BinaryPrimitives.ReadUInt64BigEndian(whole));
    }
}
