using System.Buffers.Binary;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class IpvsParserTests
{
    /// <summary>As Linux 6.1 answers; statistics shortened.</summary>
    private static readonly byte[] _service = Bytes(
        """
        01 01 0000
        6C00 0180
            0600 0100 0200 0000
            0600 0200 0600 0000
            1400 0300 C0000201 000000000000000000000000
            0600 0400 0050 0000
            0700 0600 736800 00
            0800 0B00 73697000
            0C00 0700 1B000000 FFFFFFFF
            0800 0800 2C010000
            0800 0900 FFFFFF00
            1000 0C80 0C00 0100 0700000000000000
        """);

    private static readonly byte[] _destination = Bytes(
        """
        05 01 0000
        6800 0280
            1400 0100 20010DB8000000000000000000000009
            0600 0200 0050 0000
            0600 0B00 0A00 0000
            0800 0300 02000000
            0800 0400 0A000000
            0500 0D00 01 000000
            0600 0E00 17C0 0000
            0600 0F00 0200 0000
            0800 0700 03000000
            1000 0C80 0C00 0500 0800000000000001
        """);

    private static readonly byte[] _daemon = Bytes(
        "09 01 0000 2000 0380 0800 0100 01000000 0900 0200 6574683000 000000 0800 0300 33000000");

    [Fact]
    public void A_service_is_read_without_the_kernels_own_flag()
    {
        Assert.True(IpvsParser.TryReadService(_service, out ServiceKey key, out ServiceOptions options, out IpvsStatistics statistics));
        Assert.Equal(ServiceKey.OfAddress(LvsProtocol.Tcp, RouterAddress.Parse("192.0.2.1"), 80), key);
        const ServiceTraits Traits = ServiceTraits.Persistent | ServiceTraits.Scheduler1 | ServiceTraits.Scheduler2;
        Assert.Equal(new ServiceOptions("sh", Traits, 300, 24, "sip"), options);
        Assert.Equal(new IpvsStatistics { Connections = 7 }, statistics);
    }

    [Fact]
    public void A_destination_of_another_family_is_read_with_its_tunnel()
    {
        Assert.True(IpvsParser.TryReadDestination(_destination, serviceIsIPv6: false, out IpvsDestination destination));
        Assert.Equal(new DestinationKey(RouterAddress.Parse("2001:db8::9"), 80), destination.Key);
        var gue = new Forwarding(ForwardingMethod.Tunnel, TunnelType.Gue, 6080, TunnelChecksum.Remote);
        Assert.Equal(new DestinationOptions(gue, 10), destination.Options);
        Assert.Equal((3u, 0u), (destination.ActiveConnections, destination.InactiveConnections));
        Assert.Equal(0x0100_0000_0000_0008ul, destination.Statistics.OutgoingBytes);
    }

    [Fact]
    public void What_lacks_its_name_is_not_taken()
    {
        Assert.False(IpvsParser.TryReadService(Bytes("01 01 0000 0C00 0180 0600 0100 0200 0000"), out _, out _, out _));
        byte[] withoutScheduler = Bytes("01 01 0000 1400 0180 0600 0100 0200 0000 0800 0500 01000000");
        Assert.False(IpvsParser.TryReadService(withoutScheduler, out _, out _, out _));
        Assert.False(IpvsParser.TryReadDestination(Bytes("05 01 0000 0C00 0280 0600 0200 0050 0000"), serviceIsIPv6: false, out _));
        Assert.False(IpvsParser.TryReadDaemon(Bytes("09 01 0000"), out _));
        Assert.False(IpvsParser.TryReadVersion([], out _));
        Assert.False(IpvsParser.TryReadFamily([], out _));
        Assert.False(IpvsParser.TryReadTimeouts([], out _));
    }

    [Fact]
    public void A_service_of_a_protocol_that_we_do_not_know_is_not_taken()
    {
        byte[] other = [.. _service];
        other[20] = 50; // ESP
        Assert.False(IpvsParser.TryReadService(other, out _, out _, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_bytes_are_read_without_an_exception(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            ReadAll(bytes);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Mutated_answers_end_with_a_netlink_exception_at_most(int seed)
    {
        var random = new Random(seed);
        byte[][] originals =
        [
            Answer(0x21, _service), Answer(0x21, _destination), Answer(0x21, _daemon),
            [.. Answer(0x21, _service), .. Answer(NetlinkConstants.NLMSG_DONE, new byte[4])],
            Answer(NetlinkConstants.NLMSG_ERROR, Bytes("FEFFFFFF 10000000 2100 0500 07000000 00000000")),
        ];
        for (int i = 0; i < 100_000; i++)
        {
            byte[] mutant = [.. originals[i % originals.Length]];
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            try
            {
                bool torn = false;
                NetlinkAnswer.Take(mutant.AsSpan(0, random.Next(mutant.Length + 1)), sequence: 7, "read", ReadAll, ref torn);
            }
            catch (NetlinkException)
            {
            }
        }
    }

    [Fact]
    public void An_answer_ends_with_its_last_message_and_other_requests_are_passed_over()
    {
        int messages = 0;
        bool torn = false;
        Assert.Equal(NetlinkAnswer.Progress.Open, Take(Answer(0x21, _service)));
        Assert.Equal(NetlinkAnswer.Progress.Complete, Take(Answer(NetlinkConstants.NLMSG_DONE, new byte[4])));
        Assert.Equal(NetlinkAnswer.Progress.Open, Take(Answer(NetlinkConstants.NLMSG_DONE, new byte[4], sequence: 6)));
        Assert.Equal(NetlinkAnswer.Progress.Complete, Take(Answer(NetlinkConstants.NLMSG_ERROR, new byte[20])));
        NetlinkException refusal = Assert.Throws<NetlinkException>(() => Take(Answer(NetlinkConstants.NLMSG_DONE, Bytes("FDFFFFFF"))));
        Assert.Equal((1, 3, "read: ESRCH (No such process)"), (messages, refusal.NativeErrorCode, refusal.Message));

        NetlinkAnswer.Progress Take(byte[] datagram) => NetlinkAnswer.Take(datagram, 7, "read", _ => messages++, ref torn);
    }

    private static void ReadAll(ReadOnlySpan<byte> payload)
    {
        IpvsParser.TryReadService(payload, out _, out _, out _);
        IpvsParser.TryReadDestination(payload, serviceIsIPv6: false, out _);
        IpvsParser.TryReadDestination(payload, serviceIsIPv6: true, out _);
        IpvsParser.TryReadDaemon(payload, out _);
        IpvsParser.TryReadVersion(payload, out _);
        IpvsParser.TryReadTimeouts(payload, out _);
        IpvsParser.TryReadFamily(payload, out _);
    }

    private static byte[] Answer(ushort type, byte[] payload, uint sequence = 7)
    {
        byte[] message = new byte[NetlinkWriter.HeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), type);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), sequence);
        payload.CopyTo(message, NetlinkWriter.HeaderBytes);
        return message;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(char.IsAsciiHexDigit)));
}
