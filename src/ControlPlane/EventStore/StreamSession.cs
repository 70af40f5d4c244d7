namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>A stream that was folded to decide on it. Append what was decided, then save; what is not saved is forgotten. Not for several threads.</summary>
/// <typeparam name="T">Its state.</typeparam>
public sealed class StreamSession<T> : IAsyncDisposable
{
    private readonly Func<StreamAppend, CancellationToken, Task<IReadOnlyList<AppendedEvent>>> _save;
    private readonly IAsyncDisposable? _lock;
    private readonly List<NewEvent> _appended = [];
    private bool _saved;

    internal StreamSession(
        string stream, IReadOnlyList<RecordedEvent> events, T seed, Func<T, RecordedEvent, T> fold,
        Func<StreamAppend, CancellationToken, Task<IReadOnlyList<AppendedEvent>>> save, IAsyncDisposable? @lock = null)
    {
        (Stream, _save, _lock) = (stream, save, @lock);
        State = events.Aggregate(seed, fold);
        StartingVersion = events.Count == 0 ? 0 : events[^1].Version;
    }

    public string Stream { get; }

    /// <summary>The fold of the events that are stored, without what was appended since.</summary>
    public T State { get; }

    /// <summary>Version that the stream had; 0 for a new one.</summary>
    public long StartingVersion { get; }

    /// <summary>Version that it will have.</summary>
    public long CurrentVersion => StartingVersion + _appended.Count;

    public void AppendOne(NewEvent @event) => _appended.Add(@event);

    public void AppendMany(IEnumerable<NewEvent> events) => _appended.AddRange(events);

    /// <summary>Stores what was appended, in one transaction.</summary>
    /// <returns>Empty when nothing was.</returns>
    /// <exception cref="EventStreamUnexpectedMaxEventIdException">Somebody else has appended since.</exception>
    /// <exception cref="ExistingStreamIdCollisionException">Somebody else has begun the stream since.</exception>
    /// <exception cref="InvalidStreamOperationException">The stream is archived.</exception>
    /// <exception cref="InvalidOperationException">Saved already: fetch it again.</exception>
    public Task<IReadOnlyList<AppendedEvent>> SaveAsync(CancellationToken stop)
    {
        if (_saved)
        {
            throw new InvalidOperationException($"stream '{Stream}' was saved already: fetch it again");
        }

        _saved = true;
        return _save(new StreamAppend(Stream, _appended, StartingVersion), stop);
    }

    /// <summary>Lets an exclusive lock go.</summary>
    public ValueTask DisposeAsync() => _lock?.DisposeAsync() ?? ValueTask.CompletedTask;
}
