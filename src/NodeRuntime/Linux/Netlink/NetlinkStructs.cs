using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>struct ifinfomsg, rtnetlink(7).</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct LinkHeader
{
    [FieldOffset(0)] internal byte Family;          // ifi_family
    [FieldOffset(2)] internal ushort HardwareType;  // ifi_type: ARPHRD_ETHER is 1
    [FieldOffset(4)] internal int Index;            // ifi_index
    [FieldOffset(8)] internal uint Flags;           // ifi_flags
    [FieldOffset(12)] internal uint Change;         // ifi_change
}

/// <summary>struct ifaddrmsg, rtnetlink(7).</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct AddressHeader
{
    [FieldOffset(0)] internal byte Family;       // ifa_family
    [FieldOffset(1)] internal byte PrefixLength; // ifa_prefixlen
    [FieldOffset(2)] internal byte Flags;        // ifa_flags, the low eight
    [FieldOffset(3)] internal byte Scope;        // ifa_scope
    [FieldOffset(4)] internal int Index;         // ifa_index
}

/// <summary>struct ifa_cacheinfo: lifetimes in seconds, 0xFFFFFFFF is for ever.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct AddressLifetimes
{
    [FieldOffset(0)] internal uint Preferred; // ifa_prefered
    [FieldOffset(4)] internal uint Valid;     // ifa_valid
    [FieldOffset(8)] internal uint Created;   // cstamp
    [FieldOffset(12)] internal uint Updated;  // tstamp
}

/// <summary>struct rtmsg, rtnetlink(7).</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
internal struct RouteHeader
{
    [FieldOffset(0)] internal byte Family;            // rtm_family
    [FieldOffset(1)] internal byte DestinationLength; // rtm_dst_len
    [FieldOffset(2)] internal byte SourceLength;      // rtm_src_len
    [FieldOffset(3)] internal byte TypeOfService;     // rtm_tos
    [FieldOffset(4)] internal byte Table;             // rtm_table
    [FieldOffset(5)] internal byte Protocol;          // rtm_protocol
    [FieldOffset(6)] internal byte Scope;             // rtm_scope
    [FieldOffset(7)] internal byte Type;              // rtm_type
    [FieldOffset(8)] internal uint Flags;             // rtm_flags
}

/// <summary>struct genlmsghdr, linux/genetlink.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 4)]
internal struct GenericHeader
{
    [FieldOffset(0)] internal byte Command; // cmd
    [FieldOffset(1)] internal byte Version; // version
}
