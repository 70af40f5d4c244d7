using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Arp;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class GratuitousArpTests
{
    /// <summary>Destination, source, type; Ethernet, IPv4, lengths, request; sender; target.</summary>
    internal const string GoldenFrame =
        "FFFFFFFFFFFF" + "00005E000133" + "0806" + "0001" + "0800" + "0604" + "0001" + "00005E000133" + "C0000264" + "FFFFFFFFFFFF" + "C0000264";

    internal static readonly MacAddress Sender = new(0x0000_5E00_0133);

    [Fact]
    public void The_frame_has_the_golden_bytes()
    {
        byte[] frame = new byte[GratuitousArpFrame.Length];
        GratuitousArpFrame.Write(frame, Sender, RouterAddress.Parse("192.0.2.100"));
        Assert.Equal(GoldenFrame, Convert.ToHexString(frame));
    }

    [Fact]
    public void A_hardware_address_survives_the_way_to_bytes_and_back()
    {
        byte[] bytes = new byte[MacAddress.Length];
        Sender.Write(bytes);
        Assert.Equal(Sender, MacAddress.Read(bytes));
        Assert.Equal("00:00:5e:00:01:33", Sender.ToString());
    }
}
