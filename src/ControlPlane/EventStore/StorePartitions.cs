using Npgsql;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>
/// The events' table in two partitions, by archive state: archived events leave the table and the indexes that everything else reads. Marten's own programs read and append
/// all the same, but its schema check, which compares keys, finds another table.
/// </summary>
/// <param name="patience">Whoever reads or writes for longer keeps the table from being changed; null: 20 s.</param>
public sealed class StorePartitions(NpgsqlDataSource database, string schema, TimeSpan? patience = null)
{
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(20);

    // The first lock waits for all transactions of ours that write, see kes_enter; the others for Marten's and for readers.
    private string Alone => $"""
        set local client_min_messages = warning;
        set local lock_timeout = '{(long)_patience.TotalMilliseconds}ms';
        lock table {schema}.kes_tenants in exclusive mode;
        lock table {schema}.mt_streams in exclusive mode;
        lock table {schema}.mt_events in access exclusive mode;
        """;

    private readonly string _foreignKey = $"""
        alter table {schema}.mt_events add constraint fkey_mt_events_stream_id_tenant_id foreign key (tenant_id, stream_id) references {schema}.mt_streams (tenant_id, id);
        """;

    private string Divide => $"""
        alter table {schema}.mt_events rename to mt_events_default;
        alter table {schema}.mt_events_default drop constraint fkey_mt_events_stream_id_tenant_id, drop constraint pkey_mt_events_seq_id;
        drop index {schema}.pk_mt_events_stream_and_version;
        update {schema}.mt_events_default set is_archived = false where is_archived is null;
        alter table {schema}.mt_events_default alter column is_archived set not null;
        create table {schema}.mt_events (like {schema}.mt_events_default including defaults) partition by list (is_archived);
        create table {schema}.mt_events_archived partition of {schema}.mt_events for values in (true);
        with moved as (delete from {schema}.mt_events_default where is_archived returning *) insert into {schema}.mt_events_archived select * from moved;
        alter table {schema}.mt_events attach partition {schema}.mt_events_default default;
        alter table {schema}.mt_events add constraint pkey_mt_events_seq_id primary key (seq_id, is_archived);
        create unique index pk_mt_events_stream_and_version_default on {schema}.mt_events_default (tenant_id, stream_id, version, is_archived);
        create unique index pk_mt_events_stream_and_version_archived on {schema}.mt_events_archived (tenant_id, stream_id, version, is_archived);
        create unique index pk_mt_events_stream_and_version on {schema}.mt_events (tenant_id, stream_id, version, is_archived);
        alter sequence {schema}.mt_events_sequence owned by {schema}.mt_events.seq_id;
        {_foreignKey}
        analyze {schema}.mt_events;
        """;

    private string Join => $"""
        create table {schema}.mt_events_joined (like {schema}.mt_events including defaults);
        insert into {schema}.mt_events_joined select * from {schema}.mt_events;
        alter sequence {schema}.mt_events_sequence owned by none;
        drop table {schema}.mt_events;
        alter table {schema}.mt_events_joined rename to mt_events;
        alter table {schema}.mt_events alter column is_archived drop not null;
        alter table {schema}.mt_events add constraint pkey_mt_events_seq_id primary key (seq_id);
        create unique index pk_mt_events_stream_and_version on {schema}.mt_events (tenant_id, stream_id, version);
        alter sequence {schema}.mt_events_sequence owned by {schema}.mt_events.seq_id;
        {_foreignKey}
        analyze {schema}.mt_events;
        """;

    /// <summary>Whether the table is partitioned.</summary>
    public async Task<bool> AreThereAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        return await AreThereAsync(connection, stop);
    }

    /// <summary>Partitions the table, or makes it one again; all at once, while nobody appends or reads. As it is already: nothing happens.</summary>
    /// <exception cref="TimeoutException">Somebody reads or writes for so long that it was given up; nothing is changed.</exception>
    public async Task ChangeAsync(bool partitioned, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        try
        {
            await ExecuteAsync(connection, Alone, stop);
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            throw new TimeoutException($"somebody has been reading or writing events for longer than {_patience.TotalSeconds:0.#} s: try again when that has ended", busy);
        }

        if (await AreThereAsync(connection, stop) != partitioned)
        {
            await ExecuteAsync(connection, partitioned ? Divide : Join, stop);
        }

        await transaction.CommitAsync(stop);
    }

    private async Task<bool> AreThereAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"select relkind = 'p' from pg_class where oid = '{schema}.mt_events'::regclass", connection);
        return (bool)(await command.ExecuteScalarAsync(stop))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(stop);
    }
}
