using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary>An answer that is an error.</summary>
/// <param name="Error">What is wrong, and what to do.</param>
/// <param name="Place">URL of the control plane that can do it; null: none is known.</param>
public sealed record ApiError(string Error, string? Place = null);

/// <summary>How the HTTP interface and <c>--json</c> write JSON: camelCase names, enumerations by name, no nulls.</summary>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented)
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
