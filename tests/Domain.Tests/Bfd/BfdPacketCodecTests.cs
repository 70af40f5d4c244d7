using Keepalived.Es.Domain.Bfd;

namespace Keepalived.Es.Domain.Tests.Bfd;

public sealed class BfdPacketCodecTests
{
    private static readonly BfdPacket Example = new(
        BfdSessionState.Up, BfdDiagnostic.NeighborSignaledSessionDown, Poll: true, Final: false, Demand: false, DetectMultiplier: 3,
        MyDiscriminator: 0x80BD40D0, YourDiscriminator: 0x01020304, DesiredMinimumTransmit: 100_000, RequiredMinimumReceive: 50_000);

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 40).Select(seed => new TheoryDataRow<int>(seed));

    [Fact]
    public void The_layout_is_that_of_RFC_5880_section_4_1()
    {
        byte[] bytes = new byte[BfdPacketCodec.Length];
        Assert.Equal(24, BfdPacketCodec.Encode(Example, bytes));
        Assert.Equal("23E0031880BD40D001020304000186A00000C35000000000", Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_packet_of_keepalived_2_2_7_is_understood()
    {
        byte[] bytes = Convert.FromHexString("2040031880BD40D000000000000F4240000186A000000000");
        Assert.Equal(BfdRejection.None, BfdPacketCodec.TryDecode(bytes, out BfdPacket packet));
        Assert.Equal(new BfdPacket(BfdSessionState.Down, BfdDiagnostic.None, false, false, false, 3, 0x80BD40D0, 0, 1_000_000, 100_000), packet);
    }

    [Theory]                                       // RFC 5880 section 6.8.6. offset, byte there -> reason; the packet is Example otherwise
    [InlineData(0, 0x00, BfdRejection.WrongVersion)]
    [InlineData(0, 0x40, BfdRejection.WrongVersion)]
    [InlineData(3, 23, BfdRejection.LengthTooSmall)]
    [InlineData(3, 25, BfdRejection.LengthBeyondPayload)]
    [InlineData(2, 0, BfdRejection.ZeroMultiplier)]
    [InlineData(1, 0xE1, BfdRejection.Multipoint)]
    [InlineData(1, 0xE4, BfdRejection.LengthTooSmall)]                   // A bit: at least 26 bytes
    [InlineData(1, 0xE8, BfdRejection.None)]                             // C bit: says nothing that matters here
    [InlineData(1, 0xE2, BfdRejection.None)]                             // D bit
    public void Each_check_has_its_reason(int offset, byte value, BfdRejection expected)
    {
        byte[] bytes = Encoded(Example);
        bytes[offset] = value;
        Assert.Equal(expected, BfdPacketCodec.TryDecode(bytes, out BfdPacket packet));
        Assert.Equal(expected == BfdRejection.None, packet != default);
    }

    [Theory]                                       // mine, yours, state -> reason
    [InlineData(0, 1, BfdSessionState.Up, BfdRejection.ZeroMyDiscriminator)]
    [InlineData(1, 0, BfdSessionState.Up, BfdRejection.ZeroYourDiscriminator)]
    [InlineData(1, 0, BfdSessionState.Init, BfdRejection.ZeroYourDiscriminator)]
    [InlineData(1, 0, BfdSessionState.Down, BfdRejection.None)]
    [InlineData(1, 0, BfdSessionState.AdminDown, BfdRejection.None)]
    public void Discriminators_are_checked(uint mine, uint yours, BfdSessionState state, BfdRejection expected) =>
        Assert.Equal(expected, BfdPacketCodec.TryDecode(Encoded(Example with { MyDiscriminator = mine, YourDiscriminator = yours, State = state }), out _));

    [Fact]
    public void Authentication_is_refused_since_no_session_uses_it()
    {
        byte[] bytes = [.. Encoded(Example), 1, 9, 1, (byte)'s', (byte)'e', (byte)'c', (byte)'r', (byte)'e', (byte)'t'];
        bytes[1] |= 0x04;
        bytes[3] = (byte)bytes.Length;
        Assert.Equal(BfdRejection.Authenticated, BfdPacketCodec.TryDecode(bytes, out _));
    }

    [Fact]
    public void What_follows_the_packet_is_not_looked_at() =>
        Assert.Equal(BfdRejection.None, BfdPacketCodec.TryDecode([.. Encoded(Example), 0xFF, 0xFF], out _));

    [Fact]
    public void A_buffer_that_is_too_short_is_refused() => Assert.Throws<ArgumentException>(() => BfdPacketCodec.Encode(Example, new byte[23]));

    [Theory, MemberData(nameof(Seeds))]
    public void Any_bytes_are_either_rejected_or_a_packet_that_reads_the_same_again(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            if (round % 2 == 0 && bytes.Length >= BfdPacketCodec.Length)
            {
                (bytes[0], bytes[3]) = ((byte)(0x20 | (bytes[0] & 0x1F)), BfdPacketCodec.Length);           // far enough to be a packet now and then
                bytes[1] &= 0xFA;
            }

            if (BfdPacketCodec.TryDecode(bytes, out BfdPacket packet) == BfdRejection.None)
            {
                Assert.Equal(BfdRejection.None, BfdPacketCodec.TryDecode(Encoded(packet), out BfdPacket again));
                Assert.Equal(packet, again);
            }
            else
            {
                Assert.Equal(default, packet);
            }
        }
    }

    private static byte[] Encoded(in BfdPacket packet)
    {
        byte[] bytes = new byte[BfdPacketCodec.Length];
        BfdPacketCodec.Encode(in packet, bytes);
        return bytes;
    }
}
