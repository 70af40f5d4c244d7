namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>The time limits of one try over a stream: one for each step, and one for all together.</summary>
internal sealed class ProbeSteps : IDisposable
{
    /// <summary>All steps of a try together last at most so many times the limit of one: a server may send its answer drop by drop.</summary>
    internal const int StepsInAll = 12;

    private readonly CancellationTokenSource _limit;
    private readonly TimeSpan _timeout;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private bool _isLast;

    /// <param name="timeout">Of each step.</param>
    internal ProbeSteps(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _timeout = timeout;
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>What is being done: <c>connecting</c>.</summary>
    internal string Current { get; private set; } = "beginning";

    /// <summary>Begins a step, with the time that it has.</summary>
    internal CancellationToken Begin(string step)
    {
        Current = step;
        TimeSpan left = (_timeout * StepsInAll) - TimeProvider.System.GetElapsedTime(_start);
        _isLast = left < _timeout;
        _limit.CancelAfter(_isLast ? left > TimeSpan.Zero ? left : TimeSpan.Zero : _timeout);
        return _limit.Token;
    }

    /// <summary>The time of the current step is over.</summary>
    internal ProbeResult TimedOut() => _isLast
        ? ProbeFailure.TimedOut(_timeout * StepsInAll, $"in all, {Current}")
        : ProbeFailure.TimedOut(_timeout, Current);

    public void Dispose() => _limit.Dispose();
}
