namespace Keepalived.Es.Domain.Lvs;

/// <summary>How an IPVS service chooses among its destinations.</summary>
/// <param name="Scheduler">Name of the kernel's scheduler: rr, wrr, lc, wlc, lblc, lblcr, sh, mh, dh, fo, ovf, sed, nq, twos. At most 15 characters.</param>
/// <param name="Traits">Flags that the service shall have.</param>
/// <param name="PersistenceTimeout">Seconds, 1 to 2678400; 0: no persistence.</param>
/// <param name="PersistencePrefixLength">How many bits of a client's address make it the same client: 1 to 32 or 128. Default all.</param>
/// <param name="PersistenceEngine">Name, such as <c>sip</c>, at most 15 characters; null: none.</param>
public sealed record ServiceOptions(
    string Scheduler = "wlc",
    ServiceTraits Traits = ServiceTraits.None,
    uint PersistenceTimeout = 0,
    byte? PersistencePrefixLength = null,
    string? PersistenceEngine = null);

/// <summary>Flags of a service, with the kernel's values (linux/ip_vs.h).</summary>
[Flags]
public enum ServiceTraits : uint
{
    None = 0,
    Persistent = 0x1,
    OnePacket = 0x4,

    /// <summary><c>flag-1</c>; <c>sh-fallback</c> and <c>mh-fallback</c>.</summary>
    Scheduler1 = 0x8,

    /// <summary><c>flag-2</c>; <c>sh-port</c> and <c>mh-port</c>.</summary>
    Scheduler2 = 0x10,

    /// <summary><c>flag-3</c>.</summary>
    Scheduler3 = 0x20,
}

/// <summary>How packets reach a destination.</summary>
/// <param name="Tunnel">Only with <see cref="ForwardingMethod.Tunnel"/>.</param>
/// <param name="TunnelPort">Only with <see cref="TunnelType.Gue"/>: 1 to 65535.</param>
/// <param name="Checksum">Only with GUE and GRE.</param>
public readonly record struct Forwarding(
    ForwardingMethod Method, TunnelType Tunnel = TunnelType.IpIp, ushort TunnelPort = 0, TunnelChecksum Checksum = TunnelChecksum.None)
{
    public static readonly Forwarding Nat = new(ForwardingMethod.Masquerade);
    public static readonly Forwarding DirectRoute = new(ForwardingMethod.DirectRoute);
}

/// <summary><c>lvs_method</c>, with the kernel's values (linux/ip_vs.h).</summary>
public enum ForwardingMethod : byte
{
    /// <summary><c>NAT</c>.</summary>
    Masquerade = 0,

    /// <summary>To this host itself. Never asked for; the kernel may report it.</summary>
    LocalNode = 1,

    /// <summary><c>TUN</c>.</summary>
    Tunnel = 2,

    /// <summary><c>DR</c>.</summary>
    DirectRoute = 3,
}

/// <summary>Encapsulation of <c>TUN</c>, with the kernel's values.</summary>
public enum TunnelType : byte
{
    IpIp = 0,
    Gue = 1,
    Gre = 2,
}

/// <summary>Checksum of an encapsulation, with the kernel's values.</summary>
public enum TunnelChecksum : byte
{
    /// <summary><c>nocsum</c>.</summary>
    None = 0,

    /// <summary><c>csum</c>.</summary>
    Full = 1,

    /// <summary><c>remcsum</c>.</summary>
    Remote = 2,
}

/// <summary>What the kernel's table shall hold of one destination.</summary>
/// <param name="Weight">0 to 2147483647; 0: no new connections.</param>
public sealed record DestinationOptions(Forwarding Forwarding, int Weight, uint UpperThreshold = 0, uint LowerThreshold = 0);
