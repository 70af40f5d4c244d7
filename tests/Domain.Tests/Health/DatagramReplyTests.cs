using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.Domain.Tests.Health;

public sealed class DatagramReplyTests
{
    [Theory]                                                     // keepalived.conf(5), UDP_CHECK: reply, wanted, mask, lengths
    [InlineData("0102", "", "", 0, 255, null)]
    [InlineData("", "", "", 0, 255, null)]
    [InlineData("0102", "0102", "FFFF", 0, 255, null)]
    [InlineData("01", "0102", "FFFF", 0, 255, null)]             // as far as both reach
    [InlineData("010203", "0102", "FFFF", 0, 255, null)]
    [InlineData("0142", "01F2", "FF0F", 0, 255, null)]           // an X
    [InlineData("0142", "0103", "FF0F", 0, 255, "reply has 42 at byte 1, wanted X3")]
    [InlineData("0142", "0152", "FFF0", 0, 255, "reply has 42 at byte 1, wanted 5X")]
    [InlineData("0102", "", "", 3, 255, "reply of 2 bytes, wanted 3 to 255")]
    [InlineData("0102", "", "", 0, 1, "reply of 2 bytes, wanted 0 to 1")]
    public void A_udp_reply_is_judged(string reply, string wanted, string mask, int minimum, int maximum, string? complaint) =>
        Assert.Equal(complaint, UdpReply.Complaint(Hex(reply), Hex(wanted), Hex(mask), minimum, maximum));

    [Theory]
    [InlineData(false, 8)]                                       // RFC 792
    [InlineData(true, 128)]                                      // RFC 4443 section 4.1
    public void An_echo_request_has_type_id_sequence_and_a_right_checksum(bool isIPv6, byte type)
    {
        byte[] request = Request(isIPv6);
        Assert.Equal(type, request[0]);
        Assert.Equal("ABCD0007", Convert.ToHexString(request[4..8]));
        Assert.True(isIPv6 || EchoCodec.Checksum(request) == 0);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 129)]
    public void Only_the_reply_with_our_id_sequence_and_cookie_is_ours(bool isIPv6, byte type)
    {
        byte[] reply = Request(isIPv6);
        Assert.False(EchoCodec.IsReply(reply, isIPv6, false, 0xABCD, 7, 42));                       // the request itself, as loopback shows it
        reply[0] = type;
        Assert.True(EchoCodec.IsReply(reply, isIPv6, false, 0xABCD, 7, 42));
        Assert.True(EchoCodec.IsReply(reply, isIPv6, false, null, 7, 42));
        Assert.False(EchoCodec.IsReply(reply, isIPv6, false, 0xABCE, 7, 42));
        Assert.False(EchoCodec.IsReply(reply, isIPv6, false, null, 8, 42));
        Assert.False(EchoCodec.IsReply(reply, isIPv6, false, null, 7, 43));
        Assert.True(EchoCodec.IsReply([0x46, .. new byte[23], .. reply], isIPv6, true, null, 7, 42)); // a header of 24 bytes (RFC 791 section 3.1)
    }

    [Fact]
    public void Checksums_are_those_of_RFC_1071() => Assert.Equal(unchecked((ushort)~0xDDF2), EchoCodec.Checksum(Hex("0001F203F4F5F6F7")));   // section 3

    [Fact]
    public void Any_bytes_are_no_reply_and_no_exception()
    {
        for (int seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            Assert.False(EchoCodec.IsReply(bytes, seed % 2 == 0, seed % 3 == 0, null, 7, 42), $"seed {seed}");
        }
    }

    private static byte[] Request(bool isIPv6)
    {
        byte[] request = new byte[EchoCodec.Length];
        EchoCodec.WriteRequest(request, isIPv6, 0xABCD, 7, 42);
        return request;
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
