using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.JavaScript.Protocol;

/// <summary>Kinds of messages, names of their fields, and reading these without trust.</summary>
internal static class Fields
{
    internal const string Kind = "kind";
    internal const string Path = "path";
    internal const string Source = "source";
    internal const string Statements = "statements";
    internal const string SourceBytes = "sourceBytes";
    internal const string Nesting = "nesting";
    internal const string StackBytes = "stackBytes";
    internal const string MessageBytes = "messageBytes";
    internal const string HeapBytes = "heapBytes";
    internal const string Functions = "functions";
    internal const string Function = "function";
    internal const string Context = "ctx";
    internal const string Arguments = "arguments";
    internal const string Asked = "asked";
    internal const string Value = "value";
    internal const string Limit = "limit";
    internal const string Error = "error";
    internal const string Line = "line";
    internal const string Column = "column";

    internal static string? Text(this JsonObject message, string name) =>
        message[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    internal static int? Number(this JsonObject message, string name) =>
        message[name] is JsonValue value && value.TryGetValue(out int number) ? number : null;

    internal static long? LongNumber(this JsonObject message, string name) =>
        message[name] is JsonValue value && value.TryGetValue(out long number) ? number : null;

    /// <summary>A list of texts; what is no text is left out.</summary>
    internal static IReadOnlyList<string> Texts(this JsonObject message, string name) =>
        message[name] is JsonArray array
            ? [.. array.OfType<JsonValue>().Where(value => value.GetValueKind() == JsonValueKind.String).Select(value => value.GetValue<string>())]
            : [];

    internal static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);
}
