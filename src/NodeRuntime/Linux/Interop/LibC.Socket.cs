using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>socket(2), ip(7), ipv6(7), raw(7), packet(7), netlink(7).</summary>
internal static unsafe partial class LibC
{
    internal const int AF_UNSPEC = 0;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int AF_NETLINK = 16;
    internal const int AF_PACKET = 17;

    internal const int SOCK_RAW = 3;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;

    internal const int IPPROTO_IP = 0;
    internal const int IPPROTO_IPV6 = 41;
    internal const int IPPROTO_ICMPV6 = 58;
    internal const int IPPROTO_VRRP = 112;

    internal const int SOL_SOCKET = 1;
    internal const int SO_RCVBUF = 8;
    internal const int SO_PRIORITY = 12;
    internal const int SO_RCVTIMEO = 20;
    internal const int SO_BINDTODEVICE = 25;
    internal const int SO_ATTACH_FILTER = 26;
    internal const int SO_RCVBUFFORCE = 33;

    internal const int IP_TOS = 1;
    internal const int IP_TTL = 2;
    internal const int IP_PKTINFO = 8;
    internal const int IP_MTU_DISCOVER = 10;
    internal const int IP_RECVTTL = 12;
    internal const int IP_MULTICAST_IF = 32;
    internal const int IP_MULTICAST_TTL = 33;
    internal const int IP_MULTICAST_LOOP = 34;
    internal const int IP_ADD_MEMBERSHIP = 35;
    internal const int IP_DROP_MEMBERSHIP = 36;
    internal const int IP_MULTICAST_ALL = 49;
    internal const int IP_PMTUDISC_DONT = 0;

    internal const int IPV6_CHECKSUM = 7;
    internal const int IPV6_UNICAST_HOPS = 16;
    internal const int IPV6_MULTICAST_IF = 17;
    internal const int IPV6_MULTICAST_HOPS = 18;
    internal const int IPV6_MULTICAST_LOOP = 19;
    internal const int IPV6_ADD_MEMBERSHIP = 20;
    internal const int IPV6_DROP_MEMBERSHIP = 21;
    internal const int IPV6_V6ONLY = 26;
    internal const int IPV6_MULTICAST_ALL = 29;
    internal const int IPV6_RECVPKTINFO = 49;
    internal const int IPV6_PKTINFO = 50;
    internal const int IPV6_RECVHOPLIMIT = 51;
    internal const int IPV6_HOPLIMIT = 52;
    internal const int IPV6_TCLASS = 67;

    internal const int MSG_TRUNC = 0x20;
    internal const int MSG_DONTWAIT = 0x40;

    /// <summary>linux/pkt_sched.h: the priority of control traffic, as high as it goes.</summary>
    internal const int TC_PRIO_CONTROL = 7;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(int descriptor, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sendmmsg(int descriptor, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int recvmmsg(int descriptor, MultiMessageHeader* messages, uint count, int flags, Timespec* timeout);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint sendto(int descriptor, void* buffer, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recvfrom(int descriptor, void* buffer, nuint length, int flags, void* address, uint* addressLength);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint if_nametoindex(string name);

    /// <summary>socket(2) with close-on-exec, so that notify scripts do not inherit it.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">errno in NativeErrorCode; EPERM (1) when CAP_NET_RAW is missing.</exception>
    internal static SafeDescriptor OpenSocket(int domain, int type, int protocol)
    {
        int descriptor = socket(domain, type | SOCK_CLOEXEC, protocol);
        return descriptor >= 0
            ? new SafeDescriptor(descriptor)
            : throw Errno.LastAsException($"socket({domain}, {type}, {protocol})");
    }

    /// <summary>setsockopt(2) with a value of any fixed layout.</summary>
    /// <returns>0 or errno.</returns>
    internal static int TrySetOption<T>(SafeDescriptor socket, int level, int name, in T value) where T : unmanaged
    {
        fixed (T* pointer = &value)
        {
            return setsockopt(socket.Number, level, name, pointer, (uint)sizeof(T)) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>setsockopt(2) with a value of any fixed layout.</summary>
    /// <param name="what">Name of the option for the message: <c>IP_TOS</c>.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">errno in NativeErrorCode.</exception>
    internal static void SetOption<T>(SafeDescriptor socket, int level, int name, in T value, string what) where T : unmanaged
    {
        int errno = TrySetOption(socket, level, name, value);
        if (errno != 0)
        {
            throw Errno.AsException(errno, $"set {what}");
        }
    }

    /// <summary>bind(2) to an address of any family.</summary>
    /// <returns>0 or errno.</returns>
    internal static int TryBind<T>(SafeDescriptor socket, in T address) where T : unmanaged
    {
        fixed (T* pointer = &address)
        {
            return bind(socket.Number, pointer, (uint)sizeof(T)) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }
}
