using System.Text.Json;
using Keepalived.Es.Domain.Events;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>Rows of <c>mt_events</c>, read the same way everywhere.</summary>
public static class EventRows
{
    /// <summary>Select list for a table with the alias <c>e</c>, in the order that <see cref="Read"/> wants.</summary>
    public const string Columns =
        "e.seq_id, e.tenant_id, e.stream_id, e.version, e.id, e.type, e.data, e.timestamp, e.correlation_id, e.causation_id, e.headers, e.bdata is not null";

    /// <summary>Stands for a body that is not JSON: Marten can be told to write such, and this program cannot read them.</summary>
    private static readonly JsonElement BinaryBody = JsonElement.Parse("null");

    public static RecordedEvent Read(NpgsqlDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        string? headers = row.IsDBNull(10) || row.GetString(10) is not ['{', ..] text ? null : text;      // Marten writes a JSON null for none, too
        return new RecordedEvent(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetGuid(4), row.GetString(5),
            row.GetBoolean(11) ? BinaryBody : JsonElement.Parse(row.GetFieldValue<byte[]>(6)),
            new DateTimeOffset(row.GetFieldValue<DateTime>(7)), Text(row, 8), Text(row, 9), Origin(headers))
        { Headers = headers };
    }

    internal static async Task<List<T>> ReadAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken stop)
    {
        List<T> rows = [];
        while (await reader.ReadAsync(stop))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Events that a query gives, whose select list is <see cref="Columns"/>.</summary>
    /// <param name="values">Of $1, $2 and so on; <see cref="DBNull"/> stands for a text that is not given.</param>
    internal static async Task<List<RecordedEvent>> QueryAsync(NpgsqlDataSource database, string sql, IEnumerable<object> values, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        foreach (object value in values)
        {
            command.Parameters.AddWithValue(value);
            if (value is DBNull)
            {
                command.Parameters[^1].NpgsqlDbType = NpgsqlDbType.Varchar;
            }
        }

        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await ReadAsync(reader, Read, stop);
    }

    /// <summary>The headers that ingest writes for a node's record.</summary>
    internal static string Headers(NodeRecord record) => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["node"] = record.Node,
            ["boot"] = record.Boot,
            ["seq"] = record.Sequence,
            ["hlc"] = record.Hlc,
            ["mono"] = record.Mono.ToString("c"),
        });

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static RecordedOrigin? Origin(string? headers)
    {
        if (headers is null || !headers.Contains("\"hlc\"", StringComparison.Ordinal))
        {
            return null;
        }

        JsonElement h = JsonElement.Parse(headers);
        if (!h.TryGetProperty("hlc", out JsonElement hlc))
        {
            return null;
        }

        return new RecordedOrigin(
            h.GetProperty("node").GetString()!, h.GetProperty("boot").GetString()!, h.GetProperty("seq").GetInt64(),
            HybridTimestamp.Parse(hlc.GetString()!), TimeSpan.Parse(h.GetProperty("mono").GetString()!));
    }
}
