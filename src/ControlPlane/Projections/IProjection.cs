using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>Rows that follow from the events. The daemon owns the checkpoint; a projection owns its rows.</summary>
public interface IProjection
{
    /// <summary>Letters and digits, such as <c>KesBoard</c>.</summary>
    string Name { get; }

    /// <summary>From 1. With the name it makes the shard in <c>mt_event_progression</c>, see <see cref="Shard"/>.</summary>
    int Version { get; }

    /// <summary>True: <see cref="ApplyAsync"/> is called at least once a second, also without events, since time passes: a node falls silent.</summary>
    bool WantsTicks { get; }

    /// <summary>
    /// Writes the rows that follow from the page, on the batch's connection, inside its transaction. The daemon moves the checkpoint in that transaction and commits it.
    /// Must not keep state in memory that a rollback would make wrong: what was computed is taken over in <see cref="CommittedAsync"/> only.
    /// </summary>
    /// <exception cref="Exception">Not of the database: an event is poison. The daemon finds out which, parks it and goes on behind it; to find it, it calls with single
    /// events, and once with none.</exception>
    Task ApplyAsync(ProjectionBatch batch, CancellationToken stop);

    /// <summary>After the commit: takes over caches, publishes what happened.</summary>
    Task CommittedAsync(CancellationToken stop);

    /// <summary>After a rollback or a lost ownership: read the state from the database again next time.</summary>
    void Forget();

    /// <summary>Empties this version's rows, in the caller's transaction.</summary>
    Task ResetAsync(NpgsqlConnection connection, CancellationToken stop);
}

/// <summary>A projection whose rows are keyed by version, so that a second version is built beside the live one.</summary>
public interface IVersionedProjection : IProjection
{
    /// <summary>The same projection, with a cache of its own, on the rows of another version.</summary>
    IProjection AtVersion(int version);
}

/// <summary>A projection that asks for some of the events only; the others are not even read.</summary>
public interface ISelectiveProjection : IProjection
{
    /// <summary>Aliases of the events that it takes, at least one.</summary>
    IReadOnlyList<string> Types { get; }
}
