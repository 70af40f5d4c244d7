using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.Domain.Events;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>What incidents are asked for.</summary>
/// <param name="From">Those that lasted beyond this moment; null: any.</param>
/// <param name="To">Those that began before this moment; null: any.</param>
/// <param name="Limit">At most so many, the latest.</param>
public sealed record IncidentQuery(DateTimeOffset? From, DateTimeOffset? To, bool OpenOnly, IncidentKind? Kind, string? Node, string? Site, int Limit);

/// <summary>The rows of all incidents.</summary>
public sealed class IncidentListStore(NpgsqlDataSource database, string schema)
{
    /// <summary>Those of sites that live here, the latest first.</summary>
    public async Task<IReadOnlyList<IncidentView>> ListAsync(IncidentQuery query, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using NpgsqlCommand command = database.CreateCommand($"""
            select state from {schema}.kes_incidents
            where ($1::timestamptz is null or ended is null or ended >= $1) and ($2::timestamptz is null or started <= $2)
              and (not $3 or ended is null) and ($4::varchar is null or kind = $4) and ($5::varchar is null or $5 = any (nodes))
              and ($6::varchar is null or tenant = $6) and {TenantRegister.Shown(schema, "tenant")}
            order by started desc, id desc limit $7
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTime?> { TypedValue = query.From?.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<DateTime?> { TypedValue = query.To?.UtcDateTime });
        command.Parameters.AddWithValue(query.OpenOnly);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = query.Kind?.ToString() });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = query.Node });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = query.Site });
        command.Parameters.AddWithValue(query.Limit);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, row => Read(row.GetString(0)), stop);
    }

    /// <param name="name">An id, the beginning of one that is unique, or <c>last</c>.</param>
    /// <returns>Null: none. The ids, when several begin so.</returns>
    public async Task<(IncidentView? Incident, IReadOnlyList<string> Candidates)> FindAsync(string name, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(name);
        await using NpgsqlCommand command = database.CreateCommand(name == "last"
            ? $"select state from {schema}.kes_incidents where {TenantRegister.Shown(schema, "tenant")} order by started desc, id desc limit 1"
            : $"select state from {schema}.kes_incidents where starts_with(id, $1) order by id = $1 desc, id limit 10");
        if (name != "last")
        {
            command.Parameters.AddWithValue(name);
        }

        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        List<IncidentView> found = await EventRows.ReadAsync(reader, row => Read(row.GetString(0)), stop);
        return found.Count == 1 || found.Count > 1 && found[0].Id == name ? (found[0], []) : (null, [.. found.Select(view => view.Id)]);
    }

    internal async Task<IReadOnlyDictionary<(string Tenant, string Id), IncidentView>> LoadAsync(
        NpgsqlConnection connection, (string Tenant, string Id)[] keys, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"""
            select i.tenant, i.id, i.state from unnest($1, $2) k(tenant, id) join {schema}.kes_incidents i on i.tenant = k.tenant and i.id = k.id
            """, connection);
        command.Parameters.AddWithValue(Array.ConvertAll(keys, key => key.Tenant));
        command.Parameters.AddWithValue(Array.ConvertAll(keys, key => key.Id));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return (await EventRows.ReadAsync(reader, row => (Key: (row.GetString(0), row.GetString(1)), View: Read(row.GetString(2))), stop))
            .ToDictionary(row => row.Key, row => row.View);
    }

    /// <param name="views">Each incident once.</param>
    internal async Task SaveAsync(NpgsqlConnection connection, IncidentView[] views, CancellationToken stop)
    {
        const NpgsqlDbType Times = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;
        await using NpgsqlCommand command = new($"""
            insert into {schema}.kes_incidents (tenant, id, kind, started, ended, nodes, state)
            select u.tenant, u.id, u.kind, u.started, u.ended, array(select jsonb_array_elements_text(u.nodes)), u.state
            from unnest($1, $2, $3, $4, $5, $6, $7) u(tenant, id, kind, started, ended, nodes, state)
            on conflict (tenant, id) do update set started = excluded.started, ended = excluded.ended, nodes = excluded.nodes, state = excluded.state
            """, connection);
        command.Parameters.AddWithValue(Array.ConvertAll(views, view => view.Site));
        command.Parameters.AddWithValue(Array.ConvertAll(views, view => view.Id));
        command.Parameters.AddWithValue(Array.ConvertAll(views, view => view.Kind.ToString()));
        command.Parameters.AddWithValue(Times, Array.ConvertAll(views, view => view.Facts.Start.UtcDateTime));
        command.Parameters.AddWithValue(Times, Array.ConvertAll(views, view => view.Facts.End?.UtcDateTime));
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(views, view => JsonSerializer.Serialize(view.Facts.Nodes, ApiJson.Options)));
        command.Parameters.AddWithValue(
            NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Array.ConvertAll(views, view => JsonbText.Clean(JsonSerializer.Serialize(view, ApiJson.Options))));
        await command.ExecuteNonQueryAsync(stop);
    }

    internal async Task ClearAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"delete from {schema}.kes_incidents", connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static IncidentView Read(string state) => JsonSerializer.Deserialize<IncidentView>(state, ApiJson.Options)!;
}
