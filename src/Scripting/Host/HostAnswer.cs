using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary>Answers of host functions, and reading their arguments without trust.</summary>
internal static class HostAnswer
{
    internal static JsonObject Ok() => new() { ["ok"] = true };

    internal static JsonObject Error(string error) => new() { ["ok"] = false, ["error"] = error };

    /// <summary>An argument; null: it was not given.</summary>
    internal static JsonNode? At(this JsonArray arguments, int index) => index < arguments.Count ? arguments[index] : null;

    /// <summary>The text of a value; null: it is none.</summary>
    internal static string? AsText(this JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A number; null: it is none.</summary>
    internal static double? AsNumber(this JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue(out double number) ? number : null;

    /// <summary>A time given in milliseconds, cut to what is left of the hook's own; that is also what it is without one.</summary>
    internal static TimeSpan Within(this HostCall from, JsonNode? milliseconds) =>
        milliseconds.AsNumber() is { } number && number < from.Remaining.TotalMilliseconds ? TimeSpan.FromMilliseconds(Math.Max(0, number)) : from.Remaining;

    /// <summary>What a value looks like, for a message.</summary>
    internal static string Show(JsonNode? value)
    {
        const int Longest = 80;
        string text = PlainJson.Of(value);
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }
}
