using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>The rows of one answer, up to the target's limits.</summary>
/// <param name="columns">Names; a name that comes twice gets <c>#2</c>, so that no value is lost.</param>
internal sealed class MySqlRows(IReadOnlyList<string> columns, int maximumRows, int maximumBytes)
{
    private readonly string[] _columns = Distinct(columns);
    private readonly int _bytesOfNames = columns.Sum(column => column.Length);
    private readonly JsonArray _rows = [];
    private JsonObject _row = [];
    private long _bytes;

    /// <summary>There was more than fits.</summary>
    internal bool IsTruncated { get; private set; }

    /// <summary>Begins a row.</summary>
    /// <returns>False: there is no room for it, and the rest is cut.</returns>
    internal bool Begin()
    {
        _row = [];
        IsTruncated |= _rows.Count >= maximumRows;
        return !IsTruncated && Take(_bytesOfNames);
    }

    /// <summary>Takes room for a value before it is fetched.</summary>
    /// <returns>False: there is none; this row and the rest are cut.</returns>
    internal bool Take(long bytes)
    {
        _bytes += bytes;
        IsTruncated |= _bytes > maximumBytes;
        return !IsTruncated;
    }

    internal void Set(int column, JsonNode? value) => _row[_columns[column]] = value;

    internal void End() => _rows.Add((JsonNode)_row);

    /// <summary>The array; to be asked for once.</summary>
    internal JsonArray ToJson() => _rows;

    private static string[] Distinct(IReadOnlyList<string> columns)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. columns.Select(column => Enumerable.Range(1, columns.Count).Select(nth => nth == 1 ? column : $"{column}#{nth}").First(seen.Add))];
    }
}
