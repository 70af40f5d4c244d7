using Keepalived.Es.ControlPlane.Transfer;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tenants;

/// <summary>What the source sent of a tenant.</summary>
/// <param name="Events">End of its export with positions counted from 1.</param>
/// <param name="Rows">End of its other rows.</param>
public sealed record MoveManifest(ExportEnd Events, ExportEnd Rows);

/// <summary>The target's side of a move, see <see cref="MoveRules"/>.</summary>
public sealed class TenantArrival(NpgsqlDataSource database, string schema, TenantRegister tenants, TenantRows rows, EventExport export)
{
    /// <summary>From here on the move may write.</summary>
    /// <param name="from">URL of the source.</param>
    public async Task<TenantPlace> ArriveAsync(string site, Guid move, string from, CancellationToken stop) => await tenants.ChangeAsync(
        site,
        async (connection, now, _) =>
        {
            TenantPlace after = MoveRules.Arrive(now, move, from, await ExistsAsync(connection, site, stop));
            if (now.State != TenantState.Arriving && after.State == TenantState.Arriving)
            {
                await rows.ForgetAsync(connection, site, stop);
                await ShowArchivedAsync(connection, site, stop);
            }

            return after;
        },
        stop);

    /// <summary>Puts the rows in their places, and compares everything with what the source has.</summary>
    /// <exception cref="MoveRefusedException">It is not the same; the move may go on sending.</exception>
    public async Task<TenantPlace> CheckAsync(string site, Guid move, MoveManifest manifest, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        TenantPlace now = await tenants.FindAsync(site, stop);
        if (now.Checked is not null || now.State != TenantState.Arriving)
        {
            return await tenants.ChangeAsync(site, (_, place, at) => Task.FromResult(MoveRules.SealArrival(place, move, at)), stop);
        }

        Same("rows", manifest.Rows, await rows.DigestAsync(site, stop));
        await rows.PlaceAsync(site, move, stop);
        TenantPlace @sealed = await tenants.ChangeAsync(site, (_, place, at) => Task.FromResult(MoveRules.SealArrival(place, move, at)), stop);
        Same("events", manifest.Events, await export.DigestAsync(site, stop));
        await HeadsAsync(site, stop);
        return await tenants.ChangeAsync(
            site,
            async (connection, place, at) =>
            {
                await rows.ForgetAsync(connection, site, stop);
                return MoveRules.Check(place, move, @sealed.Sealed ?? at, at);
            },
            stop);
    }

    /// <summary>The source has handed over: the tenant lives here.</summary>
    public async Task<TenantPlace> SettleAsync(string site, Guid move, CancellationToken stop)
    {
        long last = await tenants.LastPositionAsync(site, stop);
        return await tenants.ChangeAsync(site, (_, now, _) => Task.FromResult(MoveRules.Settle(now, move, last)), stop);
    }

    /// <summary>The move was given up.</summary>
    public Task<TenantPlace> DropAsync(string site, Guid move, CancellationToken stop) => tenants.ChangeAsync(
        site,
        async (connection, now, _) =>
        {
            await rows.ForgetAsync(connection, site, stop);
            return MoveRules.Drop(now, move, await ExistsAsync(connection, site, stop), await tenants.LastPositionAsync(site, stop));
        },
        stop);

    private static void Same(string what, ExportEnd sent, ExportEnd here)
    {
        if (sent != here)
        {
            throw new MoveRefusedException(
                $"what has arrived is not what was sent: {sent.Events} {what} with SHA-256 {sent.Sha256} were, here are {here.Events} with {here.Sha256}; "
                + "run the command again, and if it says so again, give the move up with --abort");
        }
    }

    private async Task HeadsAsync(string site, CancellationToken stop)
    {
        await using NpgsqlCommand look = database.CreateCommand($"""
            select b.node, b.boot, b.last_sequence, coalesce(l.node_sequence, 0) from {schema}.kes_node_boots b
            left join lateral (
                select k.node_sequence, k.hash from {schema}.kes_node_events k where k.tenant = b.tenant and k.node = b.node and k.boot = b.boot
                order by k.node_sequence desc limit 1) l on true
            where b.tenant = $1 and (b.last_sequence <> coalesce(l.node_sequence, 0) or b.last_hash <> l.hash) order by b.node, b.boot limit 1
            """);
        look.Parameters.AddWithValue(site);
        await using NpgsqlDataReader row = await look.ExecuteReaderAsync(stop);
        if (await row.ReadAsync(stop))
        {
            throw new MoveRefusedException(
                $"boot '{row.GetString(1)}' of node '{row.GetString(0)}' ends with sequence {row.GetInt64(2)} at the source, and with {row.GetInt64(3)} here, "
                + "or with other bytes: 'kes audit verify' at the source says what is wrong");
        }
    }

    private async Task<bool> ExistsAsync(NpgsqlConnection connection, string site, CancellationToken stop)
    {
        await using NpgsqlCommand look = new($"select {TenantRegister.Exists(schema)}", connection);
        look.Parameters.AddWithValue(site);
        return (bool)(await look.ExecuteScalarAsync(stop))!;
    }

    /// <summary>A copy from before may have been archived by itself: what is archived is said by the source.</summary>
    private async Task ShowArchivedAsync(NpgsqlConnection connection, string site, CancellationToken stop)
    {
        await using NpgsqlCommand show = new($"""
            with s as (update {schema}.mt_streams set is_archived = false where tenant_id = $1 and is_archived)
            update {schema}.mt_events set is_archived = false where tenant_id = $1 and is_archived
            """, connection);
        show.Parameters.AddWithValue(site);
        await show.ExecuteNonQueryAsync(stop);
    }
}
