using System.Buffers.Binary;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Sockets;

/// <summary>One datagram of a raw or UDP socket, with what the IP layer knows of it. Nothing of it has been judged: the sender chose every byte.</summary>
internal readonly ref struct ReceivedDatagram
{
    private const int ControlHeaderBytes = 16; // struct cmsghdr, 64-bit

    /// <summary>As delivered: a raw IPv4 socket has the header before it, the others do not.</summary>
    internal ReadOnlySpan<byte> Bytes { get; private init; }

    /// <summary>What follows the IP header; empty when the header is broken.</summary>
    internal ReadOnlySpan<byte> Payload { get; private init; }

    internal RouterAddress Source { get; private init; }

    internal RouterAddress Destination { get; private init; }

    /// <summary>TTL or hop limit on arrival; 0 when it is not known.</summary>
    internal byte Ttl { get; private init; }

    /// <summary>IPv4: the header's total length. IPv6: bytes delivered.</summary>
    internal int TotalLength { get; private init; }

    /// <summary>Interface of arrival; 0 when it is not known.</summary>
    internal int InterfaceIndex { get; private init; }

    /// <summary>The datagram was longer than the batch's limit.</summary>
    internal bool IsTruncated { get; private init; }

    internal bool IsIPv6 { get; private init; }

    /// <summary>Interprets one result of recvmsg(2). Any bytes are allowed; reads none outside the spans.</summary>
    internal static ReceivedDatagram Read(
        int family, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, bool truncated) =>
        family == LibC.AF_INET6 ? ReadIPv6(bytes, name, control, truncated) : ReadIPv4(bytes, control, truncated);

    private static ReceivedDatagram ReadIPv4(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> control, bool truncated)
    {
        ReadOnlySpan<byte> info = FindControl(control, LibC.IPPROTO_IP, LibC.IP_PKTINFO, length: 12); // struct in_pktinfo
        int index = info.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(info);
        int headerLength = bytes.Length >= 20 && bytes[0] >> 4 == 4 ? (bytes[0] & 0xF) * 4 : 0;
        if (headerLength < 20 || headerLength > bytes.Length)
        {
            return new ReceivedDatagram { Bytes = bytes, InterfaceIndex = index, IsTruncated = truncated };
        }

        return new ReceivedDatagram
        {
            Bytes = bytes,
            Payload = bytes[headerLength..],
            Source = RouterAddress.FromIPv4(bytes[12..]),
            Destination = RouterAddress.FromIPv4(bytes[16..]),
            Ttl = bytes[8],
            TotalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            InterfaceIndex = index,
            IsTruncated = truncated,
        };
    }

    /// <summary>Interprets one result of recvmsg(2) on a UDP socket. Any bytes are allowed.</summary>
    internal static ReceivedDatagram ReadUdp(
        int family, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, bool truncated) =>
        family == LibC.AF_INET6 ? ReadIPv6(bytes, name, control, truncated) : ReadUdp4(bytes, name, control, truncated);

    private static ReceivedDatagram ReadUdp4(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, bool truncated)
    {
        ReadOnlySpan<byte> info = FindControl(control, LibC.IPPROTO_IP, LibC.IP_PKTINFO, length: 12); // struct in_pktinfo: the destination is its last word
        ReadOnlySpan<byte> ttl = FindControl(control, LibC.IPPROTO_IP, LibC.IP_TTL, length: 4);
        return new ReceivedDatagram
        {
            Bytes = bytes,
            Payload = bytes,
            Source = name.Length >= 8 ? RouterAddress.FromIPv4(name[4..]) : RouterAddress.None,
            Destination = info.IsEmpty ? RouterAddress.None : RouterAddress.FromIPv4(info[8..]),
            Ttl = ttl.IsEmpty ? (byte)0 : ttl[0],
            TotalLength = bytes.Length,
            InterfaceIndex = info.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(info),
            IsTruncated = truncated,
        };
    }

    private static ReceivedDatagram ReadIPv6(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, bool truncated)
    {
        ReadOnlySpan<byte> info = FindControl(control, LibC.IPPROTO_IPV6, LibC.IPV6_PKTINFO, length: 20); // struct in6_pktinfo
        ReadOnlySpan<byte> hops = FindControl(control, LibC.IPPROTO_IPV6, LibC.IPV6_HOPLIMIT, length: 4);
        return new ReceivedDatagram
        {
            Bytes = bytes,
            Payload = bytes,
            Source = name.Length >= 24 ? RouterAddress.FromIPv6(name[8..]) : RouterAddress.None,
            Destination = info.IsEmpty ? RouterAddress.None : RouterAddress.FromIPv6(info),
            Ttl = hops.IsEmpty ? (byte)0 : hops[0],
            TotalLength = bytes.Length,
            InterfaceIndex = info.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(info[16..]),
            IsTruncated = truncated,
            IsIPv6 = true,
        };
    }

    /// <summary>Data of the first control message of that kind, or nothing when it is missing or shorter than <paramref name="length"/>.</summary>
    private static ReadOnlySpan<byte> FindControl(ReadOnlySpan<byte> control, int level, int type, int length)
    {
        while (control.Length >= ControlHeaderBytes)
        {
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(control); // cmsg_len, header included
            if (size < ControlHeaderBytes || size > (ulong)control.Length)
            {
                return default;
            }

            if (BinaryPrimitives.ReadInt32LittleEndian(control[8..]) == level && BinaryPrimitives.ReadInt32LittleEndian(control[12..]) == type)
            {
                return size >= (ulong)(ControlHeaderBytes + length) ? control[ControlHeaderBytes..(int)size] : default;
            }

            int aligned = ((int)size + 7) & ~7;
            control = aligned < control.Length ? control[aligned..] : default;
        }

        return default;
    }
}
