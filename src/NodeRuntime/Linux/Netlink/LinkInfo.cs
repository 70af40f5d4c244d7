using Keepalived.Es.NodeRuntime.Linux.Arp;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>Flags of an interface, netdevice(7). Bits that are not named here may be set.</summary>
[Flags]
internal enum LinkFlags : uint
{
    None = 0,
    Up = 0x1,              // IFF_UP: administratively up
    Broadcast = 0x2,       // IFF_BROADCAST
    Loopback = 0x8,        // IFF_LOOPBACK
    PointToPoint = 0x10,   // IFF_POINTOPOINT
    Running = 0x40,        // IFF_RUNNING: operational, RFC 2863
    NoArp = 0x80,          // IFF_NOARP
    Multicast = 0x1000,    // IFF_MULTICAST
    LowerUp = 0x10000,     // IFF_LOWER_UP: the driver has a carrier
}

/// <summary>RFC 2863 operational state, IFLA_OPERSTATE.</summary>
internal enum OperationalState : byte
{
    Unknown,
    NotPresent,
    Down,
    LowerLayerDown,
    Testing,
    Dormant,
    Up,
}

/// <summary>One network interface as the kernel describes it.</summary>
/// <param name="Index">Its index, 1 and more; never reused for another interface while the node runs, in practice.</param>
/// <param name="Name">Its name, up to 15 bytes; may change.</param>
internal readonly record struct LinkInfo(int Index, string Name, LinkFlags Flags)
{
    internal OperationalState OperationalState { get; init; }

    /// <summary>Hardware address; zero when it has none of six bytes.</summary>
    internal MacAddress Mac { get; init; }

    /// <summary>ARPHRD_… of linux/if_arp.h: 1 Ethernet, 772 loopback, 32 InfiniBand.</summary>
    internal ushort HardwareType { get; init; }

    /// <summary>Driver kind: <c>veth</c>, <c>macvlan</c>, <c>dummy</c> …; empty for a physical interface.</summary>
    internal string Kind { get; init; } = "";

    /// <summary>Bytes.</summary>
    internal int Mtu { get; init; }

    /// <summary>Index of the interface below (VLAN, macvlan, the other end of a veth); 0: none.</summary>
    internal int LowerIndex { get; init; }

    /// <summary>Up and running: what keepalived takes for "not in FAULT".</summary>
    internal bool IsUp => (Flags & (LinkFlags.Up | LinkFlags.Running)) == (LinkFlags.Up | LinkFlags.Running);
}
