using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>Arguments of a call, looked at before anything is done.</summary>
internal static class MySqlArguments
{
    internal const int MaximumParameters = 1000;
    internal const int LongestTimeoutMs = 3_600_000;

    /// <exception cref="MySqlException">The argument is missing or not a text.</exception>
    internal static string Text(JsonArray arguments, int index, string name) =>
        At(arguments, index) is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0
            ? text
            : throw Bad($"argument {index + 1} ({name}) is {Kind(At(arguments, index))}; it must be a text that is not empty");

    /// <exception cref="MySqlException">The argument is not a list of what can be bound.</exception>
    internal static IReadOnlyList<JsonNode?> Parameters(JsonArray arguments, int index)
    {
        if (At(arguments, index) is not { } node)
        {
            return [];
        }

        if (node is not JsonArray list || list.Count > MaximumParameters)
        {
            throw Bad($"argument {index + 1} (params) is {Kind(node)}; it must be an array of at most {MaximumParameters} values");
        }

        for (int i = 0; i < list.Count; i++)
        {
            if (MySqlParameters.Problem(list[i]) is { } problem)
            {
                throw Bad($"params[{i}] {problem}");
            }
        }

        return [.. list];
    }

    /// <exception cref="MySqlException">The options are no object, or have others than <c>timeoutMs</c>.</exception>
    internal static TimeSpan Timeout(JsonArray arguments, int index, TimeSpan usual)
    {
        if (At(arguments, index) is not { } node)
        {
            return usual;
        }

        if (node is not JsonObject options)
        {
            throw Bad($"argument {index + 1} (options) is {Kind(node)}; it must be an object");
        }

        return options.FirstOrDefault(option => option.Key != "timeoutMs").Key is { } unknown
            ? throw Bad($"there is no option '{unknown}'; there is: timeoutMs")
            : options["timeoutMs"] is { } timeout ? Milliseconds(timeout, "timeoutMs") : usual;
    }

    /// <exception cref="MySqlException">It is not a number of milliseconds.</exception>
    internal static TimeSpan Milliseconds(JsonNode? node, string name) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && double.TryParse(value.ToJsonString(), out double ms)
            && ms is >= 1 and <= LongestTimeoutMs
            ? TimeSpan.FromMilliseconds(ms)
            : throw Bad($"{name} is {node?.ToJsonString() ?? "missing"}; allowed: 1 to {LongestTimeoutMs}");

    /// <exception cref="MySqlException">Statement and parameters are larger than allowed.</exception>
    internal static void CheckSize(string sql, IReadOnlyList<JsonNode?> parameters)
    {
        long bytes = Encoding.UTF8.GetByteCount(sql) + parameters.Sum(parameter => (long)(parameter?.ToJsonString().Length ?? 0));
        if (bytes > MySqlRequest.MaximumSqlBytes)
        {
            throw Bad($"the statement and its parameters have {bytes} bytes; allowed: {MySqlRequest.MaximumSqlBytes}");
        }
    }

    internal static JsonNode? At(JsonArray arguments, int index) => index < arguments.Count ? arguments[index] : null;

    private static string Kind(JsonNode? node) => node switch
    {
        null => "missing",
        JsonArray list => $"an array of {list.Count}",
        JsonObject => "an object",
        _ => node.ToJsonString() is { Length: <= 40 } text ? text : "too long or of another kind",
    };

    private static MySqlException Bad(string message) => new(0, "", message);
}
