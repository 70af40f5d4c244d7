using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>The store without a database, for what is above it. Passes the same contract as the one on PostgreSQL.</summary>
public sealed class InMemoryEventStore : IEventStore, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<RecordedEvent> _events = [];
    private readonly Dictionary<(string Tenant, string Stream), StreamState> _streams = [];
    private readonly Dictionary<(string Tenant, string Stream), SemaphoreSlim> _writers = [];
    private readonly Dictionary<string, long> _progress = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<AppendedEvent>> AppendAsync(string tenant, IReadOnlyList<StreamAppend> appends, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(appends);
        SemaphoreSlim[] writers = [.. appends.Select(append => append.Stream).Distinct().Order(StringComparer.Ordinal).Select(stream => Writer(tenant, stream))];
        foreach (SemaphoreSlim writer in writers)
        {
            await writer.WaitAsync(stop);
        }

        try
        {
            return Append(tenant, appends);
        }
        finally
        {
            Array.ForEach(writers, writer => writer.Release());
        }
    }

    public Task<IReadOnlyList<RecordedEvent>> FetchStreamAsync(
        string tenant, string stream, CancellationToken stop, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<RecordedEvent>>(
            [
                .. _events.Where(e => e.Tenant == tenant && e.Stream == stream && !IsArchived(e) && e.Version >= fromVersion
                    && (version == 0 || e.Version <= version) && (timestamp is null || e.Time <= timestamp)),
            ]);
        }
    }

    public Task<StreamState?> FetchStreamStateAsync(string tenant, string stream, CancellationToken stop)
    {
        lock (_gate)
        {
            return Task.FromResult(_streams.GetValueOrDefault((tenant, stream)));
        }
    }

    public Task<EventPage> ReadAllAsync(long after, int limit, CancellationToken stop, IReadOnlyList<string>? types = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        lock (_gate)
        {
            IEnumerable<RecordedEvent> page = _events.Where(e => e.Position > after && !IsArchived(e) && types?.Contains(e.Type) != false);
            return Task.FromResult(new EventPage([.. page.Take(limit)], _events.Count));
        }
    }

    public Task ArchiveStreamAsync(string tenant, string stream, CancellationToken stop)
    {
        lock (_gate)
        {
            if (_streams.TryGetValue((tenant, stream), out StreamState? state))
            {
                _streams[(tenant, stream)] = state with { IsArchived = true };
            }
        }

        return Task.CompletedTask;
    }

    public async Task<StreamSession<T>> FetchForExclusiveWritingAsync<T>(
        string tenant, string stream, T seed, Func<T, RecordedEvent, T> fold, CancellationToken stop)
    {
        SemaphoreSlim writer = Writer(tenant, stream);
        await writer.WaitAsync(stop);
        Held held = new(writer);
        return new StreamSession<T>(stream, await FetchStreamAsync(tenant, stream, stop), seed, fold, Save, held);

        Task<IReadOnlyList<AppendedEvent>> Save(StreamAppend append, CancellationToken cancel)
        {
            IReadOnlyList<AppendedEvent> placed = Append(tenant, [append]);
            held.Release();
            return Task.FromResult(placed);
        }
    }

    public Task<long> ProgressAsync(string name, CancellationToken stop)
    {
        lock (_gate)
        {
            return Task.FromResult(_progress.GetValueOrDefault(name));
        }
    }

    public Task<bool> MoveProgressAsync(string name, long from, long to, CancellationToken stop)
    {
        lock (_gate)
        {
            bool there = _progress.GetValueOrDefault(name) == from;
            _progress[name] = there ? to : _progress.GetValueOrDefault(name);
            return Task.FromResult(there);
        }
    }

    public void Dispose()
    {
        foreach (SemaphoreSlim writer in _writers.Values)
        {
            writer.Dispose();
        }
    }

    private SemaphoreSlim Writer(string tenant, string stream)
    {
        lock (_gate)
        {
            return _writers.TryGetValue((tenant, stream), out SemaphoreSlim? known) ? known : _writers[(tenant, stream)] = new SemaphoreSlim(1);
        }
    }

    private List<AppendedEvent> Append(string tenant, IReadOnlyList<StreamAppend> appends)
    {
        lock (_gate)
        {
            foreach (StreamAppend append in appends.Where(append => append.Events.Count > 0))
            {
                Check(append, _streams.GetValueOrDefault((tenant, append.Stream)));
            }

            return [.. appends.SelectMany(append => append.Events.Select(e => Append(tenant, append.Stream, e)))];
        }
    }

    private static void Check(StreamAppend append, StreamState? state)
    {
        Exception cause = new InvalidOperationException(append.Stream);
        long version = state?.Version ?? 0;
        if (state is { IsArchived: true })
        {
            throw new InvalidStreamOperationException($"stream {append.Stream} is archived", cause);
        }

        if (append.ExpectedVersion == 0 && version > 0)
        {
            throw new ExistingStreamIdCollisionException($"stream {append.Stream} exists already, at version {version}", cause);
        }

        if (append.ExpectedVersion is { } expected && expected != version)
        {
            throw new EventStreamUnexpectedMaxEventIdException($"stream {append.Stream} is at version {version}, expected {expected}", version, cause);
        }
    }

    private AppendedEvent Append(string tenant, string stream, NewEvent e)
    {
        StreamState state = _streams.GetValueOrDefault((tenant, stream)) ?? new StreamState(tenant, stream, 0, e.Timestamp, e.Timestamp, false);
        _streams[(tenant, stream)] = state = state with { Version = state.Version + 1, LastTimestamp = e.Timestamp };
        AppendedEvent placed = new(_events.Count + 1, state.Version);
        _events.Add(new RecordedEvent(
            placed.Position, tenant, stream, placed.Version, e.Id, e.Type, JsonElement.Parse(e.Data), e.Timestamp.ToUniversalTime(), e.CorrelationId, e.CausationId, null)
        { Headers = e.Headers });
        return placed;
    }

    private bool IsArchived(RecordedEvent e) => _streams[(e.Tenant, e.Stream)].IsArchived;

    private sealed class Held(SemaphoreSlim writer) : IAsyncDisposable
    {
        private bool _released;

        public void Release()
        {
            if (!_released)
            {
                _released = true;
                writer.Release();
            }
        }

        public ValueTask DisposeAsync()
        {
            Release();
            return ValueTask.CompletedTask;
        }
    }
}
