using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.JavaScript.Worker;

/// <summary>What a worker takes from itself before it reads a script: prctl(2), setrlimit(2). None of it can be had back.</summary>
internal static unsafe partial class ProcessLimits
{
    /// <summary>Descriptors: the standard streams and what the runtime itself holds and opens.</summary>
    private const ulong OpenFiles = 128;

    /// <summary>Written memory besides the script's heap: the runtime's own, stacks of its threads, compiled code.</summary>
    private const ulong RuntimeBytes = 512UL * 1024 * 1024;

    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int RLIMIT_FSIZE = 1;
    private const int RLIMIT_DATA = 2;
    private const int RLIMIT_CORE = 4;
    private const int RLIMIT_NOFILE = 7;

    /// <param name="heapBytes">The script's heap; the collector has the same limit from the environment.</param>
    internal static void Apply(long heapBytes)
    {
        _ = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        Set(RLIMIT_CORE, 0);
        Set(RLIMIT_FSIZE, 0);
        Set(RLIMIT_NOFILE, OpenFiles);
        Set(RLIMIT_DATA, RuntimeBytes + (ulong)Math.Max(0, heapBytes));
    }

    private static void Set(int resource, ulong limit)
    {
        var both = new Limit { Soft = limit, Hard = limit };
        _ = setrlimit(resource, &both);
    }

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, Limit* limit);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit                                         // struct rlimit
    {
        internal ulong Soft;                                     // rlim_cur
        internal ulong Hard;                                     // rlim_max
    }
}
