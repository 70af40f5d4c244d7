using Keepalived.Es.ControlPlane.Tenants;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>What the store holds, and how far its projections are.</summary>
/// <param name="Events">About how many, archived ones too: by PostgreSQL's statistics once they are many.</param>
/// <param name="Streams">Likewise.</param>
/// <param name="Partitioned">The events' table is partitioned by archive state.</param>
/// <param name="HighWaterMark">Every event up to here can be read.</param>
/// <param name="Tenants">Those that live elsewhere or are on the way, by name.</param>
public sealed record StoreStatus(
    long Events, long Streams, bool Partitioned, long HighWaterMark, IReadOnlyList<ProjectionStatus> Projections, IReadOnlyList<TenantPlace> Tenants);

/// <summary>How far one projection is.</summary>
/// <param name="Version">The live one.</param>
/// <param name="Lag">High-water mark less position: at most so many events are missing in its rows.</param>
/// <param name="LagSeconds">Age of the oldest event that is missing; 0 when none is.</param>
/// <param name="Owner">Machine and process that runs it; null: nobody does.</param>
/// <param name="Parked">Events that it could not fold, the latest first, at most 20.</param>
/// <param name="Building">A version that is being built beside the live one; null: none is.</param>
/// <param name="BuildingPosition">How far that is.</param>
public sealed record ProjectionStatus(
    string Name, int Version, long Position, long Lag, double LagSeconds, string? Owner, long ParkedCount, IReadOnlyList<ParkedEvent> Parked,
    int? Building, long? BuildingPosition);

/// <summary>An event that a projection could not fold.</summary>
public sealed record ParkedEvent(long Position, string Reason, DateTimeOffset At);
