using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>One transaction of a projection.</summary>
/// <param name="Connection">Inside the transaction.</param>
/// <param name="Events">In order of position; none when only time has passed.</param>
/// <param name="From">Checkpoint before: every event up to here is in the rows.</param>
/// <param name="To">Checkpoint afterwards.</param>
/// <param name="Now">By the database's clock.</param>
public sealed record ProjectionBatch(NpgsqlConnection Connection, IReadOnlyList<RecordedEvent> Events, long From, long To, DateTimeOffset Now);
