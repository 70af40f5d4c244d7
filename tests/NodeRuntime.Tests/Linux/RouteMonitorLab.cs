using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class RouteMonitorLab
{
    private const int LimitMs = 10_000;

    [LabFact]
    public void The_table_follows_what_others_do_to_links_and_addresses()
    {
        (NetworkNamespace left, NetworkNamespace right) = NetworkNamespace.Pair();
        using NetworkNamespace leftEnd = left;
        using NetworkNamespace rightEnd = right;
        using RouteMonitor monitor = right.Run(() => new RouteMonitor());
        using RouteSocket route = right.Run(() => new RouteSocket());
        var table = new LinkTable();
        table.Reset(route.DumpLinks(), route.DumpAddresses());
        Assert.True(table.TryGet("right", out LinkInfo link));
        Assert.True(table.IsUp(link.Index));
        Assert.Equal(RouterAddress.Parse("10.51.0.2"), table.PrimaryIPv4(link.Index, []));

        left.Ip("link set left down"); // the other end loses its carrier, and stays administratively up
        Follow(monitor, table, () => !table.IsUp(link.Index));
        left.Ip("link set left up");
        Follow(monitor, table, () => table.IsUp(link.Index));

        var vip = RouterAddress.Parse("192.0.2.100");
        route.AddAddress(AddressSpec.Virtual(link.Index, vip, 32));
        Follow(monitor, table, () => table.Holds(link.Index, vip));
        right.Ip("addr del 10.51.0.2/24 dev right");
        Follow(monitor, table, () => table.PrimaryIPv4(link.Index, []) == vip);
        Assert.Equal(RouterAddress.None, table.PrimaryIPv4(link.Index, [vip]));
        right.Ip("addr del 192.0.2.100/32 dev right");
        Follow(monitor, table, () => !table.Holds(link.Index, vip));

        right.Ip("link set right down");
        right.Ip("link set right name renamed");
        Follow(monitor, table, () => table.TryGet("renamed", out _) && !table.TryGet("right", out _));
        right.Ip("link del renamed");
        Follow(monitor, table, () => !table.TryGet("renamed", out _));
        Assert.DoesNotContain(table.Addresses, address => address.InterfaceIndex == link.Index);
    }

    [LabFact]
    public void Lost_changes_are_reported_and_the_next_ones_come_again()
    {
        using var node = new NetworkNamespace();
        node.Ip("link add veth0 type veth peer name veth1");
        int veth = node.IndexOf("veth0");
        using RouteMonitor monitor = node.Run(() => new RouteMonitor(receiveBufferBytes: 4096));
        using RouteSocket route = node.Run(() => new RouteSocket());
        var batch = new RouteBatch();
        for (uint i = 0; i < 200; i++)
        {
            batch.AddAddress(new AddressSpec(veth, new RouterAddress(0xC0000201u + i), 32));
        }

        Assert.Equal(0, route.Execute(batch));
        List<RouteChangeKind> kinds = [];
        while (monitor.TryRead(out RouteChange change))
        {
            kinds.Add(change.Kind);
        }

        Assert.Contains(RouteChangeKind.Overrun, kinds);
        Assert.True(kinds.Count < 200);
        route.RemoveAddress(new AddressSpec(veth, new RouterAddress(0xC0000201u), 32));
        Assert.True(monitor.TryRead(out RouteChange later));
        Assert.Equal(RouteChangeKind.AddressRemoved, later.Kind);
    }

    private static void Follow(RouteMonitor monitor, LinkTable table, Func<bool> until)
    {
        using var epoll = new Epoll();
        epoll.Add(monitor.Descriptor, token: 1);
        long start = TimeProvider.System.GetTimestamp();
        while (!until())
        {
            bool came = epoll.Wait(new EpollEvent[1], LimitMs) == 1;    // a wait that a signal interrupts ends with nothing
            Assert.True(came || TimeProvider.System.GetElapsedTime(start).TotalMilliseconds < LimitMs, "no change came");
            while (monitor.TryRead(out RouteChange change))
            {
                Assert.True(table.Apply(change));
            }
        }
    }
}
