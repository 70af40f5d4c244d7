using System.Buffers.Binary;

namespace Keepalived.Es.Domain.Bfd;

/// <summary>
/// Reads and writes BFD Control packets (RFC 5880 section 4.1). Allocates nothing.
/// <code>
///  0: Vers(3) Diag(5)   1: Sta(2) P F C A D M   2: Detect Mult   3: Length
///  4: My Discriminator   8: Your Discriminator   12: Desired Min TX   16: Required Min RX   20: Required Min Echo RX
/// </code>
/// </summary>
public static class BfdPacketCodec
{
    /// <summary>Bytes of a packet without authentication.</summary>
    public const int Length = 24;

    private const int LengthWithAuthentication = 26;
    private const int Version = 1;
    private const byte PollBit = 0x20;
    private const byte FinalBit = 0x10;
    private const byte AuthenticationBit = 0x04;
    private const byte DemandBit = 0x02;
    private const byte MultipointBit = 0x01;
    private const byte DiagnosticMask = 0x1F;

    /// <summary>Reads a packet. Any bytes are allowed; the checks are those of RFC 5880 section 6.8.6 that need no session.</summary>
    /// <param name="bytes">The payload of the datagram; what follows the packet's own length is not looked at.</param>
    /// <param name="packet">Default when it is rejected.</param>
    public static BfdRejection TryDecode(ReadOnlySpan<byte> bytes, out BfdPacket packet)
    {
        packet = default;
        BfdRejection rejection = Check(bytes);
        if (rejection != BfdRejection.None)
        {
            return rejection;
        }

        byte flags = bytes[1];
        packet = new BfdPacket(
            (BfdSessionState)(flags >> 6),
            (BfdDiagnostic)(bytes[0] & DiagnosticMask),
            (flags & PollBit) != 0,
            (flags & FinalBit) != 0,
            (flags & DemandBit) != 0,
            bytes[2],
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
        return BfdRejection.None;
    }

    /// <summary>Writes a packet: no authentication, no echo, not independent of the control plane.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <returns><see cref="Length"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int Encode(in BfdPacket packet, Span<byte> destination)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException($"{destination.Length} bytes are too few, a packet has {Length}", nameof(destination));
        }

        destination[0] = (byte)((Version << 5) | ((byte)packet.Diagnostic & DiagnosticMask));
        destination[1] = (byte)(((byte)packet.State << 6) | (packet.Poll ? PollBit : 0) | (packet.Final ? FinalBit : 0) | (packet.Demand ? DemandBit : 0));
        destination[2] = packet.DetectMultiplier;
        destination[3] = Length;
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], packet.MyDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], packet.YourDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], packet.DesiredMinimumTransmit);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], packet.RequiredMinimumReceive);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], 0);
        return Length;
    }

    private static BfdRejection Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length)
        {
            return BfdRejection.TooShort;
        }

        byte flags = bytes[1];
        bool authenticated = (flags & AuthenticationBit) != 0;
        var state = (BfdSessionState)(flags >> 6);
        uint mine = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        uint yours = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        return true switch
        {
            _ when bytes[0] >> 5 != Version => BfdRejection.WrongVersion,
            _ when bytes[3] < (authenticated ? LengthWithAuthentication : Length) => BfdRejection.LengthTooSmall,
            _ when bytes[3] > bytes.Length => BfdRejection.LengthBeyondPayload,
            _ when bytes[2] == 0 => BfdRejection.ZeroMultiplier,
            _ when (flags & MultipointBit) != 0 => BfdRejection.Multipoint,
            _ when mine == 0 => BfdRejection.ZeroMyDiscriminator,
            _ when yours == 0 && state is not (BfdSessionState.Down or BfdSessionState.AdminDown) => BfdRejection.ZeroYourDiscriminator,
            _ when authenticated => BfdRejection.Authenticated,
            _ => BfdRejection.None,
        };
    }
}
