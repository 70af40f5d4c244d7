using Npgsql;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>Connections to the store's database.</summary>
public static class StoreDatabase
{
    /// <summary>Statements that a connection keeps prepared, unless the connection string says otherwise: a pooler between us may want 0.</summary>
    private const int Prepared = 64;

    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static NpgsqlDataSource Open(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings = new(connectionString);
        if (!settings.ContainsKey("Max Auto Prepare"))
        {
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (Prepared, 2);
        }

        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>
    /// A writer that does not take the stream's row lock first, as Marten's own functions do not, was in the way: it had the same version, or each waited for
    /// the other. Nothing is stored; trying again goes on after it.
    /// </summary>
    internal static bool IsCollision(PostgresException refusal) => refusal.SqlState == PostgresErrorCodes.DeadlockDetected
        || (refusal is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: { } name } && name.StartsWith("pk_mt_events_stream_and_version", StringComparison.Ordinal));
}
