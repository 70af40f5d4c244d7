using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class AddressAndRouteTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("192.0.2.1/24", "192.0.2.1/24")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("192.0.2.1/24 dev eth1 scope link label eth1:1 noprefixroute no_track", "192.0.2.1/24 eth1 253 eth1:1 noprefixroute no_track")]
    [InlineData("192.0.2.1/24 brd +", "192.0.2.1/24 brd 192.0.2.255")]
    [InlineData("192.0.2.1/24 broadcast -", "192.0.2.1/24 brd 192.0.2.0")]
    [InlineData("192.0.2.1/24 brd 192.0.2.127", "192.0.2.1/24 brd 192.0.2.127")]
    [InlineData("192.0.2.1 peer 198.51.100.1/24", "192.0.2.1/32 peer 198.51.100.1/24")]
    [InlineData("192.0.2.1 scope 200", "192.0.2.1/32 200")]
    public void An_address_entry_is_read(string line, string expected)
    {
        ConfigParse parse = Configs.Read($"static_ipaddress {{\n{line}\n}}");
        Assert.Empty(parse.Diagnostics);
        Assert.Equal(expected, Shown(Assert.Single(parse.Config!.StaticAddresses)));
    }

    [Theory]
    [InlineData("192.0.2.300", "address '192.0.2.300' is not ADDRESS or ADDRESS/LENGTH of IPv4 or IPv6")]
    [InlineData("192.0.2.01", "address '192.0.2.01' is not ADDRESS or ADDRESS/LENGTH of IPv4 or IPv6")]
    [InlineData("::1", "address '::1' is not ADDRESS or ADDRESS/LENGTH of IPv4 or IPv6")]
    [InlineData("192.0.2.1/33", "prefix length '33' of address 192.0.2.1 is out of range, allowed 0 to 32")]
    [InlineData("192.0.2.1 dev", "dev needs a value")]
    [InlineData("192.0.2.1 dve eth0", "unknown word 'dve' in this address entry, did you mean 'dev'?")]
    [InlineData("192.0.2.1 192.0.2.2", "unknown word '192.0.2.2' in this address entry")]
    [InlineData("192.0.2.1 scope wide", "scope 'wide' is unknown, allowed global, site, link, host, nowhere or 0 to 255")]
    [InlineData("192.0.2.1/31 brd +", "brd + needs a prefix length of at most 30, 192.0.2.1/31 has 31")]
    [InlineData("192.0.2.1/24 brd x", "broadcast address 'x' is not an IPv4 address, + or -")]
    [InlineData("192.0.2.1/24 label longer_than_fifteen", "label 'longer_than_fifteen' has 19 characters, allowed 15")]
    [InlineData("192.0.2.1/24 peer 192.0.2.2", "with a peer the prefix length belongs to the peer: write 192.0.2.1 peer 192.0.2.2/24")]
    [InlineData("192.0.2.1 peer 2001:db8::1", "peer 2001:db8::1 is not of the same family as 192.0.2.1")]
    [InlineData("2001:db8::1 label x", "label is for IPv4 addresses only, 2001:db8::1 is IPv6")]
    [InlineData("192.0.2.1 {\n}", "an address takes no block")]
    public void A_wrong_address_entry_is_an_error(string line, string message)
    {
        ConfigParse parse = Configs.Read($"static_ipaddress {{\n{line}\n}}");
        Assert.Contains(message, parse.Diagnostics.Select(found => found.Message));
        Assert.Null(parse.Config);
    }

    [Fact]
    public void A_word_that_is_not_in_force_is_named_and_the_entry_used_without_it()
    {
        ConfigParse parse = Configs.Read("static_ipaddress {\n192.0.2.1 preferred_lft forever dev eth1\n}");
        Assert.Equal("'preferred_lft' of the address entry is not yet in force: the entry is used without it", Configs.Only(parse).Message);
        Assert.Equal("eth1", parse.Config!.StaticAddresses[0].Device);
    }

    [Theory]
    [InlineData("198.51.100.0/24 via 192.0.2.1 dev eth0 table 100 metric 5 scope site", "198.51.100.0/24 via 192.0.2.1 dev eth0 table 100 metric 5 scope 200")]
    [InlineData("default via 192.0.2.1", "default via 192.0.2.1 table 254 metric 0")]
    [InlineData("src 192.0.2.9 to 198.51.100.0/24 via 192.0.2.1 dev eth0", "198.51.100.0/24 via 192.0.2.1 dev eth0 table 254 metric 0 src 192.0.2.9")]
    [InlineData("unicast 198.51.100.7 dev eth0 table local", "198.51.100.7/32 dev eth0 table 255 metric 0")]
    [InlineData("to default via inet 192.0.2.1 priority 7", "default via 192.0.2.1 table 254 metric 7")]
    public void A_route_is_read(string line, string expected)
    {
        ConfigParse parse = Configs.Read($"static_routes {{\n{line}\n}}");
        Assert.Empty(parse.Diagnostics);
        RouteEntry route = Assert.Single(parse.Config!.StaticRoutes);
        string source = route.Source == RouterAddress.None ? "" : $" src {route.Source}";
        Assert.Equal(expected, $"{route} table {route.Table} metric {route.Metric}{source}{(route.Scope is { } scope ? $" scope {scope}" : "")}");
    }

    [Theory]
    [InlineData("via 192.0.2.1", "a route needs a destination: ADDRESS/LENGTH or default", false)]
    [InlineData("default via x", "gateway 'x' is not an IPv4 or IPv6 address", false)]
    [InlineData("default via 192.0.2.1 tabel 5", "unknown word 'tabel' in this route entry, did you mean 'table'?", false)]
    [InlineData("default via 192.0.2.1 table blue", "routing table 'blue' is unknown, allowed main, local, default and 1 to 4294967295", false)]
    [InlineData("default via 192.0.2.1 mtu lock 1400", "'mtu' of the route entry is not yet in force: the entry is used without it", true)]
    [InlineData("blackhole 198.51.100.0/24", "routes of type blackhole are not yet in force: this one is left out", true)]
    [InlineData("default gw 192.0.2.1 onlink", "'onlink' of the route entry is not yet in force: the entry is used without it", true)]
    public void What_is_wrong_with_a_route_is_said(string line, string message, bool runs)
    {
        ConfigParse parse = Configs.Read($"static_routes {{\n{line}\n}}");
        Assert.Contains(message, parse.Diagnostics.Select(found => found.Message));
        Assert.Equal(runs, parse.Config is not null);
    }

    private static string Shown(AddressEntry entry) => string.Join(' ', new[]
    {
        entry.ToString(),
        entry.Device,
        entry.Scope == 0 ? null : entry.Scope.ToString(),
        entry.Label,
        entry.Broadcast == RouterAddress.None ? null : $"brd {entry.Broadcast}",
        entry.Peer == RouterAddress.None ? null : $"peer {entry.Peer}/{entry.PeerPrefixLength}",
        entry.NoPrefixRoute ? "noprefixroute" : null,
        entry.NoTrack ? "no_track" : null,
    }.Where(part => part is not null));
}
