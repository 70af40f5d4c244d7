using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>Rows of the process manager: what it remembers of each subject, and the nodes' clocks.</summary>
public sealed class IncidentStore(string schema)
{
    /// <summary>States by site and subject.</summary>
    public async Task<Dictionary<string, Dictionary<string, SubjectFacts>>> LoadSubjectsAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"select tenant, subject, state from {schema}.kes_incident_subjects", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        Dictionary<string, Dictionary<string, SubjectFacts>> sites = new(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop))
        {
            string site = reader.GetString(0);
            if (!sites.TryGetValue(site, out Dictionary<string, SubjectFacts>? subjects))
            {
                sites[site] = subjects = new Dictionary<string, SubjectFacts>(StringComparer.Ordinal);
            }

            subjects[reader.GetString(1)] = JsonSerializer.Deserialize<SubjectFacts>(reader.GetString(2), ApiJson.Options)!;
        }

        return sites;
    }

    /// <summary>Clocks of all nodes that were measured, by site and node.</summary>
    public async Task<IReadOnlyDictionary<(string Site, string Node), ClockBound>> LoadClocksAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand command = new(
            $"select distinct on (tenant, node) tenant, node, clock_offset, bound from {schema}.kes_node_clocks order by tenant, node, measured desc", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        Dictionary<(string, string), ClockBound> clocks = [];
        while (await reader.ReadAsync(stop))
        {
            clocks[(reader.GetString(0), reader.GetString(1))] = new ClockBound(reader.GetTimeSpan(2), reader.GetTimeSpan(3), true);
        }

        return clocks;
    }

    /// <summary>Writes the changed states; empty ones are deleted.</summary>
    public async Task SaveSubjectsAsync(
        NpgsqlConnection connection, string site, IReadOnlyDictionary<string, SubjectFacts> changed, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(changed);
        if (changed.Count == 0)
        {
            return;
        }

        KeyValuePair<string, SubjectFacts>[] kept = [.. changed.Where(pair => !pair.Value.IsEmpty)];
        await using NpgsqlBatch batch = new(connection);
        NpgsqlBatchCommand delete = new($"delete from {schema}.kes_incident_subjects where tenant = $1 and subject = any ($2)");
        delete.Parameters.AddWithValue(site);
        delete.Parameters.AddWithValue(changed.Where(pair => pair.Value.IsEmpty).Select(pair => pair.Key).ToArray());
        NpgsqlBatchCommand upsert = new($"""
            insert into {schema}.kes_incident_subjects (tenant, subject, state) select $1, * from unnest($2, $3)
            on conflict (tenant, subject) do update set state = excluded.state
            """);
        upsert.Parameters.AddWithValue(site);
        upsert.Parameters.AddWithValue(Array.ConvertAll(kept, pair => pair.Key));
        upsert.Parameters.AddWithValue(
            NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(kept, pair => JsonbText.Clean(JsonSerializer.Serialize(pair.Value, ApiJson.Options))));
        batch.BatchCommands.Add(delete);
        batch.BatchCommands.Add(upsert);
        await batch.ExecuteNonQueryAsync(stop);
    }
}
