using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class RouteSocketLab
{
    private static readonly RouterAddress _vip = RouterAddress.Parse("192.0.2.100");

    [LabFact]
    public void An_address_is_added_once_and_removed_once()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        var address = new AddressSpec(veth, _vip, 32);
        Assert.Equal(RouteOutcome.Done, route.AddAddress(address));
        Assert.Equal(RouteOutcome.AlreadyThere, route.AddAddress(address));
        AddressInfo held = Assert.Single(route.DumpAddresses(), held => held.Address == _vip);
        Assert.Equal((veth, 32, 0, RouterAddress.None), (held.InterfaceIndex, held.PrefixLength, held.Scope, held.Peer));
        Assert.Equal(RouteOutcome.Done, route.RemoveAddress(address));
        Assert.Equal(RouteOutcome.AlreadyGone, route.RemoveAddress(address));
        Assert.DoesNotContain(route.DumpAddresses(), held => held.Address == _vip);
        route.Dispose();
    }

    [LabFact]
    public void An_address_keeps_every_property_that_was_asked_for()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        route.AddAddress(new AddressSpec(veth, _vip, 24)
        {
            Broadcast = RouterAddress.Parse("192.0.2.255"),
            Label = "veth0:vip",
            Scope = NetlinkConstants.RT_SCOPE_LINK,
            Flags = AddressFlags.NoPrefixRoute,
        });
        string shown = node.Ip("-4 addr show dev veth0");
        Assert.Contains("inet 192.0.2.100/24 brd 192.0.2.255 scope link noprefixroute", shown, StringComparison.Ordinal);
        Assert.Contains("veth0:vip", shown, StringComparison.Ordinal);
        Assert.Empty(node.Ip("route show"));
        route.AddAddress(new AddressSpec(veth, RouterAddress.Parse("198.51.100.1"), 32) { Peer = RouterAddress.Parse("198.51.100.2") });
        Assert.Contains("inet 198.51.100.1 peer 198.51.100.2/32", node.Ip("-4 addr show dev veth0"), StringComparison.Ordinal);
        route.Dispose();
    }

    [LabFact]
    public void A_virtual_IPv6_address_is_usable_at_once_and_never_a_source()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        var vip = RouterAddress.Parse("2001:db8::100");
        route.AddAddress(AddressSpec.Virtual(veth, vip, 128));
        AddressInfo held = Assert.Single(route.DumpAddresses(), held => held.Address == vip);
        Assert.True(held.IsIPv6);
        Assert.Equal(
            AddressFlags.NoDad | AddressFlags.Deprecated,
            held.Flags & (AddressFlags.NoDad | AddressFlags.Deprecated | AddressFlags.Tentative));
        Assert.Equal(RouteOutcome.Done, route.RemoveAddress(AddressSpec.Virtual(veth, vip, 128)));
        Assert.Equal(RouteOutcome.AlreadyGone, route.RemoveAddress(AddressSpec.Virtual(veth, vip, 128)));
        route.Dispose();
    }

    [LabFact]
    public void A_refusal_tells_what_was_tried_and_what_the_kernel_says()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        NetlinkException refusal = Assert.Throws<NetlinkException>(() => route.AddAddress(new AddressSpec(veth, _vip, 33)));
        Assert.Equal(Errno.EINVAL, refusal.NativeErrorCode);
        Assert.Contains("prefix", refusal.KernelText, StringComparison.OrdinalIgnoreCase);
        Assert.Equal($"add 192.0.2.100/33 interface {veth}: EINVAL (Invalid argument): {refusal.KernelText}", refusal.Message);
        NetlinkException missing = Assert.Throws<NetlinkException>(() => route.AddAddress(new AddressSpec(9999, _vip, 32)));
        Assert.Equal(Errno.ENODEV, missing.NativeErrorCode);
        Assert.Equal(RouteOutcome.AlreadyGone, route.RemoveAddress(new AddressSpec(9999, _vip, 32)));
        route.Dispose();
    }

    [LabFact]
    public void A_refusal_does_not_stop_later_addresses_from_carrying_our_mark()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        Assert.Throws<NetlinkException>(() => route.AddAddress(new AddressSpec(veth, _vip, 33)));
        route.AddAddress(new AddressSpec(veth, _vip, 32));
        AddressInfo held = Assert.Single(route.DumpAddresses(), held => held.Address == _vip);
        bool kernelKnowsOrigins = Environment.OSVersion.Version >= new Version(5, 18);
        Assert.Equal(kernelKnowsOrigins ? NetlinkConstants.RTPROT_KEEPALIVED : 0, held.Origin);
        route.Dispose();
    }

    [LabFact]
    public void A_batch_reports_every_command_by_itself()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        const int Addresses = 150; // more than one system call takes
        const int Bad = 70;
        var batch = new RouteBatch();
        for (int i = 0; i < Addresses; i++)
        {
            batch.AddAddress(new AddressSpec(veth, new RouterAddress(_vip.IPv4 + (uint)i), (byte)(i == Bad ? 40 : 32)));
        }

        batch.AddRoute(new RouteSpec(RouterAddress.Parse("198.51.100.0"), 24) { InterfaceIndex = veth });
        batch.AddAddress(new AddressSpec(veth, _vip, 32));
        Assert.Equal(1, route.Execute(batch));
        Assert.All(Enumerable.Range(0, Addresses + 1).Where(i => i != Bad), i => Assert.Equal(RouteOutcome.Done, batch[i].Outcome));
        Assert.Equal(RouteOutcome.AlreadyThere, batch[Addresses + 1].Outcome);
        Assert.StartsWith($"add 192.0.2.170/40 interface {veth}: EINVAL", batch.ExplainFailure(Bad), StringComparison.Ordinal);
        Assert.Null(batch.ExplainFailure(0));
        Assert.Equal(Addresses - 1, route.DumpAddresses().Count(held => held.InterfaceIndex == veth && !held.IsIPv6));
        route.Dispose();
    }

    [LabFact]
    public void A_route_is_added_once_and_removed_once_and_only_when_it_is_ours()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        node.Ip("addr add 192.0.2.1/24 dev veth0");
        var ours = new RouteSpec(RouterAddress.Parse("198.51.100.0"), 24)
        {
            Gateway = RouterAddress.Parse("192.0.2.254"),
            InterfaceIndex = veth,
            Table = 1000,
            Metric = 50,
            PreferredSource = RouterAddress.Parse("192.0.2.1"),
            Mtu = 1400,
        };
        Assert.Equal(RouteOutcome.Done, route.AddRoute(ours));
        Assert.Equal(RouteOutcome.AlreadyThere, route.AddRoute(ours));
        string shown = node.Ip("route show table 1000");
        Assert.Contains("198.51.100.0/24 via 192.0.2.254 dev veth0 proto keepalived src 192.0.2.1 metric 50 mtu 1400", shown, StringComparison.Ordinal);
        Assert.Equal(RouteOutcome.Done, route.RemoveRoute(ours));
        Assert.Equal(RouteOutcome.AlreadyGone, route.RemoveRoute(ours));
        node.Ip("route add 203.0.113.0/24 dev veth0");
        var foreign = new RouteSpec(RouterAddress.Parse("203.0.113.0"), 24) { InterfaceIndex = veth };
        Assert.Equal(RouteOutcome.AlreadyGone, route.RemoveRoute(foreign));
        Assert.Contains("203.0.113.0/24", node.Ip("route show"), StringComparison.Ordinal);
        route.Dispose();
    }

    [LabFact]
    public void Default_and_blackhole_routes_are_taken_for_both_families()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        var batch = new RouteBatch();
        batch.AddRoute(new RouteSpec { InterfaceIndex = veth });
        batch.AddRoute(new RouteSpec { InterfaceIndex = veth, IsIPv6 = true });
        batch.AddRoute(new RouteSpec(RouterAddress.Parse("203.0.113.0"), 24) { Type = RouteType.Blackhole });
        Assert.True(route.Execute(batch) == 0, string.Join('\n', Enumerable.Range(0, batch.Count).Select(batch.ExplainFailure)));
        Assert.Contains("default dev veth0 proto keepalived scope link", node.Ip("route show"), StringComparison.Ordinal);
        Assert.Contains("blackhole 203.0.113.0/24 proto keepalived", node.Ip("route show"), StringComparison.Ordinal);
        Assert.Contains("default dev veth0 proto keepalived", node.Ip("-6 route show"), StringComparison.Ordinal);
        route.Dispose();
    }

    [LabFact]
    public void The_dump_of_links_tells_what_ip_tells()
    {
        using var node = VethNode(out int veth, out RouteSocket route);
        node.Ip("link set veth0 address 02:00:00:00:00:33 mtu 1400");
        List<LinkInfo> links = route.DumpLinks();
        LinkInfo link = Assert.Single(links, link => link.Name == "veth0");
        Assert.Equal((veth, "02:00:00:00:00:33", 1400, "veth"), (link.Index, link.Mac.ToString(), link.Mtu, link.Kind));
        Assert.True(link.IsUp);
        Assert.Contains(links, link => link.Name == "lo" && link.Flags.HasFlag(LinkFlags.Loopback));
        node.Ip("link set veth0 down");
        Assert.False(Assert.Single(route.DumpLinks(), link => link.Name == "veth0").IsUp);
        route.Dispose();
    }

    private static NetworkNamespace VethNode(out int veth, out RouteSocket route)
    {
        var node = new NetworkNamespace();
        node.Ip("link add veth0 type veth peer name veth1");
        node.Ip("link set veth0 up");
        node.Ip("link set veth1 up");
        veth = node.IndexOf("veth0");
        route = node.Run(() => new RouteSocket());
        return node;
    }
}
