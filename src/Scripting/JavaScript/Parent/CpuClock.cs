using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>Processor time that a process has used: its clock (clock_getcpuclockid(3)).</summary>
internal static unsafe partial class CpuClock
{
    private const int ProcessClock = 2;                          // CPUCLOCK_SCHED of the whole process, beside its complemented id

    /// <returns>User and system time of all its threads; null: it has gone.</returns>
    internal static TimeSpan? Read(int process)
    {
        Time time;
        return clock_gettime((~process << 3) | ProcessClock, &time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : null;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, Time* time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time                                          // struct timespec
    {
        internal long Seconds;                                   // tv_sec
        internal long Nanoseconds;                               // tv_nsec
    }
}
