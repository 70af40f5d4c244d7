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
}
