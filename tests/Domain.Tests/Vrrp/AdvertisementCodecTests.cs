using FsCheck;
using FsCheck.Fluent;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Domain.Tests.Vrrp;

public sealed class AdvertisementCodecTests
{
    private static readonly AdvertisementEnvelope Multicast =
        new(RouterAddress.Parse("192.0.2.1"), RouterAddress.Parse("224.0.0.18"), 255);

    private static readonly AdvertisementFormat Version2 = new()
    {
        Vrid = 51,
        Version = 2,
        AdverInterval = TimeSpan.FromSeconds(1),
        Addresses = [RouterAddress.Parse("192.0.2.100")],
        Password = [.. "10086\0\0\0"u8],
    };

    private static readonly AdvertisementFormat Version3 = Version2 with
    {
        Version = 3,
        AdverInterval = TimeSpan.FromMilliseconds(100),
        Password = [],
    };

    [Fact]                         // as keepalived 2.2.7 sends it, captured on a veth pair
    public void Version_2_bytes() =>
        Assert.Equal("2133650101011EFDC00002643130303836000000", Convert.ToHexString(Encoded(Version2, 101)));

    [Fact]
    public void Version_3_bytes() =>
        Assert.Equal("31336501000A04CCC0000264", Convert.ToHexString(Encoded(Version3, 101)));

