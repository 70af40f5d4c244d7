using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.Shell.Interop;

/// <summary>epoll(7), eventfd(2), pidfd_open(2).</summary>
internal static unsafe partial class LibC
{
    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const uint EPOLLIN = 0x001;
    internal const int EFD_NONBLOCK = 0x800;
    internal const int EFD_CLOEXEC = 0x80000;

    private const int SYS_pidfd_open = 434;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(int epoll, int operation, int descriptor, EpollEvent* change);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_wait(int epoll, EpollEvent* events, int count, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int descriptor, void* buffer, nuint count);

    /// <summary>Since Linux 5.3; its own name in the C library only since glibc 2.36. The descriptor closes on exec.</summary>
    internal static int pidfd_open(int pid) => (int)syscall(SYS_pidfd_open, pid, 0);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]              // packed on x86-64
    internal struct EpollEvent                                   // struct epoll_event
    {
        internal uint Events;                                    // events
        internal ulong Token;                                    // data
    }
}
