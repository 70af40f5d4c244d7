using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Tenants;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Nodes;

/// <summary>A node that may send.</summary>
/// <param name="Tenant">Its site.</param>
/// <param name="KeyId">The key that it signs with, see <see cref="Domain.Events.HeadSignature.KeyId"/>; null: it has none yet.</param>
/// <param name="ClockOffset">Its wall clock minus the server's, as measured last; null: not yet, or not asked for.</param>
/// <param name="ClockBound">The possible error of that.</param>
public sealed record EnrolledNode(string Tenant, string Name, DateTimeOffset Enrolled, DateTimeOffset? Revoked,
    DateTimeOffset? LastContact, string? KeyId = null,
    TimeSpan? ClockOffset = null, TimeSpan? ClockBound = null)
{
    /// <summary>Its site does not live here, or is on the way; told by <see cref="NodeRegister.FindAsync"/> only.</summary>
    [JsonIgnore]
    public bool IsAway { get; init; }
}

/// <summary>Which nodes may send, by the SHA-256 of their tokens.</summary>
public sealed partial class NodeRegister(NpgsqlDataSource database, string schema)
{
    /// <summary>Site of a node that names none; Marten's default tenant.</summary>
    public const string DefaultSite = "*DEFAULT*";

    private readonly string _columns = $"""
        n.tenant, n.node, n.enrolled, n.revoked,
        (select max(c.contact_to) from {schema}.kes_node_contact c where c.tenant = n.tenant and c.node = n.node),
        (select k.key_id from {schema}.kes_node_keys k where k.tenant = n.tenant and k.node = n.node and k.retired is null)
        """;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
    private static partial Regex Name { get; }

    /// <summary>Names of nodes and sites: they stand in streams' names and in URLs.</summary>
    public static bool IsName(string text) => Name.IsMatch(text);

    /// <returns>The node's token, shown this once; null when the node is enrolled already and not revoked.</returns>
    public async Task<string?> EnrollAsync(string tenant, string node, CancellationToken stop)
    {
        string token = BearerToken.Create();
        await using NpgsqlCommand command = database.CreateCommand($"""
            insert into {schema}.kes_nodes as n (tenant, node, token_hash) values ($1, $2, $3)
            on conflict (tenant, node) do update set token_hash = excluded.token_hash, enrolled = now(), revoked = null where n.revoked is not null
            """);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(node);
        command.Parameters.AddWithValue(BearerToken.HashOf(token));
        return await command.ExecuteNonQueryAsync(stop) == 1 ? token : null;
    }

    /// <returns>False when there is no such node, or it is revoked already.</returns>
    public async Task<bool> RevokeAsync(string tenant, string node, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"update {schema}.kes_nodes set revoked = now() where tenant = $1 and node = $2 and revoked is null");
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(node);
        return await command.ExecuteNonQueryAsync(stop) == 1;
    }

    /// <summary>All nodes of the sites that live here, revoked ones too, by site and name.</summary>
    public async Task<IReadOnlyList<EnrolledNode>> ListAsync(CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            select {_columns}, c.clock_offset, c.bound from {schema}.kes_nodes n left join lateral (
                select k.clock_offset, k.bound from {schema}.kes_node_clocks k where k.tenant = n.tenant and k.node = n.node
                order by k.measured desc limit 1) c on true
            where {TenantRegister.Shown(schema, "n.tenant")}
            order by n.tenant, n.node
            """);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventStore.EventRows.ReadAsync(reader, Read, stop);
    }

    /// <returns>The node that holds this token and is not revoked; null if none.</returns>
    public async Task<EnrolledNode?> FindAsync(string token, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"select {_columns}, exists (select from {schema}.kes_tenants t where t.tenant = n.tenant and t.state <> 'here') "
            + $"from {schema}.kes_nodes n where n.token_hash = $1 and n.revoked is null");
        command.Parameters.AddWithValue(BearerToken.HashOf(token));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? Read(reader) with { IsAway = reader.GetBoolean(6) } : null;
    }

    private static EnrolledNode Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetFieldValue<DateTime>(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateTime>(3),
        row.IsDBNull(4) ? null : row.GetFieldValue<DateTime>(4), row.IsDBNull(5) ? null : row.GetString(5),
        row.FieldCount < 8 || row.IsDBNull(6) ? null : row.GetTimeSpan(6), row.FieldCount < 8 || row.IsDBNull(7) ? null : row.GetTimeSpan(7));
}
