using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>struct timespec, 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal readonly struct Timespec
{
    [FieldOffset(0)] internal readonly long Seconds;     // tv_sec
    [FieldOffset(8)] internal readonly long Nanoseconds; // tv_nsec, 0 to 999,999,999

    /// <param name="time">Zero or more, exact to 100 ns.</param>
    internal Timespec(TimeSpan time)
    {
        (long seconds, long ticks) = Math.DivRem(time.Ticks, TimeSpan.TicksPerSecond);
        Seconds = seconds;
        Nanoseconds = ticks * TimeSpan.NanosecondsPerTick;
    }

    /// <summary>Rounded down to 100 ns.</summary>
    internal TimeSpan ToTimeSpan() => new((Seconds * TimeSpan.TicksPerSecond) + (Nanoseconds / TimeSpan.NanosecondsPerTick));
}

/// <summary>struct itimerspec, timerfd_create(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct TimerSpec
{
    [FieldOffset(0)] internal Timespec Interval; // it_interval; zero: fires once
    [FieldOffset(16)] internal Timespec Value;   // it_value; zero: disarmed
}

/// <summary>struct timeval, SO_RCVTIMEO in socket(7), 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct TimeValue
{
    [FieldOffset(0)] internal long Seconds;      // tv_sec
    [FieldOffset(8)] internal long Microseconds; // tv_usec
}

/// <summary>struct epoll_event, epoll_ctl(2). Packed to 12 bytes on x86-64, the one architecture that we publish for.</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
internal struct EpollEvent
{
    [FieldOffset(0)] internal uint Events; // events
    [FieldOffset(4)] internal int Token;   // data.u64, low half: the number given at registration
    [FieldOffset(8)] internal int Tag;     // data.u64, high half: a second number given at registration

    /// <summary>The descriptor has an error or was hung up; reading it tells more.</summary>
    internal readonly bool IsError => (Events & (LibC.EPOLLERR | LibC.EPOLLHUP)) != 0;
}

/// <summary>struct pollfd, poll(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct PollDescriptor
{
    [FieldOffset(0)] internal int Descriptor;     // fd
    [FieldOffset(4)] internal short Events;       // events
    [FieldOffset(6)] internal short Returned;     // revents
}
