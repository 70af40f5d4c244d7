using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.EventLoop;

/// <summary>Wakes the loop's thread from any other, eventfd(2). Signals between two drains count as one.</summary>
internal sealed unsafe class Wakeup : IDisposable
{
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left (EMFILE, ENFILE).</exception>
    internal Wakeup()
    {
        int descriptor = LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC);
        Descriptor = descriptor >= 0 ? new SafeDescriptor(descriptor) : throw Errno.LastAsException("eventfd");
    }

    /// <summary>Readable from <see cref="Signal"/> until <see cref="Drain"/>.</summary>
    internal SafeDescriptor Descriptor { get; }

    /// <summary>May be called from any thread, also after <see cref="Dispose"/>; never blocks.</summary>
    internal void Signal()
    {
        if (Descriptor.IsClosed)
        {
            return;
        }

        bool held = false;
        try
        {
            Descriptor.DangerousAddRef(ref held); // the number must not be closed and reused between the check and the write
            ulong one = 1;
            _ = LibC.write(Descriptor.Number, &one, sizeof(ulong)); // fails only when the counter is full: the loop is being woken already
        }
        catch (ObjectDisposedException)
        {
            // Closed between the check and the hold: nobody waits any more.
        }
        finally
        {
            if (held)
            {
                Descriptor.DangerousRelease();
            }
        }
    }

    /// <summary>Takes all signals.</summary>
    /// <returns>True when there was one.</returns>
    internal bool Drain()
    {
        ulong count;
        return LibC.read(Descriptor.Number, &count, sizeof(ulong)) == sizeof(ulong);
    }

    /// <summary>Waits for a signal on the caller's thread, and takes it. One thread at a time.</summary>
    /// <param name="time">At most so long, to the millisecond above; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</param>
    internal void Wait(TimeSpan time)
    {
        var wanted = new PollDescriptor { Descriptor = Descriptor.Number, Events = LibC.POLLIN };
        _ = LibC.poll(&wanted, 1, time == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Ceiling(time.TotalMilliseconds)); // interrupted: the caller looks again
        Drain();
    }

    public void Dispose() => Descriptor.Dispose();
}
