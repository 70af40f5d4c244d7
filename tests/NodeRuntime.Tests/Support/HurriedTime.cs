using System.Collections.Concurrent;

namespace Keepalived.Es.NodeRuntime.Tests.Support;

/// <summary>The system's clock with timers that fire sooner. Keeps the waits that were asked for, so that a test sees them without waiting.</summary>
/// <param name="factor">A wait takes this part of its time.</param>
internal sealed class HurriedTime(int factor = 1_000) : TimeProvider
{
    /// <summary>Every wait, in the order of asking.</summary>
    internal ConcurrentQueue<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, dueTime < TimeSpan.Zero ? dueTime : dueTime / factor, period);
    }
}
