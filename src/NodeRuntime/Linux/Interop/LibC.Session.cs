using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>setsid(2), dup2(2), madvise(2), malloc_trim(3).</summary>
internal static unsafe partial class LibC
{
    private const int O_RDWR = 2;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int dup2(int from, int to);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int madvise(void* start, nuint length, int advice);

    [LibraryImport("libc")]
    internal static partial int malloc_trim(nuint pad);

    /// <summary>A descriptor that gives nothing and takes everything.</summary>
    internal static int OpenNothing() => open("/dev/null", O_RDWR);
}
