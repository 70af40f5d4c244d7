using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Keepalived.Es.NodeRuntime.Linux.EventLoop;

/// <summary>
/// A bounded queue with one thread at its end. Whoever adds never waits for that thread, wakes it only when it waits for something to come, and not while
/// holding what it needs.
/// </summary>
/// <param name="capacity">Items that wait at most.</param>
internal sealed class Inbox<T>(int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _items = new();
    private readonly Wakeup _bell = new();
    private bool _awaited;
    private bool _closed;

    /// <summary>From any thread.</summary>
    /// <returns>False: it is full, or closed.</returns>
    internal bool TryAdd(T item)
    {
        bool awaited;
        lock (_gate)
        {
            if (_closed || _items.Count == capacity)
            {
                return false;
            }

            _items.Enqueue(item);
            (awaited, _awaited) = (_awaited, false);
        }

        if (awaited)
        {
            _bell.Signal();
        }

        return true;
    }

    /// <summary>Takes the oldest, and waits for it if there is none.</summary>
    /// <returns>False: it is closed, and everything has been taken.</returns>
    internal bool Take([MaybeNullWhen(false)] out T item)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_items.TryDequeue(out item))
                {
                    return true;
                }

                if (_closed)
                {
                    return false;
                }

                _awaited = true;
            }

            _bell.Wait(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Takes the oldest, if there is one.</summary>
    internal bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            return _items.TryDequeue(out item);
        }
    }

    /// <summary>Lets items gather for a time, or until it is closed.</summary>
    /// <returns>Whether it is still open.</returns>
    internal bool Pause(TimeSpan time)
    {
        long started = Stopwatch.GetTimestamp();
        for (TimeSpan left = time; !IsClosed && left > TimeSpan.Zero; left = time - Stopwatch.GetElapsedTime(started))
        {
            _bell.Wait(left);
        }

        return !IsClosed;
    }

    /// <summary>Nothing more is taken in; what has been, can still be taken.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }

        _bell.Signal();
    }

    public void Dispose() => _bell.Dispose();

    private bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }
}
