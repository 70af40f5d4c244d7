using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>
/// Makes one process of several the owner of a shard: a session advisory lock on a connection of its own, which also listens for appended events. When the
/// owner is killed, its socket closes and PostgreSQL lets the lock go; when its machine vanishes, the server's probes of the connection find out within
/// four seconds. The lock only spares work: what keeps the rows right is the checkpoint's guard.
/// </summary>
internal sealed class ShardLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly long _key;

    private ShardLock(NpgsqlConnection connection, long key) => (_connection, _key) = (connection, key);

    internal static async Task<ShardLock> OpenAsync(NpgsqlDataSource database, string schema, string shard, CancellationToken stop)
    {
        NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        try
        {
            await using NpgsqlCommand prepare = new(
                $"""
                set application_name = '{ApplicationName(shard)}'; set tcp_keepalives_idle = 1; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3;
                listen mt_events_appended
                """,
                connection);
            await prepare.ExecuteNonQueryAsync(stop);
            return new ShardLock(connection, Shard.LockKey(schema, shard));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <returns>True: this process is the owner, until the connection ends.</returns>
    internal async Task<bool> TryTakeAsync(CancellationToken stop)
    {
        await using NpgsqlCommand take = new("select pg_try_advisory_lock($1)", _connection);
        take.Parameters.AddWithValue(_key);
        return await take.ExecuteScalarAsync(stop) is true;
    }

    /// <summary>Waits until events are appended, at most <paramref name="patience"/>.</summary>
    /// <returns>False: nothing woke it.</returns>
    /// <exception cref="NpgsqlException">The connection, and with it the lock, is gone.</exception>
    internal Task<bool> WaitAsync(TimeSpan patience, CancellationToken stop) => _connection.WaitAsync(patience, stop);

    /// <summary>Lets the lock go. The connection may go back to a pool, which would keep the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using NpgsqlCommand release = new("select pg_advisory_unlock_all(); unlisten *; reset all", _connection);
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            // Its end released the lock.
        }

        await _connection.DisposeAsync();
    }

    /// <returns>Machine and process of an owner, from its application name.</returns>
    internal static string OwnerOf(string applicationName) => applicationName.Split(' ') is ["kes", var process, ..] ? process : applicationName;

    /// <summary>What <c>pg_stat_activity</c> shows of the owner; PostgreSQL keeps 63 bytes.</summary>
    private static string ApplicationName(string shard) => $"kes {Environment.MachineName}/{Environment.ProcessId} {shard}";
}
