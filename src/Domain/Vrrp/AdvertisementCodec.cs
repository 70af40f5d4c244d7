using System.Buffers.Binary;
using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Vrrp;

/// <summary>
/// VRRP packets over IPv4, versions 2 (RFC 3768) and 3 (RFC 9568), over spans; allocates nothing.
/// <code>
///  0: version and type   1: VRID   2: priority   3: count of addresses
///  4: version 2: authentication type, interval in seconds; version 3: interval in centiseconds (12 bits)
///  6: checksum           8: addresses, four bytes each; version 2: then eight bytes of authentication data
/// </code>
/// </summary>
public static class AdvertisementCodec
{
    public const int HeaderLength = 8;
    public const int AuthenticationLength = 8;
    public const byte ProtocolNumber = 112;

    /// <summary>Largest message: 255 addresses and authentication data.</summary>
    public const int MaximumLength = HeaderLength + (255 * 4) + AuthenticationLength;

    private const byte TypeAdvertisement = 1;
    private const byte SimpleTextPassword = 1;
    private const int ShortestIPv4Header = 20;

    /// <summary>Writes one advertisement.</summary>
    /// <param name="destination">At least <see cref="AdvertisementFormat.Length"/> bytes.</param>
    /// <param name="priority">0 (resigns) to 255.</param>
    /// <param name="envelope">Addresses for version 3's pseudo header; the TTL is not used.</param>
    /// <returns>Bytes written.</returns>
    public static int Encode(Span<byte> destination, AdvertisementFormat format, byte priority, in AdvertisementEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(format);
        Span<byte> message = destination[..format.Length];
        message.Clear();
        message[0] = (byte)(format.Version << 4 | TypeAdvertisement);
        message[1] = format.Vrid;
        message[2] = priority;
        message[3] = (byte)format.Addresses.Length;
        WriteInterval(message, format);
        for (int i = 0; i < format.Addresses.Length; i++)
        {
            format.Addresses[i].WriteIPv4(message[(HeaderLength + (4 * i))..]);
        }

        if (format.Version == 2)
        {
            format.Password.AsSpan().CopyTo(message[^AuthenticationLength..]);
        }

        bool pseudoHeader = format.Version == 3 && !format.ChecksumAsVersion2;
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], Checksum(message, pseudoHeader, in envelope));
        return message.Length;
    }

    /// <summary>Splits an IPv4 datagram, as a raw socket delivers it, into its addresses and the VRRP message.</summary>
    /// <returns>False when it is no whole IPv4 datagram of protocol 112.</returns>
    public static bool TryReadIPv4(ReadOnlySpan<byte> datagram, out AdvertisementEnvelope envelope, out ReadOnlySpan<byte> message)
    {
        envelope = default;
        message = default;
        if (datagram.Length < ShortestIPv4Header || datagram[0] >> 4 != 4)
        {
            return false;
        }

        int header = (datagram[0] & 0xF) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (header < ShortestIPv4Header || total < header || total > datagram.Length || datagram[9] != ProtocolNumber)
        {
            return false;
        }

        envelope = new AdvertisementEnvelope(RouterAddress.FromIPv4(datagram[12..]), RouterAddress.FromIPv4(datagram[16..]), datagram[8]);
        message = datagram[header..total];
        return true;
    }

    /// <summary>Reads and judges one VRRP message. Never throws, whatever the bytes.</summary>
    public static AdvertisementVerdict Decode(
        ReadOnlySpan<byte> message,
        AdvertisementFormat format,
        in AdvertisementEnvelope envelope,
        out Advertisement advertisement,
        out AdvertisementNotes notes)
    {
        ArgumentNullException.ThrowIfNull(format);
        advertisement = default;
        notes = AdvertisementNotes.None;
        AdvertisementVerdict verdict = Judge(message, format, in envelope);
        if (verdict != AdvertisementVerdict.Accepted)
        {
            return verdict;
        }

        TimeSpan interval = ReadInterval(message, format.Version);
        advertisement = new Advertisement(envelope.Source, message[2], interval);
        if (interval != format.AdverInterval)
        {
            notes |= AdvertisementNotes.IntervalDiffers;
        }

        if (!format.SkipAddressCheck && !SameAddresses(message, format))
        {
            notes |= AdvertisementNotes.AddressesDiffer;
        }

        return AdvertisementVerdict.Accepted;
    }

    private static AdvertisementVerdict Judge(ReadOnlySpan<byte> message, AdvertisementFormat format, in AdvertisementEnvelope envelope)
    {
        if (message.Length < HeaderLength)
        {
            return AdvertisementVerdict.Length;
        }

        if (!format.Unicast && envelope.Ttl != 255)
        {
            return AdvertisementVerdict.Ttl;
        }

        if (message[0] >> 4 != format.Version)
        {
            return AdvertisementVerdict.Version;
        }

        if ((message[0] & 0xF) != TypeAdvertisement)
        {
            return AdvertisementVerdict.Type;
        }

        if (message[1] != format.Vrid)
        {
            return AdvertisementVerdict.Vrid;
        }

        int expected = HeaderLength + (4 * message[3]) + (format.Version == 2 ? AuthenticationLength : 0);
        if (message.Length != expected)
        {
            return AdvertisementVerdict.Length;
        }

        AdvertisementVerdict verdict = format.Version == 2 ? JudgeVersion2(message, format) : JudgeVersion3(message);
        if (verdict != AdvertisementVerdict.Accepted)
        {
            return verdict;
        }

        if (!ChecksumHolds(message, format, in envelope))
        {
            return AdvertisementVerdict.Checksum;
        }

        bool toGroup = envelope.Destination.IsMulticast4;
        if (toGroup == format.Unicast)
        {
            return AdvertisementVerdict.Destination;
        }

        return format.CheckSource && !IsPeer(format, in envelope) ? AdvertisementVerdict.Peer : AdvertisementVerdict.Accepted;
    }

    private static bool IsPeer(AdvertisementFormat format, in AdvertisementEnvelope envelope)
    {
        foreach (UnicastPeer peer in format.Peers)
        {
            if (peer.Address == envelope.Source)
            {
                return envelope.Ttl >= peer.MinimumTtl && envelope.Ttl <= peer.MaximumTtl;
            }
        }

        return false;
    }

    private static AdvertisementVerdict JudgeVersion2(ReadOnlySpan<byte> message, AdvertisementFormat format)
    {
        byte type = format.Password.IsEmpty ? (byte)0 : SimpleTextPassword;
        if (message[4] != type)
        {
            return AdvertisementVerdict.AuthenticationType;
        }

        if (type == SimpleTextPassword && !message[^AuthenticationLength..].SequenceEqual(format.Password.AsSpan()))
        {
            return AdvertisementVerdict.AuthenticationFailed;
        }

        return ReadInterval(message, 2) == format.AdverInterval ? AdvertisementVerdict.Accepted : AdvertisementVerdict.AdverInterval;
    }

    private static AdvertisementVerdict JudgeVersion3(ReadOnlySpan<byte> message) =>
        ReadInterval(message, 3) > TimeSpan.Zero ? AdvertisementVerdict.Accepted : AdvertisementVerdict.AdverInterval;

    private static bool ChecksumHolds(ReadOnlySpan<byte> message, AdvertisementFormat format, in AdvertisementEnvelope envelope)
    {
        bool plain = Checksum(message, pseudoHeader: false, in envelope) == 0;
        if (format.Version == 2)
        {
            return plain;
        }

        return Checksum(message, pseudoHeader: true, in envelope) == 0 || (format.ChecksumAsVersion2 && plain);
    }

    private static bool SameAddresses(ReadOnlySpan<byte> message, AdvertisementFormat format)
    {
        if (message[3] != format.Addresses.Length)
        {
            return false;
        }

        for (int i = 0; i < message[3]; i++)
        {
            RouterAddress address = RouterAddress.FromIPv4(message[(HeaderLength + (4 * i))..]);
            if (address != format.Addresses[i] && !format.Addresses.Contains(address))
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteInterval(Span<byte> message, AdvertisementFormat format)
    {
        if (format.Version == 2)
        {
            message[4] = format.Password.IsEmpty ? (byte)0 : SimpleTextPassword;
            message[5] = (byte)(format.AdverInterval.Ticks / TimeSpan.TicksPerSecond);
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(message[4..], (ushort)(format.AdverInterval.Ticks / (TimeSpan.TicksPerMillisecond * 10) & 0xFFF));
    }

    private static TimeSpan ReadInterval(ReadOnlySpan<byte> message, byte version) => version == 2
        ? TimeSpan.FromSeconds(message[5])
        : TimeSpan.FromMilliseconds(10 * (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) & 0xFFF));

    /// <summary>The Internet checksum (RFC 1071); 0 over a message that carries the right one.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> message, bool pseudoHeader, in AdvertisementEnvelope envelope)
    {
        uint sum = 0;
        for (int i = 0; i + 1 < message.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        }

        if (pseudoHeader)
        {
            uint source = envelope.Source.IPv4;
            uint destination = envelope.Destination.IPv4;
            sum += (source >> 16) + (source & 0xFFFF) + (destination >> 16) + (destination & 0xFFFF);
            sum += ProtocolNumber + (uint)message.Length;
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
