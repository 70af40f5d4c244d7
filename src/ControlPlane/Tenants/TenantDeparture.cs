using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Projections;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tenants;

/// <summary>The source's side of a move, see <see cref="MoveRules"/>.</summary>
public sealed class TenantDeparture(NpgsqlDataSource database, string schema, TenantRegister tenants)
{
    /// <summary>From here on nothing of the tenant is taken in: what was under way is committed when this returns.</summary>
    /// <exception cref="MoveRefusedException">Unknown here, on another move, or it has events that cannot be carried.</exception>
    public async Task<TenantPlace> LeaveAsync(string site, string place, CancellationToken stop)
    {
        await using NpgsqlCommand look = database.CreateCommand($"""
            select {TenantRegister.Exists(schema)}, exists (select from {schema}.mt_events e where e.tenant_id = $1 and e.bdata is not null)
            """);
        look.Parameters.AddWithValue(site);
        await using (NpgsqlDataReader row = await look.ExecuteReaderAsync(stop))
        {
            await row.ReadAsync(stop);
            if (!row.GetBoolean(0))
            {
                throw new MoveRefusedException($"site '{site}' is unknown here: it has neither events nor nodes", isMissing: true);
            }

            if (row.GetBoolean(1))
            {
                throw new MoveRefusedException($"site '{site}' has events with binary bodies, which this program cannot carry");
            }
        }

        Guid move = Guid.CreateVersion7();
        return await tenants.ChangeAsync(site, (_, now, _) => Task.FromResult(MoveRules.Leave(now, place, move)), stop);
    }

    /// <summary>Once the process manager of incidents has seen all events of the tenant, nothing of it changes any more.</summary>
    /// <exception cref="MoveRefusedException">It has not yet: soon.</exception>
    public async Task<TenantPlace> SealAsync(string site, Guid move, CancellationToken stop)
    {
        long last = await tenants.LastPositionAsync(site, stop);
        return await tenants.ChangeAsync(
            site,
            async (connection, now, at) =>
            {
                TenantPlace after = MoveRules.Seal(now, move, at);
                return after == now || await SeenAsync(connection, stop) is var seen && seen >= last
                    ? after
                    : throw new MoveRefusedException(
                        $"the process manager of incidents has seen events up to position {seen}, site '{site}' has some up to {last}; "
                        + "'kes store status' shows how it goes on",
                        isSoon: true);
            },
            stop);
    }

    /// <summary>The target has all of it, and it is the target's.</summary>
    public Task<TenantPlace> HandOverAsync(string site, Guid move, CancellationToken stop) =>
        tenants.ChangeAsync(site, (_, now, _) => Task.FromResult(MoveRules.HandOver(now, move)), stop);

    /// <summary>The move is given up, and the tenant lives here as before.</summary>
    public Task<TenantPlace> ReturnAsync(string site, CancellationToken stop) =>
        tenants.ChangeAsync(site, (_, now, _) => Task.FromResult(MoveRules.Return(now)), stop);

    private async Task<long> SeenAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand look = new($"select last_seq_id from {schema}.mt_event_progression where name = $1", connection);
        look.Parameters.AddWithValue(Shard.Name(IncidentProjection.ProjectionName, 1));
        return await look.ExecuteScalarAsync(stop) as long? ?? 0;
    }
}
