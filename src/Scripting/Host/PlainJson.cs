using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary>JSON that people read in records and on screens: quotes, umlauts and the like as they are, where the default writes <c>\u0027</c>.</summary>
public static class PlainJson
{
    private static readonly JsonSerializerOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns><c>null</c> for null. Not to be put into HTML as it is.</returns>
    public static string Of(JsonNode? node) => node?.ToJsonString(_options) ?? "null";

    /// <summary>An object of the members that <paramref name="write"/> writes.</summary>
    internal static string Of(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, _writing))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
