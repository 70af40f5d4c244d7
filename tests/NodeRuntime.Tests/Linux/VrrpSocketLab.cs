using System.Diagnostics;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class VrrpSocketLab : IDisposable
{
    private const int LimitMs = 10_000;
    private static readonly byte[] _packet = Convert.FromHexString("2133640100010000C0000264");
    private static readonly RouterAddress _leftAddress = RouterAddress.Parse("10.51.0.1");
    private static readonly RouterAddress _rightAddress = RouterAddress.Parse("10.51.0.2");
    private readonly NetworkNamespace _left;
    private readonly NetworkNamespace _right;
    private readonly SendBatch _batch = new(capacity: 8, payloadLimit: 64);
    private readonly ReceiveBatch _received = new();

    public VrrpSocketLab() => (_left, _right) = LabRequirements.Missing() is null || LabRequirements.IsMandatory
        ? NetworkNamespace.Pair()
        : (null!, null!);

    [LabFact]
    public void A_multicast_packet_arrives_as_VRRP_demands_it()
    {
        using VrrpReceiveSocket receiver = OpenReceiver(_right, Multicast(_right, "right", _rightAddress));
        using VrrpReceiveSocket own = OpenReceiver(_left, Multicast(_left, "left", _leftAddress));
        using VrrpSendSocket sender = OpenSender(_left, Multicast(_left, "left", _leftAddress));
        Assert.Equal(0, Send(sender, VrrpEndpoint.DefaultGroup4, VrrpEndpoint.DefaultGroup4, VrrpEndpoint.DefaultGroup4));
        Await(receiver, 3);
        for (int i = 0; i < 3; i++)
        {
            ReceivedDatagram datagram = _received[i];
            Assert.Equal(_packet, datagram.Payload.ToArray());
            Assert.Equal((_leftAddress, VrrpEndpoint.DefaultGroup4, 255), (datagram.Source, datagram.Destination, datagram.Ttl));
            Assert.Equal((20 + _packet.Length, _right.IndexOf("right"), false), (datagram.TotalLength, datagram.InterfaceIndex, datagram.IsTruncated));
            Assert.Equal(0xC0, datagram.Bytes[1]);             // TOS: network control
            Assert.Equal(0, datagram.Bytes[6] & 0x40);         // DF clear
            Assert.NotEqual(0, datagram.Bytes[4] | datagram.Bytes[5]); // identification
            Assert.Equal(112, datagram.Bytes[9]);
        }

        Assert.Equal(0, _received.Receive(own)); // no loop back: the other end has it, so ours would have it too
        Assert.Equal(0, _received.LastError);
    }

    [LabFact("tcpdump")]
    public void Another_program_reads_the_packet_on_the_wire_as_VRRP()
    {
        using Process capture = _right.Run(() => Process.Start(new ProcessStartInfo("tcpdump", "--immediate-mode -i right -n -v -c 1 proto 112")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        while (capture.StandardError.ReadLine()?.Contains("listening on", StringComparison.Ordinal) == false)
        {
        }

        using VrrpSendSocket sender = OpenSender(_left, Multicast(_left, "left", _leftAddress));
        Assert.Equal(0, Send(sender, VrrpEndpoint.DefaultGroup4));
        string seen = capture.StandardOutput.ReadToEnd();
        Assert.Contains("tos 0xc0, ttl 255", seen, StringComparison.Ordinal);
        Assert.Contains("flags [none], proto VRRP (112), length 32", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("id 0,", seen, StringComparison.Ordinal);
        Assert.Contains("10.51.0.1 > 224.0.0.18", seen, StringComparison.Ordinal);
        Assert.Contains("vrid 51, prio 100", seen, StringComparison.Ordinal);
    }

    [LabFact]
    public void Each_receiver_hears_its_own_destination_only()
    {
        using VrrpReceiveSocket group = OpenReceiver(_right, Multicast(_right, "right", _rightAddress));
        using VrrpReceiveSocket unicast = OpenReceiver(_right, Unicast("right", _right, _rightAddress));
        using VrrpSendSocket toGroup = OpenSender(_left, Multicast(_left, "left", _leftAddress));
        using VrrpSendSocket toPeer = OpenSender(_left, Unicast("left", _left, _leftAddress));
        Send(toGroup, VrrpEndpoint.DefaultGroup4);
        Send(toPeer, _rightAddress);
        Await(group, 1);
        Assert.Equal(VrrpEndpoint.DefaultGroup4, _received[0].Destination);
        Await(unicast, 1);
        Assert.Equal((_leftAddress, _rightAddress, 255), (_received[0].Source, _received[0].Destination, _received[0].Ttl));
        Assert.Equal(0, _received.Receive(group));
        Assert.Equal(0, _received.Receive(unicast));
    }

    [LabFact]
    public void A_packet_that_fails_does_not_hold_up_the_rest()
    {
        var anywhere = new VrrpEndpoint(null, 0, _leftAddress, RouterAddress.None);
        using VrrpReceiveSocket receiver = OpenReceiver(_right, Unicast("right", _right, _rightAddress));
        using VrrpSendSocket sender = OpenSender(_left, anywhere);
        var unreachable = RouterAddress.Parse("203.0.113.1");
        Assert.Equal(3, Send(sender, unreachable, _rightAddress, unreachable, _rightAddress, unreachable));
        Assert.Equal([Errno.ENETUNREACH, 0, Errno.ENETUNREACH, 0, Errno.ENETUNREACH], _batch.Errors.ToArray());
        Await(receiver, 2);
    }

    [LabFact]
    public void An_interface_that_is_down_is_an_error_of_the_packet()
    {
        using VrrpSendSocket sender = OpenSender(_left, Multicast(_left, "left", _leftAddress));
        _left.Ip("link set left down");
        Assert.Equal(1, Send(sender, VrrpEndpoint.DefaultGroup4));
        Assert.Contains(_batch.Errors[0], (int[])[Errno.ENETDOWN, Errno.ENETUNREACH]);
        _left.Ip("link set left up");
        _left.AwaitRunning("left");
        Assert.Equal(0, Send(sender, VrrpEndpoint.DefaultGroup4));
    }

    [LabFact]
    public void A_sender_follows_the_source_address()
    {
        using VrrpReceiveSocket receiver = OpenReceiver(_right, Multicast(_right, "right", _rightAddress));
        using VrrpSendSocket sender = OpenSender(_left, Multicast(_left, "left", _leftAddress));
        var other = RouterAddress.Parse("10.51.0.11");
        Assert.Equal(Errno.EADDRNOTAVAIL, sender.SetSource(other));
        _left.Ip("addr add 10.51.0.11/24 dev left");
        Assert.Equal(0, sender.SetSource(other));
        Send(sender, VrrpEndpoint.DefaultGroup4);
        Await(receiver, 1);
        Assert.Equal(other, _received[0].Source);
    }

    [LabFact]
    public void A_receiver_rejoins_after_the_link_came_back_and_knows_when_the_interface_is_gone()
    {
        using VrrpReceiveSocket receiver = OpenReceiver(_right, Multicast(_right, "right", _rightAddress));
        using VrrpSendSocket sender = OpenSender(_left, Multicast(_left, "left", _leftAddress));
        _right.Ip("link set right down");
        _right.Ip("link set right up");
        _left.AwaitRunning("left");
        _right.AwaitRunning("right");
        Assert.Equal(0, receiver.Rejoin());
        Send(sender, VrrpEndpoint.DefaultGroup4);
        Await(receiver, 1);
        _right.Ip("link del right");
        Assert.Equal(Errno.ENODEV, receiver.Rejoin());
    }

    [LabFact]
    public void IPv6_multicast_arrives_with_hop_limit_255_and_the_kernels_checksum()
    {
        _left.Ip("addr add fe80::51:1/64 dev left nodad");
        _right.Ip("addr add fe80::51:2/64 dev right nodad");
        var source = RouterAddress.Parse("fe80::51:1");
        var receiverEnd = new VrrpEndpoint("right", _right.IndexOf("right"), RouterAddress.Parse("fe80::51:2"), VrrpEndpoint.DefaultGroup6);
        var senderEnd = new VrrpEndpoint("left", _left.IndexOf("left"), source, VrrpEndpoint.DefaultGroup6);
        using VrrpReceiveSocket receiver = OpenReceiver(_right, receiverEnd);
        using VrrpSendSocket sender = OpenSender(_left, senderEnd);
        Assert.Equal(0, Send(sender, VrrpEndpoint.DefaultGroup6));
        Await(receiver, 1);
        ReceivedDatagram datagram = _received[0];
        Assert.Equal((source, VrrpEndpoint.DefaultGroup6, 255), (datagram.Source, datagram.Destination, datagram.Ttl));
        Assert.Equal((_packet.Length, _right.IndexOf("right"), true), (datagram.Payload.Length, datagram.InterfaceIndex, datagram.IsIPv6));
        Assert.NotEqual(0, datagram.Payload[6] | datagram.Payload[7]);
    }

    [LabFact]
    public void A_missing_interface_or_source_is_named()
    {
        var nowhere = new VrrpEndpoint("absent0", 99, _leftAddress, VrrpEndpoint.DefaultGroup4);
        System.ComponentModel.Win32Exception missing = Assert.Throws<System.ComponentModel.Win32Exception>(() => OpenReceiver(_left, nowhere));
        Assert.Equal("set SO_BINDTODEVICE absent0: ENODEV (No such device)", missing.Message);
        VrrpEndpoint foreign = Unicast("left", _left, _rightAddress);
        System.ComponentModel.Win32Exception refused = Assert.Throws<System.ComponentModel.Win32Exception>(() => OpenSender(_left, foreign));
        Assert.Contains("10.51.0.2", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.EADDRNOTAVAIL, refused.NativeErrorCode);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _received.Dispose();
        _left?.Dispose();
        _right?.Dispose();
    }

    private static VrrpEndpoint Multicast(NetworkNamespace node, string name, RouterAddress source) =>
        new(name, node.IndexOf(name), source, VrrpEndpoint.DefaultGroup4);

    private static VrrpEndpoint Unicast(string name, NetworkNamespace node, RouterAddress source) =>
        new(name, node.IndexOf(name), source, RouterAddress.None);

    private static VrrpReceiveSocket OpenReceiver(NetworkNamespace node, VrrpEndpoint endpoint) => node.Run(() => VrrpReceiveSocket.Open(endpoint));

    private static VrrpSendSocket OpenSender(NetworkNamespace node, VrrpEndpoint endpoint) => node.Run(() => VrrpSendSocket.Open(endpoint));

    private int Send(VrrpSendSocket sender, params RouterAddress[] destinations)
    {
        _batch.Clear();
        foreach (RouterAddress destination in destinations)
        {
            Assert.True(sender.TryReserve(_batch, destination, out Span<byte> payload));
            _packet.CopyTo(payload);
            _batch.Commit(_packet.Length);
        }

        return sender.Flush(_batch);
    }

    /// <summary>Waits until exactly that many packets have been taken in one go.</summary>
    private void Await(VrrpReceiveSocket receiver, int count)
    {
        using var epoll = new Epoll();
        epoll.Add(receiver.Descriptor, token: 1);
        Assert.True(epoll.Wait(new EpollEvent[1], LimitMs) == 1, "no packet came");
        Assert.Equal(count, _received.Receive(receiver)); // veth delivers within the sender's system call
    }
}
