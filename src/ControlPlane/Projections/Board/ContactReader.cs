using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tenants;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>A stretch of time in which a node was in contact, by this server's clock.</summary>
public sealed record ContactInterval(string Tenant, string Node, DateTimeOffset From, DateTimeOffset To);

/// <summary>Who was in contact when.</summary>
public sealed class ContactReader(NpgsqlDataSource database, string schema)
{
    /// <summary>Contact of all nodes of sites that live here as of now, by the database's clock, which is the one that wrote it.</summary>
    public Task<IReadOnlyList<NodeContact>> NowAsync(CancellationToken stop) => ReadAsync(
        $"""
        select tenant, node, max(contact_to), max(contact_to) >= clock_timestamp() - $1 from {schema}.kes_node_contact
        where {TenantRegister.Shown(schema, "tenant")} group by tenant, node
        """,
        [IngestLimits.Silence],
        stop);

    /// <summary>
    /// Contact of all nodes as of a past moment. A node without contact then counts as heard all the same if it has sent, later, records of
    /// one and the same boot from before and from after that moment: it lived, and what it did then is known by now.
    /// </summary>
    public Task<IReadOnlyList<NodeContact>> AtAsync(DateTimeOffset moment, CancellationToken stop) => ReadAsync(
        $"""
        select n.tenant, n.node, c.last_contact,
               coalesce(c.last_contact >= $2 - $1, false) or exists (
                   select 1 from {schema}.kes_node_boots b
                   where b.tenant = n.tenant and b.node = n.node and b.first_wall <= $2 and b.last_wall >= $2)
        from {schema}.kes_nodes n
        left join lateral (
            select max(least(k.contact_to, $2)) as last_contact from {schema}.kes_node_contact k
            where k.tenant = n.tenant and k.node = n.node and k.contact_from <= $2) c on true
        where {TenantRegister.Shown(schema, "n.tenant")}
        """,
        [IngestLimits.Silence, moment.UtcDateTime],
        stop);

    /// <summary>Intervals of one site that touch a stretch of time.</summary>
    public async Task<IReadOnlyList<ContactInterval>> IntervalsAsync(string tenant, DateTimeOffset from, DateTimeOffset to,
        CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select tenant, node, contact_from, contact_to from {schema}.kes_node_contact
            where tenant = $1 and contact_to >= $2 and contact_from <= $3 order by node, contact_from
            """);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(
            reader,
            row => new ContactInterval(row.GetString(0), row.GetString(1), row.GetFieldValue<DateTime>(2), row.GetFieldValue<DateTime>(3)),
            stop);
    }

    private async Task<IReadOnlyList<NodeContact>> ReadAsync(string sql, object[] values, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        foreach (object value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(
            reader,
            row => new NodeContact(
                row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTime>(2), row.GetBoolean(3)),
            stop);
    }
}
