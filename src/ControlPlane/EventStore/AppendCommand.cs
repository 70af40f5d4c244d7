using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>The call of the SQL function <c>kes_append</c>: one round trip for any number of events and streams.</summary>
internal static class AppendCommand
{
    /// <param name="command">Empty; of the connection or data source to use.</param>
    internal static async Task<IReadOnlyList<AppendedEvent>> RunAsync(
        NpgsqlCommand command, string schema, string tenant, IReadOnlyList<StreamAppend> appends, CancellationToken stop)
    {
        NewEvent[] rows = [.. appends.SelectMany(append => append.Events)];
        if (rows.Length == 0)
        {
            return [];
        }

        AppendPlan plan = AppendPlan.Of([.. appends.SelectMany(append => Enumerable.Repeat(append.Stream, append.Events.Count))]);
        command.CommandText = $"select positions, versions from {schema}.kes_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        AddStreams(command.Parameters, tenant, plan, appends);
        AddEvents(command.Parameters, rows);
        try
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
            await reader.ReadAsync(stop);
            (long[] positions, long[] before) = (reader.GetFieldValue<long[]>(0), reader.GetFieldValue<long[]>(1));
            AppendedEvent[] placed = new AppendedEvent[rows.Length];
            for (int i = 0; i < placed.Length; i++)
            {
                placed[i] = new AppendedEvent(positions[i], before[plan.Index[i] - 1] + plan.Offset[i]);
            }

            return placed;
        }
        catch (PostgresException refusal) when (Refusal(refusal) is { } named)
        {
            throw named;
        }
    }

    private static void AddStreams(NpgsqlParameterCollection p, string tenant, AppendPlan plan, IReadOnlyList<StreamAppend> appends)
    {
        long?[] expected = new long?[plan.Streams.Length];
        foreach (StreamAppend append in appends.Where(append => append.ExpectedVersion is not null && append.Events.Count > 0))
        {
            expected[Array.IndexOf(plan.Streams, append.Stream)] = append.ExpectedVersion;
        }

        bool several = plan.Streams.Length > 1;
        p.AddWithValue(tenant);
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, plan.Streams);
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Bigint, expected);
        p.AddWithValue(plan.Counts);
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, several ? Array.ConvertAll(plan.Index, index => plan.Streams[index - 1]) : DBNull.Value);
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Integer, several ? plan.Index : DBNull.Value);
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Integer, several ? plan.Offset : DBNull.Value);
    }

    private static void AddEvents(NpgsqlParameterCollection p, NewEvent[] rows)
    {
        const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Varchar;
        const NpgsqlDbType Bodies = NpgsqlDbType.Array | NpgsqlDbType.Jsonb;
        p.AddWithValue(Array.ConvertAll(rows, row => row.Id));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.Type));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.DotNetType ?? DotNetTypes.Of(row.Type)));
        p.AddWithValue(Bodies, Array.ConvertAll(rows, row => row.Data));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Array.ConvertAll(rows, row => row.Timestamp.UtcDateTime));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.CorrelationId));
        p.AddWithValue(Texts, Array.ConvertAll(rows, row => row.CausationId));
        p.AddWithValue(Bodies, Array.ConvertAll(rows, row => row.Headers));
    }

    private static EventStoreException? Refusal(PostgresException refusal) => refusal.SqlState switch
    {
        "KS001" => new ExistingStreamIdCollisionException(refusal.MessageText, refusal),
        "MT003" => new EventStreamUnexpectedMaxEventIdException(refusal.MessageText, long.Parse(refusal.Hint ?? "0"), refusal),
        "MT001" => new InvalidStreamOperationException(refusal.MessageText, refusal),
        _ => null,
    };
}
