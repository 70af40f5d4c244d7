namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>The event store, in Marten's words. All calls are safe to use from several threads.</summary>
public interface IEventStore
{
    /// <summary>Appends to several streams of one tenant in one transaction: all of it or nothing.</summary>
    /// <returns>One place for each event, in the order given.</returns>
    /// <exception cref="ExistingStreamIdCollisionException">A stream that must not exist does.</exception>
    /// <exception cref="EventStreamUnexpectedMaxEventIdException">A stream is not at its expected version.</exception>
    /// <exception cref="InvalidStreamOperationException">A stream is archived.</exception>
    Task<IReadOnlyList<AppendedEvent>> AppendAsync(string tenant, IReadOnlyList<StreamAppend> appends, CancellationToken stop);

    /// <summary>Reads one stream in its order; empty if there is none or it is archived.</summary>
    /// <param name="version">Last version to read; 0: to the end.</param>
    /// <param name="timestamp">Events after this moment are left out; null: none are.</param>
    /// <param name="fromVersion">First version to read; 0: from the start.</param>
    Task<IReadOnlyList<RecordedEvent>> FetchStreamAsync(
        string tenant, string stream, CancellationToken stop, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0);

    /// <returns>Null when there is no such stream.</returns>
    Task<StreamState?> FetchStreamStateAsync(string tenant, string stream, CancellationToken stop);

    /// <summary>Reads the whole store in order of position, never past the high-water mark: what is skipped once never appears
    /// later.</summary>
    /// <param name="after">Position of the last event already read; 0 for none.</param>
    /// <param name="limit">Events in a page, at least 1.</param>
    Task<EventPage> ReadAllAsync(long after, int limit, CancellationToken stop);

    /// <summary>Hides a stream and refuses further events for it. Nothing is deleted.</summary>
    Task ArchiveStreamAsync(string tenant, string stream, CancellationToken stop);
}

/// <summary>Marten's short forms for one stream.</summary>
public static class EventStoreOperations
{
    /// <summary>Begins a stream that must not exist yet.</summary>
    public static Task<IReadOnlyList<AppendedEvent>> StartStreamAsync(
        this IEventStore store, string tenant, string stream, IReadOnlyList<NewEvent> events, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.AppendAsync(tenant, [new StreamAppend(stream, events, ExpectedVersion: 0)], stop);
    }

    /// <param name="expectedVersion">Version before the append; null for any.</param>
    public static Task<IReadOnlyList<AppendedEvent>> AppendAsync(
        this IEventStore store, string tenant, string stream, long? expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.AppendAsync(tenant, [new StreamAppend(stream, events, expectedVersion)], stop);
    }
}
