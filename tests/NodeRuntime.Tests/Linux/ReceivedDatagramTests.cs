using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class ReceivedDatagramTests
{
    private const string Header = "46C0 0020 1234 0000 FF70 0000 0A330001 E0000012 94040000"; // with one word of options
    private const string PacketInfo = "1C00000000000000 00000000 08000000 07000000 0A330002 E0000012 00000000";

    [Fact]
    public void The_payload_starts_after_the_options()
    {
        ReceivedDatagram datagram = Read(Header + "2133640100010000", PacketInfo);
        Assert.Equal("2133640100010000", Convert.ToHexString(datagram.Payload));
        Assert.Equal((RouterAddress.Parse("10.51.0.1"), VrrpEndpoint.DefaultGroup4), (datagram.Source, datagram.Destination));
        Assert.Equal((255, 32, 7), (datagram.Ttl, datagram.TotalLength, datagram.InterfaceIndex));
    }

    [Fact]
    public void Of_a_UDP_socket_source_destination_and_TTL_come_beside_the_datagram()
    {
        const string Ttl = "1400000000000000 00000000 02000000 FE000000 00000000";               // IP_TTL 254, padded to 8 bytes
        ReceivedDatagram datagram = ReceivedDatagram.ReadUdp(LibC.AF_INET, Hex("2040"), Hex("0200C000 0A330002 0000000000000000"), Hex(Ttl + PacketInfo), truncated: false);
        Assert.Equal("2040", Convert.ToHexString(datagram.Payload));
        Assert.Equal((RouterAddress.Parse("10.51.0.2"), RouterAddress.Parse("224.0.0.18"), 254, 7), (datagram.Source, datagram.Destination, datagram.Ttl, datagram.InterfaceIndex));
    }

    [Theory]
    [InlineData("")]
    [InlineData("45C0")]
    [InlineData("44C0 0020 1234 0000 FF70 0000 0A330001 E0000012")] // header of 16 bytes
    [InlineData("46C0 0020 1234 0000 FF70 0000 0A330001 E0000012")] // longer than the datagram
    [InlineData("65C0 0020 1234 0000 FF70 0000 0A330001 E0000012")] // version 6
    public void A_broken_header_leaves_no_payload(string bytes)
    {
        ReceivedDatagram datagram = Read(bytes, PacketInfo);
        Assert.True(datagram.Payload.IsEmpty);
        Assert.Equal((RouterAddress.None, 7), (datagram.Source, datagram.InterfaceIndex));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_bytes_are_read_without_an_exception(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = Bytes(random, 64);
            byte[] control = i % 2 == 0 ? Bytes(random, 128) : Mutate(random, Hex(PacketInfo + PacketInfo));
            byte[] name = Bytes(random, 32);
            foreach (int family in (ReadOnlySpan<int>)[LibC.AF_INET, LibC.AF_INET6])
            {
                ReceivedDatagram datagram = ReceivedDatagram.Read(family, bytes, name, control, truncated: false);
                Assert.True(datagram.Payload.Length <= bytes.Length);
                Assert.True(ReceivedDatagram.ReadUdp(family, bytes, name, control, truncated: false).Payload.SequenceEqual(bytes));
            }
        }
    }

    private static ReceivedDatagram Read(string bytes, string control) =>
        ReceivedDatagram.Read(LibC.AF_INET, Hex(bytes), [], Hex(control), truncated: false);

    private static byte[] Bytes(Random random, int limit)
    {
        byte[] bytes = new byte[random.Next(limit + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes[..random.Next(bytes.Length + 1)];
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
