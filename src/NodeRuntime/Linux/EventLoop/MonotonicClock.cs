using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.EventLoop;

/// <summary>The one clock of the VRRP loop.</summary>
internal static class MonotonicClock
{
    /// <summary>CLOCK_MONOTONIC: time since boot without time asleep, never set back, exact to 100 ns.</summary>
    internal static unsafe TimeSpan Now
    {
        get
        {
            Timespec time;
            _ = LibC.clock_gettime(LibC.CLOCK_MONOTONIC, &time);
            return time.ToTimeSpan();
        }
    }
}
