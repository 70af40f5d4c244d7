using System.Text.Json;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>What an operator asks this node to do; it comes with the control plane's answers, again and again until it is acknowledged.</summary>
/// <param name="Id">By which it is known again.</param>
/// <param name="Kind"><c>drain</c> or <c>undrain</c>; others are of a later control plane.</param>
/// <param name="For">Null: until further notice.</param>
internal sealed record OperatorCommand(string Id, string Kind, string Service, string Server, TimeSpan? For, string By)
{
    /// <summary>In words, for the record.</summary>
    internal string Text => $"{Kind} {Server} of {Service}{(For is { } time ? $" for {time.TotalSeconds:0} s" : "")}";

    /// <summary>Null: not a command.</summary>
    internal static OperatorCommand? Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || Field(element, "id") is not { } id || Field(element, "kind") is not { } kind)
        {
            return null;
        }

        TimeSpan? time = element.TryGetProperty("forSeconds", out JsonElement seconds) && seconds.ValueKind == JsonValueKind.Number
            && seconds.TryGetDouble(out double count) && count > 0 && count < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(count)
            : null;
        return new OperatorCommand(id, kind, Field(element, "service") ?? "", Field(element, "server") ?? "", time, Field(element, "by") ?? "");
    }

    private static string? Field(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
