using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tenants;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>Reads how the store and its projections stand, from the database alone: any server can tell.</summary>
public sealed class StoreReader(
    NpgsqlDataSource database, string schema, IEventStore events, IEnumerable<IProjection> projections, TenantRegister tenants)
{
    private const int ParkedShown = 20;

    private readonly StorePartitions _partitions = new(database, schema);

    private readonly string _projection = $"""
        select r.live_version, r.building_version, coalesce(p.last_seq_id, 0), b.last_seq_id, greatest(0, extract(epoch from (
                   select clock_timestamp() - coalesce(k.received, e.timestamp) from {schema}.mt_events e
                   left join {schema}.kes_node_events k on k.seq_id = e.seq_id
                   where e.seq_id > coalesce(p.last_seq_id, 0) and e.seq_id <= $5 and not e.is_archived order by e.seq_id limit 1)))::float8,
               (select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
                where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.database = (select oid from pg_database where datname = current_database())
                  and l.classid::bigint = ($4::bigint >> 32) & 4294967295 and l.objid::bigint = $4::bigint & 4294967295),
               (select count(*) from {schema}.kes_parked_events q where q.projection = $2)
        from {schema}.kes_projections r
        left join {schema}.mt_event_progression p on p.name = $2
        left join {schema}.mt_event_progression b on b.name = $3
        where r.name = $1
        """;

    public async Task<StoreStatus> StatusAsync(CancellationToken stop)
    {
        long mark = (await events.ReadAllAsync(long.MaxValue, 1, stop)).HighWaterMark;
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        List<ProjectionStatus> statuses = [];
        foreach (IProjection projection in projections)
        {
            if (await ProjectionAsync(connection, projection.Name, mark, stop) is { } status)
            {
                statuses.Add(status);
            }
        }

        return new StoreStatus(
            await CountAsync(connection, "mt_events", stop), await CountAsync(connection, "mt_streams", stop), await _partitions.AreThereAsync(stop), mark, statuses,
            [.. (await tenants.ListAsync(stop)).Where(tenant => tenant.State != TenantState.Here)]);
    }

    private async Task<ProjectionStatus?> ProjectionAsync(NpgsqlConnection connection, string name, long mark, CancellationToken stop)
    {
        await using NpgsqlCommand versions = new($"select live_version from {schema}.kes_projections where name = $1", connection);
        versions.Parameters.AddWithValue(name);
        if (await versions.ExecuteScalarAsync(stop) is not int live)
        {
            return null;
        }

        string shard = Shard.Name(name, live);
        IReadOnlyList<ParkedEvent> parked = await ParkedAsync(connection, shard, stop);
        await using NpgsqlCommand command = new(_projection, connection);
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(shard);
        command.Parameters.AddWithValue(Shard.Name(name, live + 1));
        command.Parameters.AddWithValue(Shard.LockKey(schema, shard));
        command.Parameters.AddWithValue(mark);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop)
            ? new ProjectionStatus(
                name, live, reader.GetInt64(2), Math.Max(0, mark - reader.GetInt64(2)), reader.IsDBNull(4) ? 0 : reader.GetDouble(4),
                reader.IsDBNull(5) ? null : ShardLock.OwnerOf(reader.GetString(5)), reader.GetInt64(6), parked,
                reader.IsDBNull(1) ? null : reader.GetInt32(1), reader.IsDBNull(3) ? null : reader.GetInt64(3))
            : null;
    }

    private async Task<IReadOnlyList<ParkedEvent>> ParkedAsync(NpgsqlConnection connection, string shard, CancellationToken stop)
    {
        await using NpgsqlCommand command = new(
            $"select seq_id, reason, at from {schema}.kes_parked_events where projection = $1 order by seq_id desc limit {ParkedShown}", connection);
        command.Parameters.AddWithValue(shard);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, row => new ParkedEvent(row.GetInt64(0), row.GetString(1), row.GetFieldValue<DateTime>(2)), stop);
    }

    /// <summary>Counting many rows takes seconds: then the statistics do.</summary>
    private async Task<long> CountAsync(NpgsqlConnection connection, string table, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"""
            with likely as (
                select sum(greatest(0, c.reltuples))::bigint as rows from pg_class c
                where c.relkind = 'r' and (c.oid = '{schema}.{table}'::regclass or c.oid in (select i.inhrelid from pg_inherits i where i.inhparent = '{schema}.{table}'::regclass)))
            select case when l.rows > 100000 then l.rows else (select count(*) from (select from {schema}.{table} limit 200000) t) end from likely l
            """, connection);
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }
}
