using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>RTN_… of linux/rtnetlink.h: what a route does with a packet.</summary>
internal enum RouteType : byte
{
    Unicast = 1,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
}

/// <summary>A route to add or to delete. Every route that we add has the origin 18 (keepalived), and only such routes are deleted.</summary>
/// <param name="Destination">Network address; <see cref="RouterAddress.None"/> with prefix length 0 is the default route.</param>
/// <param name="PrefixLength">Bits, 0 to 32 or 0 to 128.</param>
internal readonly record struct RouteSpec(RouterAddress Destination, byte PrefixLength)
{
    /// <summary>RT_TABLE_MAIN.</summary>
    internal const int MainTable = 254;

    public RouteSpec() : this(RouterAddress.None, 0)
    {
    }

    /// <summary>Family of the route. A default route's destination does not tell it.</summary>
    internal bool IsIPv6 { get; init; } = !Destination.IsIPv4;

    /// <summary>Next hop. <see cref="RouterAddress.None"/>: the destination is on the link.</summary>
    internal RouterAddress Gateway { get; init; }

    /// <summary>Index of the interface; 0: the kernel finds it from the gateway.</summary>
    internal int InterfaceIndex { get; init; }

    /// <summary>Routing table, 1 and more. Default 254, main.</summary>
    internal int Table { get; init; } = MainTable;

    /// <summary>Metric; smaller wins. Null: the kernel's default.</summary>
    internal uint? Metric { get; init; }

    /// <summary>Source address for packets of this node. <see cref="RouterAddress.None"/>: not set.</summary>
    internal RouterAddress PreferredSource { get; init; }

    /// <summary>RT_SCOPE_…. Null: link for an IPv4 unicast route without gateway, else global.</summary>
    internal byte? Scope { get; init; }

    internal RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>The gateway counts as reachable on the interface though no address says so.</summary>
    internal bool OnLink { get; init; }

    /// <summary>MTU of the path in bytes. Null: the interface's.</summary>
    internal uint? Mtu { get; init; }

    public override string ToString()
    {
        string destination = PrefixLength == 0 ? "default" : $"{Destination}/{PrefixLength}";
        string gateway = Gateway == RouterAddress.None ? "" : $" via {Gateway}";
        string device = InterfaceIndex == 0 ? "" : $" interface {InterfaceIndex}";
        return $"{(Type == RouteType.Unicast ? "" : $"{Type.ToString().ToLowerInvariant()} ")}{destination}{gateway}{device} table {Table}";
    }
}
