using System.Runtime.InteropServices;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>A netlink socket: bytes in, bytes out. netlink(7).</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private NetlinkSocket(SafeDescriptor descriptor) => Descriptor = descriptor;

    internal SafeDescriptor Descriptor { get; }

    /// <summary>A socket for requests: waits for an answer up to <paramref name="timeout"/>, gets the kernel's own error text, and is told of unknown fields.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left, or the kernel is older than 4.20.</exception>
    internal static NetlinkSocket ForRequests(int receiveBufferBytes, TimeSpan timeout, int family = NETLINK_ROUTE)
    {
        var socket = new NetlinkSocket(LibC.OpenSocket(LibC.AF_NETLINK, LibC.SOCK_RAW, family));
        try
        {
            LibC.SetOption(socket.Descriptor, SOL_NETLINK, NETLINK_EXT_ACK, 1, "NETLINK_EXT_ACK");
            LibC.SetOption(socket.Descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1, "NETLINK_CAP_ACK");
            LibC.SetOption(socket.Descriptor, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1, "NETLINK_GET_STRICT_CHK");
            var limit = new TimeValue { Seconds = (long)timeout.TotalSeconds, Microseconds = timeout.Milliseconds * 1000L };
            LibC.SetOption(socket.Descriptor, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, limit, "SO_RCVTIMEO");
            return socket.Bind(receiveBufferBytes);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket that hears of changes to links and addresses; never blocks.</summary>
    internal static NetlinkSocket ForChanges(int receiveBufferBytes)
    {
        var socket = new NetlinkSocket(LibC.OpenSocket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_NONBLOCK, NETLINK_ROUTE));
        try
        {
            socket.Bind(receiveBufferBytes);
            foreach (int group in (ReadOnlySpan<int>)[RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR])
            {
                LibC.SetOption(socket.Descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group, $"NETLINK_ADD_MEMBERSHIP {group}");
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends to the kernel.</summary>
    /// <returns>0 or errno.</returns>
    internal int Send(ReadOnlySpan<byte> bytes)
    {
        var kernel = new NetlinkAddress(groups: 0);
        fixed (byte* pointer = bytes)
        {
            nint sent;
            do
            {
                sent = LibC.sendto(Descriptor.Number, pointer, (nuint)bytes.Length, 0, &kernel, (uint)sizeof(NetlinkAddress));
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Takes one datagram of the kernel; those of other senders are dropped.</summary>
    /// <param name="errno">0, or why there is none: EAGAIN (nothing waits, or the time limit passed), ENOBUFS (messages were lost).</param>
    /// <returns>Bytes received, 0 when there is none.</returns>
    internal int Receive(Span<byte> buffer, out int errno)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                NetlinkAddress sender = default;
                uint length = (uint)sizeof(NetlinkAddress);
                nint received = LibC.recvfrom(Descriptor.Number, pointer, (nuint)buffer.Length, 0, &sender, &length);
                errno = received < 0 ? Marshal.GetLastPInvokeError() : 0;
                if (errno != Errno.EINTR && (errno != 0 || sender.Port == 0))
                {
                    return (int)Math.Max(received, 0);
                }
            }
        }
    }

    public void Dispose() => Descriptor.Dispose();

    private NetlinkSocket Bind(int receiveBufferBytes)
    {
        SocketSetup.SetReceiveBuffer(Descriptor, receiveBufferBytes);
        int errno = LibC.TryBind(Descriptor, new NetlinkAddress(groups: 0));
        return errno == 0 ? this : throw Errno.AsException(errno, "bind a netlink socket");
    }
}
