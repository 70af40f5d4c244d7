using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Sockets;

/// <summary>
/// What decides whether two instances share a socket: equal endpoints share one send and one receive socket.
/// </summary>
/// <param name="InterfaceName">Interface that the socket is bound to, or null: unicast without <c>interface</c>.</param>
/// <param name="InterfaceIndex">Its index; 0 when <paramref name="InterfaceName"/> is null.</param>
/// <param name="Source">Address to send from. It must be on this node. <see cref="RouterAddress.None"/>: the kernel's choice.</param>
/// <param name="Group">Multicast group, 224.0.0.18 or ff02::12 by default; <see cref="RouterAddress.None"/>: unicast.</param>
internal sealed record VrrpEndpoint(string? InterfaceName, int InterfaceIndex, RouterAddress Source, RouterAddress Group)
{
    /// <summary>224.0.0.18, RFC 9568 section 5.1.1.2.</summary>
    internal static readonly RouterAddress DefaultGroup4 = new(0xE0000012u);

    /// <summary>ff02::12, RFC 9568 section 5.1.2.2.</summary>
    internal static readonly RouterAddress DefaultGroup6 = new(0xFF02_0000_0000_0000, 0x12);

    /// <summary>IP protocol: 112 (VRRP), or 51 for instances with <c>auth_type AH</c>.</summary>
    internal int Protocol { get; init; } = LibC.IPPROTO_VRRP;

    /// <summary>TTL or hop limit of what is sent, 1 to 255. Default 255, which a receiver demands of multicast (RFC 9568 section 5.1.1.3).</summary>
    internal byte Ttl { get; init; } = 255;

    internal bool IsMulticast => Group != RouterAddress.None;

    internal bool IsIPv6 => !Source.IsIPv4 || !Group.IsIPv4;

    internal int Family => IsIPv6 ? LibC.AF_INET6 : LibC.AF_INET;

    public override string ToString() =>
        $"protocol {Protocol} on {InterfaceName ?? "any interface"}, source {Source}, {(IsMulticast ? $"group {Group}" : "unicast")}";
}
