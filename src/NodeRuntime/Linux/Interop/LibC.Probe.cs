using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>connect(2), getsockopt(2), send(2), recv(2), icmp(7), tcp(7), udp(7).</summary>
internal static unsafe partial class LibC
{
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_DGRAM = 2;

    internal const int IPPROTO_ICMP = 1;
    internal const int IPPROTO_TCP = 6;
    internal const int IPPROTO_UDP = 17;

    internal const int SO_REUSEADDR = 2;
    internal const int SO_ERROR = 4;
    internal const int SO_MARK = 36;
    internal const int IP_RECVERR = 11;
    internal const int IPV6_RECVERR = 25;
    internal const int MSG_NOSIGNAL = 0x4000;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(int descriptor, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(int descriptor, void* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(int descriptor, void* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int name, void* value, uint* length);

    /// <summary>socket(2) without an object around it: not blocking, closed on exec.</summary>
    /// <returns>The descriptor, or minus errno.</returns>
    internal static int TryOpenSocket(int domain, int type, int protocol)
    {
        int descriptor = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
        return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
    }

    /// <summary>setsockopt(2) on a bare descriptor.</summary>
    /// <returns>0 or errno.</returns>
    internal static int TrySetOption<T>(int descriptor, int level, int name, T value) where T : unmanaged =>
        setsockopt(descriptor, level, name, &value, (uint)sizeof(T)) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Takes the error that waits on a socket, SO_ERROR of socket(7).</summary>
    /// <returns>errno; 0: none.</returns>
    internal static int TakeError(int descriptor)
    {
        int error = 0;
        uint length = sizeof(int);
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }
}
