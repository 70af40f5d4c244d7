using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>IFA_F_… of linux/if_addr.h.</summary>
[Flags]
internal enum AddressFlags : uint
{
    None = 0,
    Secondary = 0x01,       // IPv4: not the first of its subnet
    NoDad = 0x02,           // no duplicate address detection
    DadFailed = 0x08,
    HomeAddress = 0x10,
    Deprecated = 0x20,
    Tentative = 0x40,
    Permanent = 0x80,
    ManageTemporary = 0x100,
    NoPrefixRoute = 0x200,
    MulticastAutoJoin = 0x400,
}

/// <summary>One address of an interface as the kernel holds it.</summary>
/// <param name="InterfaceIndex">Index of its interface.</param>
/// <param name="Address">The node's own address.</param>
/// <param name="PrefixLength">Bits, 0 to 32 or 0 to 128.</param>
internal readonly record struct AddressInfo(int InterfaceIndex, RouterAddress Address, byte PrefixLength)
{
    internal bool IsIPv6 { get; init; }

    internal AddressFlags Flags { get; init; }

    /// <summary>RT_SCOPE_…: 0 global, 253 link, 254 host.</summary>
    internal byte Scope { get; init; }

    /// <summary>The other end of a point-to-point address, or <see cref="RouterAddress.None"/>.</summary>
    internal RouterAddress Peer { get; init; }

    /// <summary>Who set it (IFA_PROTO): 18 we or keepalived, 0 not said, or the kernel is older than 5.18.</summary>
    internal byte Origin { get; init; }
}
