using System.Threading.Channels;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;

namespace Keepalived.Es.Logging;

/// <summary>
/// Hands log events to other sinks on a thread of its own, so that a terminal or a disk that is slow never holds up the one who logs.
/// What does not fit the bounded queue is dropped, counted and said. (Serilog.Sinks.Async is not to be had from the feed.)
/// </summary>
internal sealed class BackgroundSink : ILogEventSink, IDisposable
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan FlushAtStop = TimeSpan.FromSeconds(2);

    /// <summary>From the first event to its writing: in a fail-over the processors belong to others.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);

    private readonly Channel<LogEvent> _queue = Channel.CreateBounded<LogEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Logger _inner;
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writing;
    private long _dropped;

    /// <param name="inner">Owned: disposed of with this sink.</param>
    internal BackgroundSink(Logger inner)
    {
        _inner = inner;
        _writing = Task.Run(WriteAsync);
    }

    public void Emit(LogEvent logEvent)
    {
        if (!_queue.Writer.TryWrite(logEvent))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is queued, for two seconds at most.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _stopping.TrySetResult();
        if (!_writing.Wait(FlushAtStop))
        {
            SelfLog.WriteLine("the log's end is lost: writing it takes longer than {0}", FlushAtStop);
        }

        _inner.Dispose();
    }

    private async Task WriteAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await Task.WhenAny(_stopping.Task, Task.Delay(Gathering)).ConfigureAwait(false);
            while (_queue.Reader.TryRead(out LogEvent? logEvent))
            {
                _inner.Write(logEvent);
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                _inner.Warning("{Dropped} log events were dropped: writing them was too slow", dropped);
            }
        }
    }
}
