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
            clocks[(reader.GetString(0), reader.GetString(1))] = ClockBound.Of(reader.GetTimeSpan(2), reader.GetTimeSpan(3));
        }

        return clocks;
    }

    /// <returns>Those of these incidents of a site that were opened before.</returns>
    public async Task<IReadOnlySet<string>> OnRecordAsync(NpgsqlConnection connection, string site, string[] incidents, CancellationToken stop)
    {
        await using NpgsqlCommand command = new(
            $"select i.id from unnest($2) i(id) join {schema}.mt_streams s on s.tenant_id = $1 and s.id = 'incident/' || i.id", connection);
        command.Parameters.AddWithValue(site);
        command.Parameters.AddWithValue(incidents);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return (await EventRows.ReadAsync(reader, row => row.GetString(0), stop)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Writes the changed states of all sites in one round trip; empty ones are deleted.</summary>
    public async Task SaveSubjectsAsync(
        NpgsqlConnection connection, IReadOnlyList<(string Site, string Subject, SubjectFacts Facts)> changed, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(changed);
        if (changed.Count == 0)
        {
            return;
        }

        (string Site, string Subject, SubjectFacts Facts)[] kept = [.. changed.Where(row => !row.Facts.IsEmpty)];
        (string Site, string Subject, SubjectFacts Facts)[] gone = [.. changed.Where(row => row.Facts.IsEmpty)];
        await using NpgsqlBatch batch = new(connection);
        NpgsqlBatchCommand delete = new(
            $"delete from {schema}.kes_incident_subjects s using unnest($1, $2) g(tenant, subject) where s.tenant = g.tenant and s.subject = g.subject");
        delete.Parameters.AddWithValue(Array.ConvertAll(gone, row => row.Site));
        delete.Parameters.AddWithValue(Array.ConvertAll(gone, row => row.Subject));
        NpgsqlBatchCommand upsert = new($"""
            insert into {schema}.kes_incident_subjects (tenant, subject, state) select * from unnest($1, $2, $3)
            on conflict (tenant, subject) do update set state = excluded.state
            """);
        upsert.Parameters.AddWithValue(Array.ConvertAll(kept, row => row.Site));
        upsert.Parameters.AddWithValue(Array.ConvertAll(kept, row => row.Subject));
        upsert.Parameters.AddWithValue(
            NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(kept, row => JsonbText.Clean(JsonSerializer.Serialize(row.Facts, ApiJson.Options))));
        batch.BatchCommands.Add(delete);
        batch.BatchCommands.Add(upsert);
        await batch.ExecuteNonQueryAsync(stop);
    }
}
