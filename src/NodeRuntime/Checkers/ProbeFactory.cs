using System.Diagnostics;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>Makes the probe of a check.</summary>
internal static class ProbeFactory
{
    /// <param name="tls">The <c>SSL</c> block; null: none.</param>
    /// <param name="reactor">On which it runs, or whose places it takes. Must outlive it.</param>
    /// <exception cref="ProbeSetupException">It cannot be made as configured; the message says what and why.</exception>
    internal static IProbe Create(NetworkCheckSettings settings, TlsClientSettings? tls, ProbeReactor reactor) => settings switch
    {
        TcpCheckSettings tcp => new TcpProbe(tcp, reactor),
        UdpCheckSettings udp => new UdpProbe(udp, reactor),
        DnsCheckSettings dns => new DnsProbe(dns, reactor),
        PingCheckSettings ping => new PingProbe(ping, reactor),
        HttpCheckSettings http => new HttpProbe(http, tls, reactor.Streams),
        SmtpCheckSettings smtp => new SmtpProbe(smtp, reactor.Streams),
        _ => throw new UnreachableException($"no probe for {settings.Kind}"),
    };
}
