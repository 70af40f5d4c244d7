using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Vrrp;

public sealed class AdvertisementComplaintTests
{
    private static readonly AdvertisementFormat Format = new() { Vrid = 51, Version = 2, AdverInterval = TimeSpan.FromSeconds(1) };

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 40).Select(seed => new TheoryDataRow<int>(seed));

    [Theory]                                                     // what is wrong, the value seen, what is allowed
    [InlineData(AdvertisementVerdict.Length, "length 20 does not fit its count of addresses")]
    [InlineData(AdvertisementVerdict.Ttl, "TTL 64, allowed 255")]
    [InlineData(AdvertisementVerdict.Version, "version 3, ours 2")]
    [InlineData(AdvertisementVerdict.Type, "type 2, allowed 1")]
    [InlineData(AdvertisementVerdict.Vrid, "virtual router 52, ours 51")]
    [InlineData(AdvertisementVerdict.AuthenticationType, "authentication type 1, ours 0")]
    [InlineData(AdvertisementVerdict.AuthenticationFailed, "the password differs from ours")]
    [InlineData(AdvertisementVerdict.AdverInterval, "advertisement interval 5 s, ours 1 s")]
    [InlineData(AdvertisementVerdict.Checksum, "wrong checksum")]
    [InlineData(AdvertisementVerdict.Destination, "sent to 192.0.2.1, but no unicast peers are configured")]
    [InlineData(AdvertisementVerdict.Peer, "from 192.0.2.2 with TTL 64, which is no configured peer or outside its TTL limits")]
    public void What_is_wrong_is_said_with_the_value_seen(AdvertisementVerdict verdict, string complaint)
    {
        byte[] message = [0x32, 52, 100, 1, 1, 5, 0, 0, 192, 0, 2, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(complaint, AdvertisementComplaint.Of(verdict, Format, Envelope(), message));
    }

    [Fact]
    public void With_peers_or_in_version_3_it_says_what_is_allowed_there()
    {
        Assert.Equal(
            "sent to the group 192.0.2.1, but unicast peers are configured",
            AdvertisementComplaint.Of(AdvertisementVerdict.Destination, Format with { Peers = [new UnicastPeer(RouterAddress.Parse("192.0.2.2"))] }, Envelope(), new byte[8]));
        Assert.Equal(
            "advertisement interval 0, allowed 0.01 to 40.95 s",
            AdvertisementComplaint.Of(AdvertisementVerdict.AdverInterval, Format with { Version = 3 }, Envelope(), new byte[8]));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Whatever_the_codec_rejects_can_be_complained_of(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++)
        {
            byte[] message = new byte[random.Next(60)];
            random.NextBytes(message);
            if (message.Length > 1 && random.Next(2) == 0)
            {
                (message[0], message[1]) = ((byte)(random.Next(2) == 0 ? 0x21 : 0x31), 51);
            }

            var envelope = new AdvertisementEnvelope(new RouterAddress((uint)random.Next()), new RouterAddress((uint)random.Next()), (byte)(random.Next(2) == 0 ? 255 : random.Next(256)));
            AdvertisementFormat format = Format with { Version = (byte)random.Next(2, 4), Password = random.Next(2) == 0 ? [] : [1, 2, 3, 4, 5, 6, 7, 8] };
            AdvertisementVerdict verdict = AdvertisementCodec.Decode(message, format, in envelope, out _, out _);
            Assert.NotEmpty(AdvertisementComplaint.Of(verdict, format, in envelope, message));
        }
    }

    private static AdvertisementEnvelope Envelope() => new(RouterAddress.Parse("192.0.2.2"), RouterAddress.Parse("192.0.2.1"), 64);
}
