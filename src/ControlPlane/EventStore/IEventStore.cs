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
    /// <param name="types">Only events with one of these aliases; null: all.</param>
    Task<EventPage> ReadAllAsync(long after, int limit, CancellationToken stop, IReadOnlyList<string>? types = null);

    /// <summary>Hides a stream and refuses further events for it. Nothing is deleted.</summary>
    Task ArchiveStreamAsync(string tenant, string stream, CancellationToken stop);

    /// <summary>Folds a stream to decide on it while nobody else can append to it: others wait until what is returned is saved or disposed.</summary>
    /// <param name="seed">State of a stream without events.</param>
    Task<StreamSession<T>> FetchForExclusiveWritingAsync<T>(string tenant, string stream, T seed, Func<T, RecordedEvent, T> fold, CancellationToken stop);

    /// <summary>How far a reader of the whole store is, by its name; 0 for an unknown one.</summary>
    Task<long> ProgressAsync(string name, CancellationToken stop);

    /// <summary>Moves a reader on, if it is where the caller believes.</summary>
    /// <returns>False, and nothing is changed, when it is elsewhere: somebody else runs under this name.</returns>
    Task<bool> MoveProgressAsync(string name, long from, long to, CancellationToken stop);
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

    /// <summary>Folds a stream as it is now, or was.</summary>
    /// <param name="seed">State of a stream without events, or with <paramref name="fromVersion"/> the state before that version.</param>
    /// <param name="version">Last version to fold; 0: to the end.</param>
    /// <param name="timestamp">Events after this moment are left out; null: none are.</param>
    public static async Task<T> AggregateStreamAsync<T>(
        this IEventStore store, string tenant, string stream, T seed, Func<T, RecordedEvent, T> fold, CancellationToken stop,
        long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0)
    {
        ArgumentNullException.ThrowIfNull(store);
        return (await store.FetchStreamAsync(tenant, stream, stop, version, timestamp, fromVersion)).Aggregate(seed, fold);
    }

    /// <summary>Folds a stream to decide on it; saving fails if somebody else has appended since.</summary>
    /// <param name="seed">State of a stream without events.</param>
    public static async Task<StreamSession<T>> FetchForWritingAsync<T>(
        this IEventStore store, string tenant, string stream, T seed, Func<T, RecordedEvent, T> fold, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(store);
        IReadOnlyList<RecordedEvent> events = await store.FetchStreamAsync(tenant, stream, stop);
        return new StreamSession<T>(stream, events, seed, fold, (append, cancel) => store.AppendAsync(tenant, [append], cancel));
    }
}