    public static TheoryData<AdvertisementVerdict, byte, int, byte> Damages => new()
    {
        { AdvertisementVerdict.Version, 2, 0, 0x31 },            // RFC 9568 section 7.1, in the order of the checks
        { AdvertisementVerdict.Type, 2, 0, 0x22 },
        { AdvertisementVerdict.Vrid, 2, 1, 52 },
        { AdvertisementVerdict.Length, 2, 3, 2 },
        { AdvertisementVerdict.AuthenticationType, 2, 4, 0 },
        { AdvertisementVerdict.AdverInterval, 2, 5, 2 },
        { AdvertisementVerdict.AuthenticationFailed, 2, 12, (byte)'2' },
        { AdvertisementVerdict.Checksum, 2, 2, 100 },
        { AdvertisementVerdict.Checksum, 2, 6, 0 },
        { AdvertisementVerdict.Version, 3, 0, 0x21 },
        { AdvertisementVerdict.Length, 3, 3, 0 },
        { AdvertisementVerdict.AdverInterval, 3, 5, 0 },
        { AdvertisementVerdict.Checksum, 3, 7, 0 },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_packet_is_rejected_for(AdvertisementVerdict expected, byte version, int offset, byte value)
    {
        AdvertisementFormat format = version == 2 ? Version2 : Version3;
        byte[] message = Encoded(format, 101);
        message[offset] = value;
        Assert.Equal(expected, AdvertisementCodec.Decode(message, format, Multicast, out _, out _));
    }

    [Theory]
    [InlineData(254, "224.0.0.18", false, AdvertisementVerdict.Ttl)]
    [InlineData(254, "192.0.2.2", true, AdvertisementVerdict.Accepted)]
    [InlineData(255, "192.0.2.2", false, AdvertisementVerdict.Destination)]
    [InlineData(255, "224.0.0.18", true, AdvertisementVerdict.Destination)]
    public void The_envelope_is_judged(byte ttl, string destination, bool unicast, AdvertisementVerdict expected)
    {
        AdvertisementFormat format = Version2 with { Peers = unicast ? [new UnicastPeer(Multicast.Source)] : [] };
        var envelope = new AdvertisementEnvelope(Multicast.Source, RouterAddress.Parse(destination), ttl);
        Assert.Equal(expected, AdvertisementCodec.Decode(Encoded(format, 1), format, envelope, out _, out _));
    }

    [Theory]                       // check_unicast_src, min_ttl, max_ttl
    [InlineData("192.0.2.1", 255, AdvertisementVerdict.Accepted)]
    [InlineData("192.0.2.1", 253, AdvertisementVerdict.Peer)]
    [InlineData("192.0.2.3", 255, AdvertisementVerdict.Peer)]
    public void Only_a_peer_within_its_ttl_limits_is_heard(string source, byte ttl, AdvertisementVerdict expected)
    {
        AdvertisementFormat format = Version2 with { Peers = [new UnicastPeer(Multicast.Source, 254)], CheckSource = true };
        var envelope = new AdvertisementEnvelope(RouterAddress.Parse(source), RouterAddress.Parse("192.0.2.2"), ttl);
        Assert.Equal(expected, AdvertisementCodec.Decode(Encoded(format, 1), format, envelope, out _, out _));
    }

    [Theory]                       // v3_checksum_as_v2: send without pseudo header, accept both; otherwise only with
    [InlineData(false, false, AdvertisementVerdict.Accepted)]
    [InlineData(true, false, AdvertisementVerdict.Checksum)]
    [InlineData(false, true, AdvertisementVerdict.Accepted)]
    [InlineData(true, true, AdvertisementVerdict.Accepted)]
    public void Version_3_checksums(bool senderPlain, bool receiverPlain, AdvertisementVerdict expected)
    {
        byte[] message = Encoded(Version3 with { ChecksumAsVersion2 = senderPlain }, 101);
        AdvertisementFormat receiver = Version3 with { ChecksumAsVersion2 = receiverPlain };
        Assert.Equal(expected, AdvertisementCodec.Decode(message, receiver, Multicast, out _, out _));
    }

    [Fact]
    public void Another_address_list_or_interval_is_accepted_and_noted()
    {
        AdvertisementFormat other = Version3 with { Addresses = [RouterAddress.Parse("192.0.2.101")], AdverInterval = TimeSpan.FromSeconds(40.95) };
        Assert.Equal(
            AdvertisementVerdict.Accepted,
            AdvertisementCodec.Decode(Encoded(other, 7), Version3, Multicast, out Advertisement heard, out AdvertisementNotes notes));
        Assert.Equal(AdvertisementNotes.AddressesDiffer | AdvertisementNotes.IntervalDiffers, notes);
        Assert.Equal(new Advertisement(Multicast.Source, 7, TimeSpan.FromSeconds(40.95)), heard);
    }

    [Fact]
    public void What_was_encoded_is_decoded_again()
    {
        Prop.ForAll(Formats().ToArbitrary(), ArbMap.Default.ArbFor<byte>(), (format, priority) =>
        {
            byte[] message = Encoded(format, priority);
            AdvertisementVerdict verdict = AdvertisementCodec.Decode(message, format, Multicast, out Advertisement heard, out AdvertisementNotes notes);
            return verdict == AdvertisementVerdict.Accepted && notes == AdvertisementNotes.None
                && heard == new Advertisement(Multicast.Source, priority, format.AdverInterval);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var random = new System.Random(51);
        byte[] valid = Encoded(Version2, 101);
        for (int round = 0; round < 200_000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
            {
                bytes = [.. valid];
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                bytes = bytes[..random.Next(bytes.Length + 1)];
            }

            AdvertisementCodec.Decode(bytes, round % 3 == 0 ? Version3 : Version2, Multicast, out _, out _);
            if (AdvertisementCodec.TryReadIPv4(bytes, out _, out ReadOnlySpan<byte> message))
            {
                Assert.True(message.Length <= bytes.Length);
            }
        }
    }

    [Fact]
    public void An_ip_datagram_is_split_by_its_own_lengths()
    {
        byte[] message = Encoded(Version2, 101);
        byte[] datagram =
        [
            0x46, 0xC0, 0, (byte)(24 + message.Length), 0, 0, 0, 0, 255, 112, 0, 0, 192, 0, 2, 1, 224, 0, 0, 18, 0x94, 4, 0, 0,
            .. message, 0, 0, 0, 0,                              // padding of a short Ethernet frame
        ];
        Assert.True(AdvertisementCodec.TryReadIPv4(datagram, out AdvertisementEnvelope envelope, out ReadOnlySpan<byte> read));
        Assert.Equal((Multicast, Convert.ToHexString(message)), (envelope, Convert.ToHexString(read)));
        datagram[9] = 17;
        Assert.False(AdvertisementCodec.TryReadIPv4(datagram, out _, out _));
    }

    [Fact]
    public void Encoding_and_decoding_allocate_nothing()
    {
        byte[] buffer = new byte[AdvertisementCodec.MaximumLength];
        Allocations.None(() =>
        {
            for (int round = 0; round < 1_000; round++)
            {
                int length = AdvertisementCodec.Encode(buffer, Version2, 100, Multicast);
                AdvertisementCodec.Decode(buffer.AsSpan(0, length), Version2, Multicast, out _, out _);
            }
        });
    }

    private static byte[] Encoded(AdvertisementFormat format, byte priority)
    {
        byte[] buffer = new byte[AdvertisementCodec.MaximumLength];
        return buffer[..AdvertisementCodec.Encode(buffer, format, priority, Multicast)];
    }

    private static Gen<AdvertisementFormat> Formats() =>
        from version in Gen.Elements<byte>(2, 3)
        from vrid in Gen.Choose(1, 255)
        from interval in version == 2 ? Gen.Choose(1, 255).Select(s => s * 100) : Gen.Choose(1, 4095)
        from addresses in Gen.Choose(0, int.MaxValue).Select(a => new RouterAddress((uint)a)).ListOf().Where(list => list.Count <= 255)
        from authenticated in Gen.Elements(true, false)
        select new AdvertisementFormat
        {
            Vrid = (byte)vrid,
            Version = version,
            AdverInterval = TimeSpan.FromMilliseconds(10 * interval),
            Addresses = [.. addresses],
            Password = authenticated && version == 2 ? [.. "password"u8] : [],
        };
}
