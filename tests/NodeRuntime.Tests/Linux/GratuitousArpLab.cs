using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Arp;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class GratuitousArpLab
{
    private const int LimitMs = 10_000;

    [LabFact]
    public void The_other_end_of_the_wire_sees_every_frame_of_a_burst()
    {
        (NetworkNamespace left, NetworkNamespace right) = NetworkNamespace.Pair();
        using NetworkNamespace leftEnd = left;
        using NetworkNamespace rightEnd = right;
        using SafeDescriptor capture = right.Run(() => OpenCapture(right.IndexOf("right")));
        using GratuitousArpSocket socket = left.Run(() => new GratuitousArpSocket());
        using var batch = new SendBatch(capacity: 20, GratuitousArpFrame.Length);
        int index = left.IndexOf("left");
        var first = RouterAddress.Parse("192.0.2.100");
        while (!batch.IsFull)
        {
            Assert.True(GratuitousArpSocket.TryAdd(batch, index, GratuitousArpTests.Sender, new RouterAddress(first.IPv4 + (uint)batch.Count)));
        }

        Assert.False(GratuitousArpSocket.TryAdd(batch, index, GratuitousArpTests.Sender, first));
        Assert.Equal(0, socket.Flush(batch));
        Assert.StartsWith(GratuitousArpTests.GoldenFrame, Convert.ToHexString(ReadFrame(capture)), StringComparison.Ordinal);
        for (uint i = 1; i < 20; i++)
        {
            Assert.Equal(new RouterAddress(first.IPv4 + i), RouterAddress.FromIPv4(ReadFrame(capture).AsSpan(28)));
        }
    }

    [LabFact]
    public void A_neighbour_learns_the_new_hardware_address()
    {
        (NetworkNamespace left, NetworkNamespace right) = NetworkNamespace.Pair();
        using NetworkNamespace leftEnd = left;
        using NetworkNamespace rightEnd = right;
        right.Ip("neigh add 10.51.0.100 lladdr 02:00:00:00:00:01 dev right nud stale");
        using SafeDescriptor capture = right.Run(() => OpenCapture(right.IndexOf("right")));
        using GratuitousArpSocket socket = left.Run(() => new GratuitousArpSocket());
        using var batch = new SendBatch(capacity: 1, GratuitousArpFrame.Length);
        GratuitousArpSocket.TryAdd(batch, left.IndexOf("left"), GratuitousArpTests.Sender, RouterAddress.Parse("10.51.0.100"));
        Assert.Equal(0, socket.Flush(batch));
        ReadFrame(capture);
        Assert.Contains("lladdr 00:00:5e:00:01:33", right.Ip("neigh show 10.51.0.100"), StringComparison.Ordinal);
    }

    [LabFact]
    public void An_interface_that_does_not_exist_is_an_error_of_the_frame()
    {
        using var node = new NetworkNamespace();
        using GratuitousArpSocket socket = node.Run(() => new GratuitousArpSocket());
        using var batch = new SendBatch(capacity: 1, GratuitousArpFrame.Length);
        GratuitousArpSocket.TryAdd(batch, interfaceIndex: 9999, GratuitousArpTests.Sender, RouterAddress.Parse("192.0.2.100"));
        Assert.Equal(1, socket.Flush(batch));
        Assert.Equal("ENXIO", Errno.Name(batch.Errors[0]));
    }

    private static SafeDescriptor OpenCapture(int index)
    {
        const int ArpInNetworkOrder = 0x0608;
        SafeDescriptor capture = LibC.OpenSocket(LibC.AF_PACKET, LibC.SOCK_RAW, ArpInNetworkOrder);
        Assert.Equal(0, LibC.TryBind(capture, new PacketAddress(index, GratuitousArpFrame.EtherType)));
        return capture;
    }

    private static unsafe byte[] ReadFrame(SafeDescriptor capture)
    {
        using var epoll = new Epoll();
        epoll.Add(capture, token: 1);
        Assert.True(epoll.Wait(new EpollEvent[1], LimitMs) == 1, "no frame came");
        byte[] frame = new byte[128];
        fixed (byte* pointer = frame)
        {
            return frame[..(int)LibC.read(capture.Number, pointer, (nuint)frame.Length)];
        }
    }
}
