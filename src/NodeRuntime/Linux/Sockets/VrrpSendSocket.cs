using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Sockets;

/// <summary>
/// A raw socket that only sends. The kernel writes the IP header: TOS 0xC0 (network control), TTL 255, DF clear, an id of its own.
/// Nothing that it sends comes back to this node.
/// </summary>
internal sealed class VrrpSendSocket : IDisposable
{
    private const int NetworkControl = 0xC0;

    private readonly SafeDescriptor _descriptor;
    private readonly VrrpEndpoint _endpoint;

    private VrrpSendSocket(SafeDescriptor descriptor, VrrpEndpoint endpoint)
    {
        _descriptor = descriptor;
        _endpoint = endpoint;
    }

    /// <summary>Opens the socket of an endpoint.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">
    /// EPERM (1): CAP_NET_RAW is missing. ENODEV (19): no such interface. EADDRNOTAVAIL (99): the source is not an address of this node.
    /// </exception>
    internal static VrrpSendSocket Open(VrrpEndpoint endpoint)
    {
        SafeDescriptor descriptor = LibC.OpenSocket(endpoint.Family, LibC.SOCK_RAW | LibC.SOCK_NONBLOCK, endpoint.Protocol);
        var socket = new VrrpSendSocket(descriptor, endpoint);
        try
        {
            SocketSetup.DropAllInput(descriptor);
            SocketSetup.BindToInterface(descriptor, endpoint.InterfaceName);
            if (endpoint.IsIPv6)
            {
                socket.SetUpIPv6();
            }
            else
            {
                socket.SetUpIPv4();
            }

            // After IP_TOS, which sets a priority of its own.
            LibC.SetOption(descriptor, LibC.SOL_SOCKET, LibC.SO_PRIORITY, LibC.TC_PRIO_CONTROL, "SO_PRIORITY");
            int errno = socket.SetSource(endpoint.Source);
            return errno == 0 ? socket : throw Errno.AsException(errno, $"send from {endpoint.Source} ({endpoint})");
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Changes the source address of what is sent from now on.</summary>
    /// <param name="source">An address of this node, of the endpoint's family; <see cref="RouterAddress.None"/>: the kernel's choice.</param>
    /// <returns>0, or errno: EADDRNOTAVAIL (99) when this node does not have the address.</returns>
    internal int SetSource(RouterAddress source) => _endpoint.IsIPv6
        ? LibC.TryBind(_descriptor, new InternetAddress6(source, _endpoint.InterfaceIndex))
        : LibC.TryBind(_descriptor, new InternetAddress4(source));

    /// <summary>Opens a place for one packet to the endpoint's group.</summary>
    /// <returns>False when the batch is full.</returns>
    internal bool TryReserve(SendBatch batch, out Span<byte> payload) => TryReserve(batch, _endpoint.Group, out payload);

    /// <summary>Opens a place for one packet to a unicast peer, or a group other than the endpoint's.</summary>
    /// <returns>False when the batch is full.</returns>
    internal bool TryReserve(SendBatch batch, RouterAddress destination, out Span<byte> payload) => _endpoint.IsIPv6
        ? batch.TryReserve(new InternetAddress6(destination, _endpoint.InterfaceIndex), out payload)
        : batch.TryReserve(new InternetAddress4(destination), out payload);

    /// <summary>Sends the batch with one system call and leaves it filled, so that <see cref="SendBatch.Errors"/> can be read.</summary>
    /// <returns>Packets that failed.</returns>
    internal int Flush(SendBatch batch) => batch.Flush(_descriptor);

    public void Dispose() => _descriptor.Dispose();

    private void SetUpIPv4()
    {
        LibC.SetOption(_descriptor, LibC.IPPROTO_IP, LibC.IP_TOS, NetworkControl, "IP_TOS");
        LibC.SetOption(_descriptor, LibC.IPPROTO_IP, LibC.IP_TTL, (int)_endpoint.Ttl, "IP_TTL");
        LibC.SetOption(_descriptor, LibC.IPPROTO_IP, LibC.IP_MTU_DISCOVER, LibC.IP_PMTUDISC_DONT, "IP_MTU_DISCOVER");
        if (_endpoint.IsMulticast)
        {
            var outgoing = new MulticastRequest4 { InterfaceIndex = _endpoint.InterfaceIndex };
            LibC.SetOption(_descriptor, LibC.IPPROTO_IP, LibC.IP_MULTICAST_IF, outgoing, $"IP_MULTICAST_IF {_endpoint.InterfaceName}");
            LibC.SetOption(_descriptor, LibC.IPPROTO_IP, LibC.IP_MULTICAST_TTL, (int)_endpoint.Ttl, "IP_MULTICAST_TTL");
            LibC.SetOption(_descriptor, LibC.IPPROTO_IP, LibC.IP_MULTICAST_LOOP, 0, "IP_MULTICAST_LOOP");
        }
    }

    private void SetUpIPv6()
    {
        const int ChecksumOffset = 6; // bytes 6 and 7 of the VRRP packet; the kernel knows the pseudo header
        if (_endpoint.Protocol == LibC.IPPROTO_VRRP)
        {
            LibC.SetOption(_descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_CHECKSUM, ChecksumOffset, "IPV6_CHECKSUM");
        }

        LibC.SetOption(_descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_TCLASS, NetworkControl, "IPV6_TCLASS");
        LibC.SetOption(_descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_UNICAST_HOPS, (int)_endpoint.Ttl, "IPV6_UNICAST_HOPS");
        if (_endpoint.IsMulticast)
        {
            LibC.SetOption(_descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_MULTICAST_IF, _endpoint.InterfaceIndex, $"IPV6_MULTICAST_IF {_endpoint.InterfaceName}");
            LibC.SetOption(_descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_MULTICAST_HOPS, (int)_endpoint.Ttl, "IPV6_MULTICAST_HOPS");
            LibC.SetOption(_descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_MULTICAST_LOOP, 0, "IPV6_MULTICAST_LOOP");
        }
    }
}
