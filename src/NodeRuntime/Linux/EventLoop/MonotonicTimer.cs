using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.EventLoop;

/// <summary>One deadline on the clock of <see cref="MonotonicClock"/> as a descriptor, timerfd_create(2). Allocates nothing after construction.</summary>
internal sealed unsafe class MonotonicTimer : IDisposable
{
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left (EMFILE, ENFILE).</exception>
    internal MonotonicTimer()
    {
        int descriptor = LibC.timerfd_create(LibC.CLOCK_MONOTONIC, LibC.TFD_NONBLOCK | LibC.TFD_CLOEXEC);
        Descriptor = descriptor >= 0 ? new SafeDescriptor(descriptor) : throw Errno.LastAsException("timerfd_create");
    }

    /// <summary>Readable from the deadline on, until <see cref="Drain"/> or the next <see cref="Arm"/>.</summary>
    internal SafeDescriptor Descriptor { get; }

    /// <summary>Fires once at <paramref name="deadline"/>, or at once when that has passed. Replaces the former deadline.</summary>
    /// <param name="deadline">Monotonic time since boot; <see cref="TimeSpan.MaxValue"/> disarms.</param>
    internal void Arm(TimeSpan deadline)
    {
        if (deadline == TimeSpan.MaxValue)
        {
            Set(default);
            return;
        }

        Set(deadline > TimeSpan.Zero ? deadline : new TimeSpan(1)); // zero would disarm
    }

    internal void Disarm() => Set(default);

    /// <summary>Takes the expiry, so that the descriptor is no longer readable.</summary>
    /// <returns>True when the deadline had passed.</returns>
    internal bool Drain()
    {
        ulong expirations;
        return LibC.read(Descriptor.Number, &expirations, sizeof(ulong)) == sizeof(ulong);
    }

    public void Dispose() => Descriptor.Dispose();

    private void Set(TimeSpan value)
    {
        var spec = new TimerSpec { Value = new Timespec(value) };
        if (LibC.timerfd_settime(Descriptor.Number, LibC.TFD_TIMER_ABSTIME, &spec, null) != 0)
        {
            throw Errno.LastAsException($"arm the timer at {value}");
        }
    }
}
