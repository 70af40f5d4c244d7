using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Tenants;

/// <summary>The table of tenants: who lives elsewhere, and who is on the way.</summary>
public sealed class TenantRegister(NpgsqlDataSource database, string schema)
{
    /// <summary>How long a change waits for transactions that write; longer, and everything behind it would wait with it.</summary>
    private const string Patience = "10s";

    private const string Columns = "t.tenant, t.state, t.place, t.since, t.move, t.sealed, t.checked, t.copied_to";

    /// <summary>Condition that a tenant is shown here: it neither has moved nor is arriving.</summary>
    /// <param name="tenant">The column.</param>
    internal static string Shown(string schema, string tenant) =>
        $"{tenant} <> all (array(select away.tenant from {schema}.kes_tenants away where away.state in ('moved', 'arriving')))";

    /// <summary>Condition that something of the tenant $1 is in the database.</summary>
    internal static string Exists(string schema) =>
        $"(exists (select from {schema}.mt_streams s where s.tenant_id = $1) or exists (select from {schema}.kes_nodes n where n.tenant = $1))";

    /// <summary>Whether the database refused to write something of a tenant that does not live here.</summary>
    internal static bool IsFence(PostgresException refusal) => refusal.SqlState is "KS010" or "KS011";

    /// <summary>All that are in the table, by name.</summary>
    public async Task<IReadOnlyList<TenantPlace>> ListAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        return await ReadAsync(connection, null, stop);
    }

    /// <returns>Also of a tenant that nobody knows: it would live here.</returns>
    public async Task<TenantPlace> FindAsync(string site, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        return (await ReadAsync(connection, site, stop)).SingleOrDefault() ?? TenantPlace.Native(site);
    }

    /// <summary>Whether something of the tenant is in the database.</summary>
    internal async Task<bool> ExistsAsync(string site, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select {Exists(schema)}");
        command.Parameters.AddWithValue(site);
        return (bool)(await command.ExecuteScalarAsync(stop))!;
    }

    /// <summary>Position of the tenant's last event; 0: it has none.</summary>
    internal async Task<long> LastPositionAsync(string site, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select coalesce(max(e.seq_id), 0) from {schema}.mt_events e where e.tenant_id = $1");
        command.Parameters.AddWithValue(site);
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    /// <summary>All in the table, which does not change until the connection's transaction ends.</summary>
    internal async Task<IReadOnlyList<TenantPlace>> HoldAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand hold = new($"lock table {schema}.kes_tenants in row share mode", connection);
        await hold.ExecuteNonQueryAsync(stop);
        return await ReadAsync(connection, null, stop);
    }

    /// <summary>Lets the transaction write for a move what is refused to others.</summary>
    internal static async Task LetInAsync(NpgsqlConnection connection, Guid? move, CancellationToken stop)
    {
        await using NpgsqlCommand command = new("select set_config('kes.move', $1, true)", connection);
        command.Parameters.AddWithValue(move?.ToString() ?? "");
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Lets the transaction write for a move to here, and keeps the move in its state until it ends.</summary>
    /// <exception cref="MoveRefusedException">The site is not arriving in this move.</exception>
    internal async Task EnterArrivingAsync(NpgsqlConnection connection, string site, Guid move, CancellationToken stop)
    {
        await LetInAsync(connection, move, stop);
        TenantPlace place = (await HoldAsync(connection, stop)).SingleOrDefault(place => place.Site == site) ?? TenantPlace.Native(site);
        if (place is not { State: TenantState.Arriving, Sealed: null } || place.Move != move)
        {
            throw new MoveRefusedException($"{place.Text}, and not in this move: run the command again");
        }
    }

    /// <summary>Waits until no transaction writes anything of any tenant, and changes where one lives.</summary>
    /// <param name="rule">From the state to the next, by the database's clock; may look into the database.</param>
    /// <exception cref="MoveRefusedException">By the rule, or since transactions went on for too long.</exception>
    internal async Task<TenantPlace> ChangeAsync(
        string site, Func<NpgsqlConnection, TenantPlace, DateTimeOffset, Task<TenantPlace>> rule, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await using NpgsqlCommand hold = new($"set local lock_timeout = '{Patience}'; lock table {schema}.kes_tenants in exclusive mode", connection);
        try
        {
            await hold.ExecuteNonQueryAsync(stop);
        }
        catch (PostgresException late) when (late.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new MoveRefusedException($"transactions that write have not ended within {Patience}; nothing was changed, run the command again", isSoon: true);
        }

        await using NpgsqlCommand clock = new("select clock_timestamp()", connection);
        DateTimeOffset at = (DateTime)(await clock.ExecuteScalarAsync(stop))!;
        TenantPlace before = (await ReadAsync(connection, site, stop)).SingleOrDefault() ?? TenantPlace.Native(site);
        TenantPlace after = await rule(connection, before, at);
        if (after != before)
        {
            after = after.State == before.State ? after : after with { Since = at };
            await WriteAsync(connection, after, stop);
            await transaction.CommitAsync(stop);
        }

        return after;
    }

    private async Task<List<TenantPlace>> ReadAsync(NpgsqlConnection connection, string? site, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"select {Columns} from {schema}.kes_tenants t where $1::varchar is null or t.tenant = $1 order by t.tenant", connection);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = site });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, Read, stop);
    }

    private async Task WriteAsync(NpgsqlConnection connection, TenantPlace place, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"""
            insert into {schema}.kes_tenants (tenant, state, place, since, move, sealed, checked, copied_to) values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (tenant) do update set state = excluded.state, place = excluded.place, since = excluded.since, move = excluded.move,
                sealed = excluded.sealed, checked = excluded.checked, copied_to = excluded.copied_to
            """, connection);
        NpgsqlParameterCollection p = command.Parameters;
        p.AddWithValue(place.Site);
        p.AddWithValue(place.State.ToString().ToLowerInvariant());
        p.Add(new NpgsqlParameter<string?> { TypedValue = place.Place });
        p.AddWithValue(place.Since.UtcDateTime);
        p.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)place.Move ?? DBNull.Value });
        p.Add(new NpgsqlParameter<DateTime?> { TypedValue = place.Sealed?.UtcDateTime });
        p.Add(new NpgsqlParameter<DateTime?> { TypedValue = place.Checked?.UtcDateTime });
        p.AddWithValue(place.CopiedTo);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static TenantPlace Read(NpgsqlDataReader row) => new(
        row.GetString(0), Enum.Parse<TenantState>(row.GetString(1), ignoreCase: true), row.IsDBNull(2) ? null : row.GetString(2), row.GetFieldValue<DateTime>(3),
        row.IsDBNull(4) ? null : row.GetGuid(4), row.IsDBNull(5) ? null : row.GetFieldValue<DateTime>(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateTime>(6),
        row.GetInt64(7));
}
