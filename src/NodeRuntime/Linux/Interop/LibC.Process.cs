using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>sched(7), setpriority(2), getrlimit(2), mlock(2), prctl(2), capget(2), kill(2), setns(2).</summary>
internal static unsafe partial class LibC
{
    internal const int SCHED_OTHER = 0;
    internal const int SCHED_FIFO = 1;
    internal const int SCHED_RR = 2;
    internal const int SCHED_RESET_ON_FORK = 0x40000000;
    internal const int PRIO_PROCESS = 0;
    internal const int RLIMIT_MEMLOCK = 8;
    internal const int RLIMIT_RTTIME = 15;
    internal const ulong RLIM_INFINITY = ulong.MaxValue;
    internal const int MCL_CURRENT = 1;
    internal const int MCL_FUTURE = 2;
    internal const int MCL_ONFAULT = 4;
    internal const int PR_SET_PDEATHSIG = 1;
    internal const uint CAPABILITY_VERSION_3 = 0x20080522;
    internal const int CLONE_NEWNET = 0x40000000;
    internal const int O_CLOEXEC = 0x80000;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_setscheduler(int thread, int policy, int* priority);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_getscheduler(int thread);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_setaffinity(int thread, nuint size, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_getaffinity(int thread, nuint size, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setpriority(int which, int who, int nice);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getpriority(int which, int who);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prlimit(int process, int resource, ResourceLimit* set, ResourceLimit* previous);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mlockall(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munlockall();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int capget(CapabilityHeader* header, CapabilityData* data);

    [LibraryImport("libc")]
    internal static partial int getpid();

    [LibraryImport("libc")]
    internal static partial int gettid();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setns(int descriptor, int kind);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);
}
