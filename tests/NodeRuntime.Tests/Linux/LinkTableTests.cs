using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class LinkTableTests
{
    private const LinkFlags Good = LinkFlags.Up | LinkFlags.Running | LinkFlags.LowerUp;
    private static readonly RouterAddress _vip = RouterAddress.Parse("192.0.2.100");
    private static readonly RouterAddress _own = RouterAddress.Parse("192.0.2.1");

    [Theory]
    [InlineData((uint)Good, true)]
    [InlineData((uint)(LinkFlags.Up | LinkFlags.Running), true)]  // a driver that does not tell of its carrier
    [InlineData((uint)LinkFlags.Up, false)]                       // no carrier
    [InlineData((uint)(LinkFlags.Running | LinkFlags.LowerUp), false)]
    [InlineData(0u, false)]
    public void An_interface_is_up_when_it_is_up_and_running(uint flags, bool expected)
    {
        LinkTable table = Table([new LinkInfo(1, "eth0", (LinkFlags)flags)]);
        Assert.Equal(expected, table.IsUp(1));
        Assert.False(table.IsUp(2));
    }

    [Fact]
    public void The_primary_address_is_the_first_that_is_neither_secondary_nor_virtual_nor_elsewhere()
    {
        LinkTable table = Table(
            [new LinkInfo(1, "eth0", Good), new LinkInfo(2, "eth1", Good)],
            Address(2, "198.51.100.1"),
            Address(1, "192.0.2.100"),
            Address(1, "192.0.2.7") with { Flags = AddressFlags.Secondary },
            Address(1, "2001:db8::1"),
            Address(1, "192.0.2.1"));
        Assert.Equal(_own, table.PrimaryIPv4(1, [_vip]));
        Assert.Equal(_vip, table.PrimaryIPv4(1, []));
        Assert.Equal(RouterAddress.None, table.PrimaryIPv4(3, []));
    }

    [Fact]
    public void The_primary_IPv6_address_is_link_local_and_usable()
    {
        LinkTable table = Table(
            [new LinkInfo(1, "eth0", Good)],
            Address(1, "2001:db8::1"),
            Address(1, "fe80::1") with { Flags = AddressFlags.Tentative },
            Address(1, "fe80::2"),
            Address(1, "fe80::3"));
        Assert.Equal(RouterAddress.Parse("fe80::2"), table.PrimaryIPv6(1, []));
        Assert.Equal(RouterAddress.Parse("fe80::3"), table.PrimaryIPv6(1, [RouterAddress.Parse("fe80::2")]));
    }

    [Fact]
    public void An_address_that_is_reported_again_replaces_the_former()
    {
        LinkTable table = Table([new LinkInfo(1, "eth0", Good)], Address(1, "192.0.2.1"));
        table.Apply(new RouteChange(RouteChangeKind.AddressChanged) { Address = Address(1, "192.0.2.1") with { Flags = AddressFlags.Permanent } });
        Assert.Equal(AddressFlags.Permanent, Assert.Single(table.Addresses).Flags);
        table.Apply(new RouteChange(RouteChangeKind.AddressRemoved) { Address = Address(1, "192.0.2.1") with { PrefixLength = 32 } });
        Assert.True(table.Holds(1, _own)); // another prefix length is another address
        table.Apply(new RouteChange(RouteChangeKind.AddressRemoved) { Address = Address(1, "192.0.2.1") });
        Assert.False(table.Holds(1, _own));
    }

    [Fact]
    public void A_name_that_moved_to_another_interface_survives_the_end_of_the_first()
    {
        LinkTable table = Table([new LinkInfo(1, "eth0", Good)]);
        table.Apply(new RouteChange(RouteChangeKind.LinkChanged) { Link = new LinkInfo(1, "old0", Good) });
        table.Apply(new RouteChange(RouteChangeKind.LinkChanged) { Link = new LinkInfo(2, "eth0", Good) });
        table.Apply(new RouteChange(RouteChangeKind.LinkRemoved) { Link = new LinkInfo(1, "old0", Good) });
        Assert.True(table.TryGet("eth0", out LinkInfo link));
        Assert.Equal(2, link.Index);
        Assert.False(table.TryGet("old0", out _));
    }

    [Fact]
    public void An_overrun_asks_for_a_new_dump() => Assert.False(new LinkTable().Apply(new RouteChange(RouteChangeKind.Overrun)));

    private static LinkTable Table(LinkInfo[] links, params AddressInfo[] addresses)
    {
        var table = new LinkTable();
        table.Reset(links, addresses);
        return table;
    }

    private static AddressInfo Address(int index, string address)
    {
        var parsed = RouterAddress.Parse(address);
        return new AddressInfo(index, parsed, (byte)(parsed.IsIPv4 ? 24 : 64)) { IsIPv6 = !parsed.IsIPv4 };
    }
}
