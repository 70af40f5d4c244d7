using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>What a hook gets: <c>{ok, rows?, truncated?, affected?, insertId?, warnings?, errno?, sqlState?, error?, ms}</c>.</summary>
internal static class MySqlAnswer
{
    /// <summary>Largest integer that a number of JavaScript holds exactly.</summary>
    private const long Exact = (1L << 53) - 1;

    internal static JsonObject Failure(string error) => new() { ["ok"] = false, ["error"] = error };

    internal static JsonObject Rows(MySqlRows rows, uint warnings)
    {
        var answer = new JsonObject { ["ok"] = true, ["rows"] = rows.ToJson() };
        if (rows.IsTruncated)
        {
            answer["truncated"] = true;
        }

        answer["warnings"] = warnings;
        return answer;
    }

    internal static JsonObject Change(ulong affected, ulong insertId, uint warnings) => new()
    {
        ["ok"] = true,
        ["affected"] = Number(affected),
        ["insertId"] = Number(insertId),
        ["warnings"] = warnings,
    };

    /// <summary>A number, or its text where a number would not be exact.</summary>
    internal static JsonNode Number(long value) =>
        value is >= -Exact and <= Exact ? JsonValue.Create(value) : JsonValue.Create(value.ToString());

    /// <inheritdoc cref="Number(long)"/>
    internal static JsonNode Number(ulong value) => value <= Exact ? JsonValue.Create(value) : JsonValue.Create(value.ToString());
}
