namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>Watches one exchange with a worker from outside, and kills it when it takes too long.</summary>
internal sealed class Overrun : IDisposable
{
    /// <summary>How often the clocks are read.</summary>
    private static readonly TimeSpan _sample = TimeSpan.FromMilliseconds(25);

    private const string InTime = "";

    private readonly WorkerProcess _process;
    private readonly TimeProvider _time;
    private readonly TimeSpan _cpuTime;
    private readonly CancellationTokenSource _over = new();
    private TimeSpan _wallClock = TimeSpan.MaxValue;
    private TimeSpan _cpuBefore;
    private ITimer? _timer;
    private string? _limit;

    /// <param name="process">To watch.</param>
    /// <param name="cpuTime">Processor time from <see cref="Watch"/>.</param>
    internal Overrun(WorkerProcess process, TimeSpan cpuTime, TimeProvider time)
    {
        (_process, _time, _cpuTime) = (process, time, cpuTime);
        Started = time.GetTimestamp();
    }

    /// <summary>When the time began that the wall clock limits.</summary>
    internal long Started { get; private set; }

    /// <summary>The limit that it was killed for; null: it was not.</summary>
    internal string? Limit => Volatile.Read(ref _limit);

    /// <summary>Set when the worker has been killed.</summary>
    internal CancellationToken Token => _over.Token;

    /// <summary>Time until the wall clock ends it; not below zero.</summary>
    internal TimeSpan Remaining => _wallClock - Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Time since then.</summary>
    internal TimeSpan Elapsed => _time.GetElapsedTime(Started);

    public void Dispose()
    {
        _timer?.Dispose();
        _over.Dispose();
    }

    /// <summary>Begins to read the clocks, unless it has begun.</summary>
    internal void Watch()
    {
        if (_timer is not null)
        {
            return;
        }

        _cpuBefore = CpuClock.Read(_process.Id) ?? TimeSpan.Zero;
        _timer = _time.CreateTimer(static watch => ((Overrun)watch!).Look(), this, _sample, _sample);
    }

    /// <summary>From here on the wall clock counts, anew if it has before.</summary>
    /// <param name="wallClock">Time from now.</param>
    internal void Begin(TimeSpan wallClock)
    {
        Started = _time.GetTimestamp();
        _wallClock = wallClock;
    }

    /// <summary>Ends the watch; whatever comes later kills nobody.</summary>
    /// <returns>False: the worker has been killed already.</returns>
    internal bool Settle() => Interlocked.CompareExchange(ref _limit, InTime, null) is null;

    /// <summary>Kills the worker.</summary>
    /// <param name="limit">Why; the first reason counts.</param>
    internal void Kill(string limit)
    {
        if (Interlocked.CompareExchange(ref _limit, limit, null) is not null)
        {
            return;
        }

        _process.Kill();
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The exchange ended meanwhile.
        }
    }

    private void Look()
    {
        if (Elapsed >= _wallClock)
        {
            Kill(Limits.WallClock);
        }
        else if (CpuClock.Read(_process.Id) - _cpuBefore >= _cpuTime)
        {
            Kill(Limits.CpuTime);
        }
    }
}
