using Keepalived.Es.Domain.Lvs;

namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

/// <summary>A service as the kernel holds it.</summary>
/// <param name="Options">In the form of <see cref="IpvsTable.Canonical(in ServiceKey, ServiceOptions)"/>.</param>
/// <param name="Destinations">In the kernel's order.</param>
internal sealed record IpvsService(
    ServiceKey Key, ServiceOptions Options, IpvsStatistics Statistics, IReadOnlyList<IpvsDestination> Destinations)
{
    /// <summary>What was read, as the side of a difference; without counters.</summary>
    internal static IpvsTable TableOf(IEnumerable<IpvsService> services) => IpvsTable.Of(services.Select(service =>
        (service.Key, service.Options, service.Destinations.Select(destination => KeyValuePair.Create(destination.Key, destination.Options)))));
}

/// <summary>A destination as the kernel holds it.</summary>
/// <param name="Options">In the form of <see cref="IpvsTable.Canonical(DestinationOptions)"/>.</param>
/// <param name="ActiveConnections">Established ones.</param>
/// <param name="InactiveConnections">All others that the kernel still keeps.</param>
/// <param name="PersistentConnections">Templates: clients that are bound to this destination.</param>
internal sealed record IpvsDestination(
    DestinationKey Key,
    DestinationOptions Options,
    IpvsStatistics Statistics,
    uint ActiveConnections,
    uint InactiveConnections,
    uint PersistentConnections);

/// <summary>Counters since the last zero, and rates a second, as of the kernel's last estimation, which it does every 2 s.</summary>
internal readonly record struct IpvsStatistics(
    ulong Connections,
    ulong IncomingPackets,
    ulong OutgoingPackets,
    ulong IncomingBytes,
    ulong OutgoingBytes,
    ulong ConnectionRate,
    ulong IncomingPacketRate,
    ulong OutgoingPacketRate,
    ulong IncomingByteRate,
    ulong OutgoingByteRate);
