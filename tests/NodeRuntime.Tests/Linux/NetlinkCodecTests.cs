using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class NetlinkCodecTests
{
    [Fact]
    public void An_IPv4_address_request_has_the_golden_bytes()
    {
        var address = new AddressSpec(3, RouterAddress.Parse("192.0.2.1"), 24) { Broadcast = RouterAddress.Parse("192.0.2.255"), Label = "eth0:1" };
        Assert.Equal(
            Hex("""
                4C000000 1400 0506 07000000 00000000
                02 18 00 00 03000000
                0800 0200 C0000201
                0800 0100 C0000201
                0B00 0300 657468303A310000
                0800 0400 C00002FF
                0800 0800 00000000
                0500 0B00 12000000
                """),
            Write((ref NetlinkWriter writer) => RouteMessages.WriteAddress(ref writer, in address, add: true, withOrigin: true, sequence: 7)));
    }

    [Fact]
    public void A_virtual_IPv6_address_skips_duplicate_detection_and_is_deprecated()
    {
        AddressSpec address = AddressSpec.Virtual(3, RouterAddress.Parse("2001:db8::1"), 128);
        Assert.Equal(
            Hex("""
                5C000000 1400 0506 01000000 00000000
                0A 80 02 00 03000000
                1400 0200 20010DB8000000000000000000000001
                1400 0100 20010DB8000000000000000000000001
                1400 0600 00000000 FFFFFFFF 00000000 00000000
                0800 0800 02000000
                """),
            Write((ref NetlinkWriter writer) => RouteMessages.WriteAddress(ref writer, in address, add: true, withOrigin: false, sequence: 1)));
    }

    [Fact]
    public void A_route_request_nests_its_metrics()
    {
        var route = new RouteSpec(RouterAddress.Parse("198.51.100.0"), 24)
        {
            Gateway = RouterAddress.Parse("192.0.2.254"),
            InterfaceIndex = 3,
            Table = 1000,
            Metric = 50,
            PreferredSource = RouterAddress.Parse("192.0.2.1"),
            Mtu = 1400,
        };
        Assert.Equal(
            Hex("""
                58000000 1800 0506 02000000 00000000
                02 18 00 00 FC 12 00 01 00000000
                0800 0100 C6336400
                0800 0500 C00002FE
                0800 0400 03000000
                0800 0700 C0000201
                0800 0600 32000000
                0800 0F00 E8030000
                0C00 0880 0800 0200 78050000
                """),
            Write((ref NetlinkWriter writer) => RouteMessages.WriteRoute(ref writer, in route, add: true, sequence: 2)));
    }

    [Fact]
    public void A_buffer_that_is_too_small_is_our_own_defect() => Assert.Throws<ArgumentOutOfRangeException>(() =>
    {
        var writer = new NetlinkWriter(new byte[20]);
        RouteMessages.WriteDump(ref writer, NetlinkConstants.RTM_GETLINK, sequence: 1);
    });

    [Fact]
    public void A_refusal_carries_the_kernels_own_text()
    {
        byte[] payload = Convert.FromHexString(Hex("EAFFFFFF 24000000 1400 0506 07000000 00000000 0C00 0100 426164206970 0000"));
        string? text = RouteParser.ReadAcknowledgement(payload, NetlinkConstants.NLM_F_CAPPED | NetlinkConstants.NLM_F_ACK_TLVS, out int errno);
        Assert.Equal((22, "Bad ip"), (errno, text));
        Assert.Equal(
            "add 192.0.2.1/24 interface 3: EINVAL (Invalid argument): Bad ip",
            new NetlinkException(errno, text, "add 192.0.2.1/24 interface 3").Message);
    }

    [Fact]
    public void The_message_of_a_bridge_port_is_not_taken_for_the_interface()
    {
        byte[] payload = LinkMessage(family: 7);
        Assert.False(RouteMonitor.TryInterpret(NetlinkConstants.RTM_DELLINK, payload, out _));
        Assert.True(RouteMonitor.TryInterpret(NetlinkConstants.RTM_DELLINK, LinkMessage(family: 0), out RouteChange change));
        Assert.Equal((RouteChangeKind.LinkRemoved, "eth0"), (change.Kind, change.Link.Name));
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
            foreach (ushort type in (ReadOnlySpan<ushort>)[16, 17, 20, 21, 2, 3])
            {
                RouteMonitor.TryInterpret(type, bytes, out _);
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Mutated_messages_are_read_without_an_exception(int seed)
    {
        var random = new Random(seed);
        byte[][] originals = [Whole(16, LinkMessage(family: 0)), Whole(20, AddressMessage()), [.. Whole(16, LinkMessage(0)), .. Whole(21, AddressMessage())]];
        for (int i = 0; i < 100_000; i++)
        {
            byte[] mutant = [.. originals[i % originals.Length]];
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            ReadAll(mutant.AsSpan(0, random.Next(mutant.Length + 1)));
        }
    }

    [Fact]
    public void Whole_messages_are_read_in_order()
    {
        byte[] both = [.. Whole(16, LinkMessage(0)), .. Whole(21, AddressMessage())];
        Assert.Equal(2, ReadAll(both));
    }

    private delegate void WriteAction(ref NetlinkWriter writer);

    private static string Write(WriteAction write)
    {
        var writer = new NetlinkWriter(new byte[RouteMessages.LargestBytes]);
        write(ref writer);
        return Convert.ToHexString(writer.Written);
    }

    private static int ReadAll(ReadOnlySpan<byte> datagram)
    {
        int understood = 0;
        var reader = new NetlinkReader(datagram);
        while (reader.MoveNext())
        {
            understood += RouteMonitor.TryInterpret(reader.Type, reader.Payload, out _) ? 1 : 0;
            RouteParser.ReadAcknowledgement(reader.Payload, reader.Flags, out _);
        }

        return understood;
    }

    private static byte[] Whole(ushort type, byte[] payload)
    {
        var writer = new NetlinkWriter(new byte[512]);
        using (writer.Message(type, flags: 0, sequence: 0))
        {
            foreach (byte[] word in payload.Chunk(4))
            {
                writer.Fixed(MemoryMarshal.Read<uint>(word));
            }
        }

        return writer.Written.ToArray();
    }

    private static byte[] LinkMessage(byte family) => Convert.FromHexString(
        $"{family:X2}000100 03000000 43100100 00000000" // ifinfomsg
            .Replace(" ", "", StringComparison.Ordinal)
        + Hex("0900 0300 6574683000 000000 0A00 0100 00005E000133 0000 0500 1000 06 000000 1000 1280 0900 0100 7665746800 000000"));

    private static byte[] AddressMessage() => Convert.FromHexString(
        Hex("02188000 03000000 0800 0200 C0000201 0800 0100 C0000201 0800 0800 80000000 0500 0B00 12 000000"));

    private static string Hex(string text) =>
        text.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
}
