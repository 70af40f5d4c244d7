using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Sockets;

/// <summary>
/// A raw socket that only receives. The kernel itself keeps away other protocols, other interfaces, and packets that are not addressed to the
/// endpoint's group or, for unicast, to its source address.
/// </summary>
internal sealed class VrrpReceiveSocket : IDisposable
{
    /// <summary>Default of the receive buffer in bytes: some 400 packets with the kernel's own accounting.</summary>
    internal const int DefaultBufferBytes = 512 * 1024;

    private readonly VrrpEndpoint _endpoint;

    private VrrpReceiveSocket(SafeDescriptor descriptor, VrrpEndpoint endpoint)
    {
        Descriptor = descriptor;
        _endpoint = endpoint;
    }

    /// <summary>For <see cref="EventLoop.Epoll"/>; readable when a packet waits.</summary>
    internal SafeDescriptor Descriptor { get; }

    internal int Family => _endpoint.Family;

    /// <summary>Opens the socket of an endpoint and joins its group.</summary>
    /// <param name="bufferBytes">Receive buffer, 4 KiB and more; the kernel doubles it for its own accounting.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">
    /// EPERM (1): CAP_NET_RAW is missing. ENODEV (19): no such interface. EADDRNOTAVAIL (99): the unicast source is not an address of this node.
    /// </exception>
    internal static VrrpReceiveSocket Open(VrrpEndpoint endpoint, int bufferBytes = DefaultBufferBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferBytes, 4096);
        SafeDescriptor descriptor = LibC.OpenSocket(endpoint.Family, LibC.SOCK_RAW | LibC.SOCK_NONBLOCK, endpoint.Protocol);
        var socket = new VrrpReceiveSocket(descriptor, endpoint);
        try
        {
            SocketSetup.BindToInterface(descriptor, endpoint.InterfaceName);
            SocketSetup.SetReceiveBuffer(descriptor, bufferBytes);
            socket.AskForPacketInformation();
            socket.BindToDestination();
            int errno = endpoint.IsMulticast ? socket.Join() : 0;
            return errno == 0 ? socket : throw Errno.AsException(errno, $"join {endpoint.Group} on {endpoint.InterfaceName}");
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Leaves and joins the group, so that the kernel reports the membership to the switches again: after a link came back or an address
    /// changed. An interface that was deleted and made anew has another index and needs a new socket.
    /// </summary>
    /// <returns>0, or errno: ENODEV (19) when the interface is gone. 0 for a unicast endpoint.</returns>
    internal int Rejoin()
    {
        if (!_endpoint.IsMulticast)
        {
            return 0;
        }

        _ = ChangeMembership(LibC.IP_DROP_MEMBERSHIP, LibC.IPV6_DROP_MEMBERSHIP); // EADDRNOTAVAIL: was not a member
        return Join();
    }

    public void Dispose() => Descriptor.Dispose();

    private int Join()
    {
        int errno = ChangeMembership(LibC.IP_ADD_MEMBERSHIP, LibC.IPV6_ADD_MEMBERSHIP);
        return errno == Errno.EADDRINUSE ? 0 : errno; // a member already
    }

    private int ChangeMembership(int option4, int option6)
    {
        if (_endpoint.IsIPv6)
        {
            var request6 = new MulticastRequest6 { Group = new AddressBytes6(_endpoint.Group), InterfaceIndex = _endpoint.InterfaceIndex };
            return LibC.TrySetOption(Descriptor, LibC.IPPROTO_IPV6, option6, request6);
        }

        var request = new MulticastRequest4 { Group = NetworkOrder.FromIPv4(_endpoint.Group), InterfaceIndex = _endpoint.InterfaceIndex };
        return LibC.TrySetOption(Descriptor, LibC.IPPROTO_IP, option4, request);
    }

    private void AskForPacketInformation()
    {
        if (_endpoint.IsIPv6)
        {
            LibC.SetOption(Descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
            LibC.SetOption(Descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT");
            LibC.SetOption(Descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_MULTICAST_ALL, 0, "IPV6_MULTICAST_ALL");
            return;
        }

        LibC.SetOption(Descriptor, LibC.IPPROTO_IP, LibC.IP_PKTINFO, 1, "IP_PKTINFO");
        LibC.SetOption(Descriptor, LibC.IPPROTO_IP, LibC.IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL");
    }

    private void BindToDestination()
    {
        RouterAddress destination = _endpoint.IsMulticast ? _endpoint.Group : _endpoint.Source;
        int errno = _endpoint.IsIPv6
            ? LibC.TryBind(Descriptor, new InternetAddress6(destination, _endpoint.InterfaceIndex))
            : LibC.TryBind(Descriptor, new InternetAddress4(destination));
        if (errno != 0)
        {
            throw Errno.AsException(errno, $"receive at {destination} ({_endpoint})");
        }
    }
}
