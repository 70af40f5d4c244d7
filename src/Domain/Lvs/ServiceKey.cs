using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Lvs;

/// <summary>Names one IPVS service: by protocol, address and port, or by a firewall mark.</summary>
/// <param name="Protocol">Null for a firewall mark, whose services take every protocol.</param>
/// <param name="Address"><see cref="RouterAddress.None"/> for a firewall mark.</param>
/// <param name="Port">0: all ports, which the kernel takes with persistence only.</param>
/// <param name="FirewallMark">0: not by a mark.</param>
/// <param name="IsIPv6">Family of the service.</param>
public readonly record struct ServiceKey(LvsProtocol? Protocol, RouterAddress Address, ushort Port, uint FirewallMark, bool IsIPv6)
{
    public static ServiceKey OfAddress(LvsProtocol protocol, RouterAddress address, ushort port) => new(protocol, address, port, 0, !address.IsIPv4);

    /// <param name="mark">At least 1.</param>
    public static ServiceKey OfMark(uint mark, bool isIPv6) => new(null, RouterAddress.None, 0, mark, isIPv6);

    /// <summary>As keepalived writes it: <c>[192.0.2.1]:tcp:80</c> or <c>FWM 1</c>.</summary>
    public override string ToString() => Protocol is { } protocol ? $"[{Address}]:{protocol.Word()}:{Port}" : $"FWM {FirewallMark}";
}

/// <summary>Names one destination of a service.</summary>
/// <param name="Port">For direct routing and tunnels the service's; 0 with a firewall mark.</param>
public readonly record struct DestinationKey(RouterAddress Address, ushort Port)
{
    /// <summary>As a log writes it: <c>[192.0.2.11]:80</c>.</summary>
    public override string ToString() => $"[{Address}]:{Port}";
}

/// <summary>Transport protocols that IPVS balances, with their IP protocol numbers.</summary>
public enum LvsProtocol : byte
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}

/// <summary>Words of protocols.</summary>
public static class LvsProtocolText
{
    /// <summary>As keepalived writes it: <c>tcp</c>, <c>udp</c>, <c>sctp</c>.</summary>
    public static string Word(this LvsProtocol protocol) => protocol switch
    {
        LvsProtocol.Tcp => "tcp",
        LvsProtocol.Udp => "udp",
        _ => "sctp",
    };
}
