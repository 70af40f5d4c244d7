using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary>JSON that people read in records and on screens: quotes, umlauts and the like as they are, where the default writes <c>\u0027</c>.</summary>
public static class PlainJson
{
    private static readonly JsonSerializerOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns><c>null</c> for null. Not to be put into HTML as it is.</returns>
    public static string Of(JsonNode? node) => node?.ToJsonString(_options) ?? "null";
}
