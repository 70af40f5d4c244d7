using System.Buffers.Binary;

namespace Keepalived.Es.Domain.Health.Protocols;

/// <summary>Echo requests and replies of ICMP (RFC 792) and ICMPv6 (RFC 4443 section 4).</summary>
public static class EchoCodec
{
    /// <summary>Bytes of a request, header included: 8 of header, 8 of cookie, the rest filled up.</summary>
    public const int Length = 128;

    private const int HeaderLength = 8;
    private const int MinimumLength = HeaderLength + sizeof(ulong);

    /// <summary>Writes a request.</summary>
    /// <param name="destination"><see cref="Length"/> bytes.</param>
    /// <param name="id">A datagram socket of the kernel puts its own in this place.</param>
    /// <param name="cookie">By which the answer is known again.</param>
    public static void WriteRequest(Span<byte> destination, bool isIPv6, ushort id, ushort sequence, ulong cookie)
    {
        destination = destination[..Length];
        destination.Clear();
        destination[0] = isIPv6 ? (byte)128 : (byte)8;
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], sequence);
        BinaryPrimitives.WriteUInt64BigEndian(destination[HeaderLength..], cookie);
        for (int i = MinimumLength; i < Length; i++)
        {
            destination[i] = (byte)i;
        }

        if (!isIPv6)                                             // of ICMPv6 it covers addresses too: the kernel writes it
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Checksum(destination));
        }
    }

    /// <summary>Whether a packet answers the request with this sequence and cookie. Any other is not ours, and no failure.</summary>
    /// <param name="packet">From a raw socket of IPv4 with the header of IP.</param>
    /// <param name="id">Null: not compared, the kernel has done it.</param>
    public static bool IsReply(ReadOnlySpan<byte> packet, bool isIPv6, bool hasIpHeader, ushort? id, ushort sequence, ulong cookie)
    {
        if (hasIpHeader)
        {
            int header = packet.IsEmpty ? 0 : (packet[0] & 0xF) * 4;
            if (header < 20 || header > packet.Length)
            {
                return false;
            }

            packet = packet[header..];
        }

        return packet.Length >= MinimumLength
            && packet[0] == (isIPv6 ? 129 : 0)
            && packet[1] == 0
            && (id is null || BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) == id)
            && BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) == sequence
            && BinaryPrimitives.ReadUInt64BigEndian(packet[HeaderLength..]) == cookie;
    }

    /// <summary>The Internet checksum (RFC 1071); 0 over a message that has its own.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += i + 1 < bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]) : (uint)(bytes[i] << 8);
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
