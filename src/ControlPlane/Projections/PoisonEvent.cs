using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>An event that a projection cannot fold.</summary>
internal static class PoisonEvent
{
    private const int ReasonLength = 2_000;

    /// <summary>True when an event may be to blame: not when the database, the network or the end of the program is.</summary>
    internal static bool Suspected(Exception failure) => failure switch
    {
        PostgresException collision when StoreDatabase.IsCollision(collision) => false,
        PostgresException refused => refused.SqlState[..2] is "22" or "23",       // data exception, integrity violation: what was to be written is at fault
        NpgsqlException or TimeoutException or IOException or OperationCanceledException or OutOfMemoryException or ObjectDisposedException => false,
        _ => true,
    };

    /// <summary>Notes it, in the connection's transaction.</summary>
    internal static async Task ParkAsync(NpgsqlConnection connection, string schema, string shard, long position, Exception failure, CancellationToken stop)
    {
        string reason = $"{failure.GetType().Name}: {failure.Message}".Replace("\0", "\uFFFD", StringComparison.Ordinal);
        await using NpgsqlCommand park = new(
            $"insert into {schema}.kes_parked_events (projection, seq_id, reason) values ($1, $2, $3) on conflict do nothing", connection);
        park.Parameters.AddWithValue(shard);
        park.Parameters.AddWithValue(position);
        park.Parameters.AddWithValue(reason.Length > ReasonLength ? reason[..ReasonLength] : reason);
        await park.ExecuteNonQueryAsync(stop);
    }
}
