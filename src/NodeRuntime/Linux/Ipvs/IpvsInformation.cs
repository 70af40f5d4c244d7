using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

/// <summary>The kernel's IPVS: version and size of its hash table of connections (entries).</summary>
internal readonly record struct IpvsVersion(byte Major, byte Minor, byte Patch, uint ConnectionTableSize)
{
    public override string ToString() => $"{Major}.{Minor}.{Patch}";
}

/// <summary>How long a silent connection is kept, in seconds.</summary>
internal readonly record struct IpvsTimeouts(uint Tcp, uint TcpFin, uint Udp);

/// <summary>Roles of the sync daemon, with the kernel's values.</summary>
internal enum IpvsDaemonRole : uint
{
    /// <summary>Sends connections.</summary>
    Master = 1,

    /// <summary>Takes them.</summary>
    Backup = 2,
}

/// <summary>A sync daemon that runs.</summary>
/// <param name="Group">IPv4 or IPv6.</param>
internal sealed record IpvsDaemon(
    IpvsDaemonRole Role, string Interface, byte Id, ushort MaximumLength, RouterAddress Group, ushort Port, byte Ttl);
