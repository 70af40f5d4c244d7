using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tenants;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>Finds the transitions next to a moment.</summary>
public sealed class TransitionReader(NpgsqlDataSource database, string schema)
{
    private const string Transitions = "('instance_became_master', 'instance_became_backup', 'instance_entered_fault', 'instance_stopped')";

    /// <summary>The last one before it and the first after it, of all nodes of sites that live here, by their clocks; null: none.</summary>
    public async Task<(DateTimeOffset? Before, DateTimeOffset? After)> AroundAsync(DateTimeOffset moment, CancellationToken stop)
    {
        string of = $"from {schema}.kes_node_events k where k.tenant = n.tenant and k.node = n.node and k.type in {Transitions} and k.type in {Landmarks.Sql}";
        await using NpgsqlCommand command = database.CreateCommand($"""
            select max(b.wall), min(a.wall) from {schema}.kes_nodes n
            left join lateral (select k.wall {of} and k.wall < $1 order by k.wall desc limit 1) b on true
            left join lateral (select k.wall {of} and k.wall > $1 order by k.wall limit 1) a on true
            where {TenantRegister.Shown(schema, "n.tenant")}
            """);
        command.Parameters.AddWithValue(moment.UtcDateTime);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        return (reader.IsDBNull(0) ? null : reader.GetFieldValue<DateTime>(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTime>(1));
    }
}
