using System.Collections.Concurrent;

namespace Keepalived.Es.NodeRuntime.Tests.Support;

/// <summary>The system's clock with timers that fire sooner, or later. Keeps the waits that were asked for, so that a test sees them without waiting.</summary>
/// <param name="factor">How many times sooner; below 1 it is later.</param>
internal sealed class HurriedTime(double factor = 1_000) : TimeProvider
{
    /// <summary>Every wait, in the order of asking.</summary>
    internal ConcurrentQueue<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, dueTime < TimeSpan.Zero ? dueTime : dueTime / factor, period);
    }
}
