using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>struct sockaddr_in, ip(7).</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal readonly struct InternetAddress4
{
    [FieldOffset(0)] internal readonly ushort Family; // sin_family
    [FieldOffset(2)] internal readonly ushort Port;   // sin_port; a raw socket ignores it
    [FieldOffset(4)] internal readonly uint Address;  // sin_addr, network order

    /// <param name="port">In host order.</param>
    internal InternetAddress4(RouterAddress address, ushort port = 0)
    {
        Family = LibC.AF_INET;
        Port = BinaryPrimitives.ReverseEndianness(port);
        Address = NetworkOrder.FromIPv4(address);
    }
}

/// <summary>struct sockaddr_in6, ipv6(7).</summary>
[StructLayout(LayoutKind.Explicit, Size = 28)]
internal readonly struct InternetAddress6
{
    [FieldOffset(0)] internal readonly ushort Family;          // sin6_family
    [FieldOffset(2)] internal readonly ushort Port;            // sin6_port; must be 0 for a raw socket
    [FieldOffset(4)] internal readonly uint FlowInfo;          // sin6_flowinfo
    [FieldOffset(8)] internal readonly AddressBytes6 Address;  // sin6_addr, network order
    [FieldOffset(24)] internal readonly uint Scope;            // sin6_scope_id: interface of a link-local address

    /// <param name="scope">Index of the interface of a link-local address; otherwise 0.</param>
    /// <param name="port">In host order.</param>
    internal InternetAddress6(RouterAddress address, int scope, ushort port = 0)
    {
        Family = LibC.AF_INET6;
        Port = BinaryPrimitives.ReverseEndianness(port);
        Address = new AddressBytes6(address);
        Scope = (uint)scope;
    }
}

/// <summary>struct in6_addr: 16 bytes, aligned to 4.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal readonly struct AddressBytes6
{
    [FieldOffset(0)] internal readonly uint Word0;  // s6_addr32[0]
    [FieldOffset(4)] internal readonly uint Word1;  // s6_addr32[1]
    [FieldOffset(8)] internal readonly uint Word2;  // s6_addr32[2]
    [FieldOffset(12)] internal readonly uint Word3; // s6_addr32[3]

    internal AddressBytes6(RouterAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteIPv6(bytes);
        this = MemoryMarshal.Read<AddressBytes6>(bytes);
    }
}

/// <summary>struct sockaddr_ll, packet(7).</summary>
[StructLayout(LayoutKind.Explicit, Size = 20)]
internal readonly struct PacketAddress
{
    [FieldOffset(0)] internal readonly ushort Family;         // sll_family
    [FieldOffset(2)] internal readonly ushort Protocol;       // sll_protocol, network order
    [FieldOffset(4)] internal readonly int InterfaceIndex;    // sll_ifindex
    [FieldOffset(8)] internal readonly ushort HardwareType;   // sll_hatype; ignored for sending
    [FieldOffset(10)] internal readonly byte PacketType;      // sll_pkttype; ignored for sending
    [FieldOffset(11)] internal readonly byte HardwareLength;  // sll_halen
    [FieldOffset(12)] internal readonly ulong Hardware;       // sll_addr

    /// <param name="interfaceIndex">Interface to send on or, for bind(2), to listen on.</param>
    /// <param name="etherType">Protocol in host order, 0x0806 for ARP.</param>
    internal PacketAddress(int interfaceIndex, ushort etherType)
    {
        Family = LibC.AF_PACKET;
        Protocol = BinaryPrimitives.ReverseEndianness(etherType);
        InterfaceIndex = interfaceIndex;
    }
}

/// <summary>struct sockaddr_nl, netlink(7).</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
internal readonly struct NetlinkAddress
{
    [FieldOffset(0)] internal readonly ushort Family; // nl_family
    [FieldOffset(4)] internal readonly uint Port;     // nl_pid; 0 is the kernel, or "choose for me" in bind(2)
    [FieldOffset(8)] internal readonly uint Groups;   // nl_groups

    internal NetlinkAddress(uint groups)
    {
        Family = LibC.AF_NETLINK;
        Groups = groups;
    }
}

/// <summary>Addresses as the kernel's structs hold them.</summary>
internal static class NetworkOrder
{
    /// <summary>The four bytes of an IPv4 address in network order, in one machine word.</summary>
    /// <exception cref="InvalidOperationException"><paramref name="address"/> is IPv6.</exception>
    internal static uint FromIPv4(RouterAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.WriteIPv4(bytes);
        return MemoryMarshal.Read<uint>(bytes);
    }
}
