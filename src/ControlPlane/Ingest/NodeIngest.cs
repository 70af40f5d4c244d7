using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>Stores batches: each exactly once by (node, boot, sequence), in one transaction and one round trip.</summary>
/// <param name="signal">Raised after each batch that is stored.</param>
public sealed class NodeIngest(NpgsqlDataSource database, string schema, AppendSignal signal)
{
    /// <summary>Stores a batch, or records the contact if it is empty.</summary>
    /// <returns>Head of the boot after the commit; null for a heartbeat.</returns>
    /// <exception cref="IngestRefusedException">409 or 422: the batch does not continue what is stored. 400: a body that jsonb cannot
    /// hold.</exception>
    /// <exception cref="NpgsqlException">The database did not answer; whether the batch is stored is unknown, and sending it again is
    /// safe.</exception>
    public async Task<long?> StoreAsync(string tenant, string node, IngestBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Records.Count == 0)
        {
            await TouchAsync(tenant, node, stop);
            return null;
        }

        await using NpgsqlBatch commands = StoreCommands(tenant, node, batch);
        try
        {
            (string outcome, long last) = await ExecuteAsync(commands, stop);
            last = Outcome(outcome, last, batch);
            signal.Raise();
            return last;
        }
        catch (PostgresException refusal) when (refusal.SqlState.StartsWith("22", StringComparison.Ordinal)
            || refusal.SqlState is "54000" or "54001" or "MT001")
        {
            throw new IngestRefusedException(new IngestRefusal(400, $"a record of the batch cannot be stored: {refusal.MessageText}"));
        }
    }

    /// <returns>The last sequence of the boot that is stored; 0 if none is.</returns>
    public async Task<long> HeadAsync(string tenant, string node, string boot, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"select last_sequence from {schema}.kes_node_boots where tenant = $1 and node = $2 and boot = $3");
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(node);
        command.Parameters.AddWithValue(boot);
        return await command.ExecuteScalarAsync(stop) is long last ? last : 0;
    }

    /// <summary>One round trip and one transaction, which has ended when this returns.</summary>
    private static async Task<(string Outcome, long Last)> ExecuteAsync(NpgsqlBatch commands, CancellationToken stop)
    {
        await using NpgsqlDataReader reader = await commands.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        (string, long) answer = (reader.GetString(0), reader.GetInt64(1));
        while (await reader.NextResultAsync(stop))
        {
            // The signature's insert answers with nothing.
        }

        return answer;
    }

    private static long Outcome(string outcome, long last, IngestBatch batch)
    {
        NodeRecord first = batch.Records[0].Record;
        return outcome switch
        {
            "stored" => last,
            "gap" => throw new IngestRefusedException(new IngestRefusal(
                409, $"boot '{first.Boot}': sequence {first.Sequence} leaves a gap, {last + 1} is expected next", first.Boot,
                Expected: last + 1)),
            "fork" => throw new IngestRefusedException(new IngestRefusal(
                422, $"boot '{first.Boot}': sequence {last} contradicts the chain that is stored; nothing of the batch was taken",
                first.Boot, Sequence: last)),
            _ => throw new System.Diagnostics.UnreachableException(outcome),
        };
    }

    private async Task TouchAsync(string tenant, string node, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select {schema}.kes_touch_contact($1, $2, $3)");
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(node);
        command.Parameters.AddWithValue(IngestLimits.Silence);
        await command.ExecuteNonQueryAsync(stop);
    }

    private NpgsqlBatch StoreCommands(string tenant, string node, IngestBatch batch)
    {
        NpgsqlBatch commands = database.CreateBatch();
        NpgsqlBatchCommand command = new($"""
            select outcome, last from {schema}.kes_ingest(
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
            """);
        IngestRecord[] records = [.. batch.Records];
        NodeRecord[] rows = Array.ConvertAll(records, record => record.Record);
        NpgsqlParameterCollection p = command.Parameters;
        p.AddWithValue(tenant);
        p.AddWithValue(node);
        p.AddWithValue(rows[0].Boot);
        p.AddWithValue(batch.PreviousHash);
        p.AddWithValue(IngestLimits.Silence);
        p.AddWithValue(Array.ConvertAll(rows, row => row.Sequence));
        p.AddWithValue(Roots(rows));
        p.AddWithValue(Array.ConvertAll(rows, row => HybridTimestamp.Parse(row.Hlc).Packed));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Array.ConvertAll(rows, row => row.Wall.UtcDateTime));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Mono));
        p.AddWithValue(Array.ConvertAll(records, record => record.Hash));
        p.AddWithValue(Array.ConvertAll(records, record => record.Canonical));
        string[] streams = Array.ConvertAll(rows, row => row.Stream);
        AppendPlan plan = AppendPlan.Of(streams);
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, plan.Streams);
        p.AddWithValue(plan.Counts);
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Varchar, streams);
        p.AddWithValue(plan.Index);
        p.AddWithValue(plan.Offset);
        p.AddWithValue(Array.ConvertAll(rows, row => NodeRecord.EventId(row.Node, row.Boot, row.Sequence)));
        p.AddWithValue(Array.ConvertAll(rows, row => row.Type));
        p.AddWithValue(Array.ConvertAll(rows, row => DotNetTypes.Of(row.Type)));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(rows, row => JsonbText.Clean(row.Data.GetRawText())));
        p.AddWithValue(
            NpgsqlDbType.Array | NpgsqlDbType.Varchar,
            Array.ConvertAll(rows, row => row.Cause is { } cause ? $"{row.Node}/{row.Boot}/{cause}" : null));
        p.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(rows, EventRows.Headers));
        commands.BatchCommands.Add(command);
        if (batch.Signature is { } signature)
        {
            commands.BatchCommands.Add(SignatureCommand(tenant, batch.Records[^1], signature));
        }

        return commands;
    }

    /// <summary>Keeps the signature if its record is there: a refused batch leaves none.</summary>
    private NpgsqlBatchCommand SignatureCommand(string tenant, IngestRecord last, BatchSignature signature)
    {
        NpgsqlBatchCommand command = new($"""
            insert into {schema}.kes_node_signatures (tenant, node, boot, node_sequence, key_id, signature)
            select $1, $2, $3, $4, $5, $6 where exists (
                select 1 from {schema}.kes_node_events k where k.tenant = $1 and k.node = $2 and k.boot = $3 and k.node_sequence = $4 and k.hash = $7)
            on conflict do nothing
            """);
        object[] values = [tenant, last.Record.Node, last.Record.Boot, last.Record.Sequence, signature.KeyId, signature.Signature, last.Hash];
        Array.ForEach(values, value => command.Parameters.Add(new NpgsqlParameter { Value = value }));
        return command;
    }

    /// <summary>For each record the first cause of its chain as far as the batch shows it; the database goes on from there.</summary>
    private static long[] Roots(NodeRecord[] rows)
    {
        long[] roots = new long[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            long cause = rows[i].Cause ?? rows[i].Sequence;
            long index = cause - rows[0].Sequence;
            roots[i] = index >= 0 && index < i ? roots[index] : cause;
        }

        return roots;
    }
}
