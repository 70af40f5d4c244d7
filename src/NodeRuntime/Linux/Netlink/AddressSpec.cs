using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>An address to put on an interface, or to take off.</summary>
/// <param name="InterfaceIndex">Index of the interface.</param>
/// <param name="Address">The node's own address.</param>
/// <param name="PrefixLength">Bits, 0 to 32 or 0 to 128. keepalived's default is 32 or 128.</param>
internal readonly record struct AddressSpec(int InterfaceIndex, RouterAddress Address, byte PrefixLength)
{
    /// <summary>A lifetime without end, in seconds.</summary>
    internal const uint Forever = uint.MaxValue;

    /// <summary>The other end of a point-to-point address. <see cref="RouterAddress.None"/>: there is none.</summary>
    internal RouterAddress Peer { get; init; }

    /// <summary>IPv4 broadcast address. <see cref="RouterAddress.None"/>: none is set.</summary>
    internal RouterAddress Broadcast { get; init; }

    /// <summary>RT_SCOPE_…: 0 global (default), 200 site, 253 link, 254 host. The kernel ignores it for IPv6.</summary>
    internal byte Scope { get; init; }

    /// <summary>IPv4 label, up to 15 bytes, the interface's name first: <c>eth0:1</c>. Null: the interface's name.</summary>
    internal string? Label { get; init; }

    internal AddressFlags Flags { get; init; }

    /// <summary>Seconds for which the address is chosen as a source; 0: never ("deprecated"). Null: for ever.</summary>
    internal uint? PreferredLifetime { get; init; }

    internal bool IsIPv6 => !Address.IsIPv4;

    /// <summary>
    /// A virtual address with keepalived's defaults: IPv6 without duplicate address detection and deprecated, so that it is never chosen as
    /// a source address; IPv4 plain.
    /// </summary>
    internal static AddressSpec Virtual(int interfaceIndex, RouterAddress address, byte prefixLength) => address.IsIPv4
        ? new AddressSpec(interfaceIndex, address, prefixLength)
        : new AddressSpec(interfaceIndex, address, prefixLength) { Flags = AddressFlags.NoDad, PreferredLifetime = 0 };

    public override string ToString() => $"{Address}/{PrefixLength} {(Label is null ? "" : $"label {Label} ")}interface {InterfaceIndex}";
}
