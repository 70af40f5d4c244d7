using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Retention;

/// <summary>Streams of a class are archived when nothing was appended to them for so long.</summary>
/// <param name="Class">What stands before the first '/' of their names: <c>vrrp</c>, <c>health</c>, <c>hook</c>, <c>node</c>.</param>
/// <param name="Days">At least 1.</param>
public sealed record RetentionRule(string Class, int Days);

/// <summary>Streams that nobody may archive.</summary>
/// <param name="Stream">A name, or the beginning of names and <c>*</c>.</param>
public sealed record LegalHold(string Site, string Stream, string Reason, DateTimeOffset Placed);

/// <summary>What came of archiving one stream.</summary>
public enum ArchiveOutcome
{
    Archived,
    AlreadyArchived,
    Unknown,
    Held,

    /// <summary>Its site is being carried to another place, or from there.</summary>
    Moving,
}

/// <summary>Which streams are archived when, and which must not be.</summary>
public sealed class StoreRetention(NpgsqlDataSource database, string schema)
{
    /// <summary>Streams archived in one transaction.</summary>
    private const int Batch = 500;

    /// <summary>Archives a stream, unless it is held. Its events stay, out of sight of reads and projections.</summary>
    public async Task<ArchiveOutcome> ArchiveAsync(string tenant, string stream, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await HoldAsync(connection, stop);
        await using NpgsqlCommand look = Command(
            connection,
            $"""
            select s.is_archived, {schema}.kes_is_held($1, $2), {Moving("s.tenant_id")} from {schema}.mt_streams s
            where s.tenant_id = $1 and s.id = $2 for update
            """,
            tenant, stream);
        ArchiveOutcome outcome;
        await using (NpgsqlDataReader reader = await look.ExecuteReaderAsync(stop))
        {
            outcome = !await reader.ReadAsync(stop) ? ArchiveOutcome.Unknown
                : reader.GetBoolean(0) ? ArchiveOutcome.AlreadyArchived
                : reader.GetBoolean(2) ? ArchiveOutcome.Moving
                : reader.GetBoolean(1) ? ArchiveOutcome.Held
                : ArchiveOutcome.Archived;
        }

        if (outcome == ArchiveOutcome.Archived)
        {
            await using NpgsqlCommand archive = Command(connection, $"select {schema}.mt_archive_stream($2, $1)", tenant, stream);
            await archive.ExecuteNonQueryAsync(stop);
            await transaction.CommitAsync(stop);
        }

        return outcome;
    }

    /// <summary>Archives what the rules say. A stream's age is that of its last event or of its last append, whichever is younger.</summary>
    /// <returns>How many streams.</returns>
    public async Task<int> ApplyAsync(CancellationToken stop)
    {
        int archived = 0;
        while (true)
        {
            await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
            await HoldAsync(connection, stop);
            await using NpgsqlCommand apply = new($"""
                with old as (
                    select s.tenant_id, s.id from {schema}.kes_retention r join {schema}.mt_streams s on split_part(s.id, '/', 1) = r.class
                    where not s.is_archived and s.version > 0 and s.timestamp < clock_timestamp() - r.keep and not {schema}.kes_is_held(s.tenant_id, s.id)
                      and not {Moving("s.tenant_id")}
                      and (select e.timestamp from {schema}.mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id and e.version = s.version)
                          < clock_timestamp() - r.keep
                    order by s.id collate "C" limit {Batch} for update of s skip locked)
                select count({schema}.mt_archive_stream(o.id, o.tenant_id)::text) from old o
                """, connection);
            long count = (long)(await apply.ExecuteScalarAsync(stop))!;
            await transaction.CommitAsync(stop);
            archived += (int)count;
            if (count < Batch)
            {
                return archived;
            }
        }
    }

    public async Task<IReadOnlyList<RetentionRule>> RulesAsync(CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select class, extract(day from keep)::int from {schema}.kes_retention order by class");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, row => new RetentionRule(row.GetString(0), row.GetInt32(1)), stop);
    }

    /// <param name="days">Null: streams of the class are kept in sight for ever.</param>
    public async Task SetRuleAsync(string @class, int? days, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(days is null
            ? $"delete from {schema}.kes_retention where class = $1"
            : $"insert into {schema}.kes_retention values ($1, make_interval(days => $2)) on conflict (class) do update set keep = excluded.keep");
        command.Parameters.AddWithValue(@class);
        if (days is { } some)
        {
            command.Parameters.AddWithValue(some);
        }

        await command.ExecuteNonQueryAsync(stop);
    }

    public async Task<IReadOnlyList<LegalHold>> HoldsAsync(CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select tenant, stream, reason, placed from {schema}.kes_legal_holds order by tenant, stream");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(
            reader, row => new LegalHold(row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTime>(3)), stop);
    }

    public async Task HoldAsync(string tenant, string stream, string reason, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"insert into {schema}.kes_legal_holds (tenant, stream, reason) values ($1, $2, $3) on conflict (tenant, stream) do update set reason = excluded.reason");
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(stream);
        command.Parameters.AddWithValue(reason);
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <returns>False: there is no such hold.</returns>
    public async Task<bool> ReleaseAsync(string tenant, string stream, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"delete from {schema}.kes_legal_holds where tenant = $1 and stream = $2");
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(stream);
        return await command.ExecuteNonQueryAsync(stop) == 1;
    }

    /// <summary>No move begins or ends until the connection's transaction ends.</summary>
    private async Task HoldAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand hold = new($"lock table {schema}.kes_tenants in row share mode", connection);
        await hold.ExecuteNonQueryAsync(stop);
    }

    private string Moving(string tenant) =>
        $"exists (select from {schema}.kes_tenants moving where moving.tenant = {tenant} and moving.state in ('leaving', 'arriving'))";

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string tenant, string stream)
    {
        NpgsqlCommand command = new(sql, connection);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(stream);
        return command;
    }
}
