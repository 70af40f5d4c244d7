using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Microsoft.Data.Sqlite;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>
/// Takes occurrences from everybody through a bounded queue and writes them in batches. A disk that is full, slow or not there yet costs
/// events, never a fail-over: what cannot be kept is counted, and reported as <see cref="EventsLost"/> when the journal takes events again.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    /// <summary>Occurrences that wait at most, in the queue and again while the disk refuses them.</summary>
    private const int Capacity = 16_384;

    private const int MaximumBatch = 1_000;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// From the first event of a batch to its writing: in a fail-over the processors belong to the addresses and the hooks, and what follows
    /// within this time is written with it.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan TrimInterval = TimeSpan.FromMinutes(10);

    private readonly Inbox<NodeOccurrence> _inbox = new(Capacity);
    private readonly Func<JournalStore> _open;
    private readonly JournalLimits _limits;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly CauseTable _causes = new();
    private readonly List<NodeOccurrence> _waiting = new(64);
    private readonly Task _writing;
    private readonly Lock _storeLock = new();
    private JournalStore? _store;
    private string? _refusal;
    private Losses _losses;
    private long _dropped;
    private int _batchLimit = MaximumBatch;
    private DateTimeOffset _nextTrim;

    /// <param name="open">Opens the journal; tried again every second while it throws.</param>
    internal JournalWriter(Func<JournalStore> open, string node, JournalLimits limits, TimeProvider time)
    {
        (_open, _node, _limits, _time) = (open, node, limits, time);
        _nextTrim = time.GetUtcNow();
        _writing = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Raised after a batch is on disk.</summary>
    internal event Action? Appended;

    /// <summary>Hands over one occurrence. Never blocks; false when the queue is full, which is counted.</summary>
    internal bool Record(in NodeOccurrence occurrence)
    {
        if (_inbox.TryAdd(occurrence))
        {
            return true;
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Hands over an event that happens now.</summary>
    internal bool Record(INodeEvent @event, long token = 0, long causeToken = 0) =>
        Record(new NodeOccurrence(@event, _time.GetUtcNow(), MonotonicClock.Now, token, causeToken));

    internal void MergeClock(HybridTimestamp remote)
    {
        lock (_storeLock)
        {
            _store?.Merge(remote, _time.GetUtcNow());
        }
    }

    /// <summary>Writes what is queued, then closes. A disk that refuses is given no second try then.</summary>
    public async ValueTask DisposeAsync()
    {
        _inbox.Close();
        await _writing.ConfigureAwait(false);
        _inbox.Dispose();
        _store?.Dispose();
    }

    private void WriteAll()
    {
        while (_inbox.Take(out NodeOccurrence first))
        {
            _inbox.Pause(Gathering);
            _waiting.Add(first);
            while (Fill())
            {
                if (!TryAppend() && !WaitForDisk())
                {
                    Log.JournalLost(_losses.Count, _refusal);
                    return;
                }
            }

            TrimIfDue();
        }
    }

    /// <summary>Takes what is queued, up to the capacity.</summary>
    /// <returns>Whether there is anything to write.</returns>
    private bool Fill()
    {
        while (_waiting.Count < MaximumBatch && _inbox.TryTake(out NodeOccurrence occurrence))
        {
            _waiting.Add(occurrence);
        }

        NoteDropped();
        return _waiting.Count > 0 || _losses.Count > 0;
    }

    /// <summary>Writes the oldest of what waits, and first of all what was lost before.</summary>
    private bool TryAppend()
    {
        List<NodeOccurrence> batch = _waiting.GetRange(0, Math.Min(_batchLimit, _waiting.Count));
        int taken = batch.Count;
        if (_losses.Count > 0)
        {
            DateTimeOffset now = _time.GetUtcNow();
            batch.Insert(0, new NodeOccurrence(new EventsLost(_node, _losses.Count, _losses.Cause, _losses.First, now), now, MonotonicClock.Now));
        }

        try
        {
            lock (_storeLock)
            {
                _store ??= _open();
                _store.Append(batch, _causes);
            }
        }
        catch (Exception e) when (_store is null || taken == 0 || e is SqliteException or IOException)
        {
            Refused(e.Message);
            return false;
        }
        catch (Exception e)                                      // an event that cannot be written must not keep the others from it
        {
            Refused(e.ToString());
            GiveUp(_batchLimit == 1 ? taken : 0);
            _batchLimit = 1;
            return true;
        }

        _waiting.RemoveRange(0, taken);
        _losses = default;
        _batchLimit = MaximumBatch;
        if (_refusal is not null)
        {
            _refusal = null;
            Log.JournalRecovered();
        }

        Appended?.Invoke();
        return true;
    }

    private void Refused(string problem)
    {
        if (_refusal is null)
        {
            Log.JournalRefused(problem);
        }

        _refusal = problem;
    }

    /// <summary>
    /// Waits a second for the disk. What comes meanwhile stays in memory up to the capacity; beyond it the oldest is given up and counted.
    /// </summary>
    /// <returns>False when the daemon stops: then nobody is there to wait for, and what is left is lost.</returns>
    private bool WaitForDisk()
    {
        bool goesOn = _inbox.Pause(RetryPause);
        while (_inbox.TryTake(out NodeOccurrence occurrence))
        {
            _waiting.Add(occurrence);
        }

        GiveUp(goesOn ? _waiting.Count - Capacity : _waiting.Count);
        NoteDropped();
        return goesOn;
    }

    private void GiveUp(int count)
    {
        if (count > 0)
        {
            Lose(count, _waiting[0].Wall, _refusal!);
            _waiting.RemoveRange(0, count);
        }
    }

    private void NoteDropped()
    {
        long dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped > 0)
        {
            Lose(dropped, _time.GetUtcNow(), _refusal ?? $"more than {Capacity} events waited for the disk");
        }
    }

    private void Lose(long count, DateTimeOffset first, string cause) =>
        _losses = _losses.Count == 0 ? new Losses(count, first, cause) : _losses with { Count = _losses.Count + count, Cause = _refusal ?? _losses.Cause };

    private void TrimIfDue()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (now < _nextTrim || _store is null)
        {
            return;
        }

        _nextTrim = now + TrimInterval;
        try
        {
            lock (_storeLock)
            {
                _store.Trim(now - _limits.KeepAcknowledged, _limits.MaximumBytes, _limits.AcknowledgedOnly);
            }
        }
        catch (SqliteException e)
        {
            Log.JournalRefused(e.Message);
        }
    }

    private readonly record struct Losses(long Count, DateTimeOffset First, string Cause);
}
