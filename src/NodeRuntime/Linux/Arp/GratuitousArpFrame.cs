using System.Buffers.Binary;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Linux.Arp;

/// <summary>
/// A gratuitous ARP request (RFC 826; RFC 5227 section 3): sender and target are the virtual address, so that every neighbour that knows the
/// address learns the sender's hardware address.
/// </summary>
internal static class GratuitousArpFrame
{
    /// <summary>Ethernet header and ARP packet; the driver pads to Ethernet's minimum.</summary>
    internal const int Length = 42;

    internal const ushort EtherType = 0x0806;

    /// <summary>Writes the frame.</summary>
    /// <param name="frame">At least <see cref="Length"/> bytes.</param>
    /// <param name="sender">Hardware address of the interface (or of the virtual MAC) that answers for <paramref name="address"/>.</param>
    /// <exception cref="InvalidOperationException"><paramref name="address"/> is IPv6.</exception>
    internal static void Write(Span<byte> frame, MacAddress sender, RouterAddress address)
    {
        MacAddress.Broadcast.Write(frame);                                // 0  Ethernet destination
        sender.Write(frame[6..]);                                         // 6  Ethernet source
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherType);    // 12 ARP
        BinaryPrimitives.WriteUInt16BigEndian(frame[14..], 1);            // 14 hardware: Ethernet
        BinaryPrimitives.WriteUInt16BigEndian(frame[16..], 0x0800);       // 16 protocol: IPv4
        frame[18] = MacAddress.Length;                                    // 18
        frame[19] = 4;                                                    // 19
        BinaryPrimitives.WriteUInt16BigEndian(frame[20..], 1);            // 20 operation: request
        sender.Write(frame[22..]);                                        // 22 sender hardware
        address.WriteIPv4(frame[28..]);                                   // 28 sender protocol
        MacAddress.Broadcast.Write(frame[32..]);                          // 32 target hardware: broadcast, as keepalived sends it
        address.WriteIPv4(frame[38..]);                                   // 38 target protocol
    }
}
