using System.Collections.Immutable;

namespace Keepalived.Es.Domain.Lvs;

/// <summary>
/// What a kernel's IPVS table holds, or shall hold: services, their options and their destinations. Immutable; options are kept in their
/// canonical form, so that two tables that mean the same to the kernel are the same.
/// </summary>
public sealed class IpvsTable
{
    /// <summary>A table without services.</summary>
    public static readonly IpvsTable Empty = new(ImmutableSortedDictionary.Create<ServiceKey, IpvsTableService>(IpvsKeyOrder.Instance));

    private IpvsTable(ImmutableSortedDictionary<ServiceKey, IpvsTableService> services) => Services = services;

    /// <summary>Ordered by family, mark, protocol, address and port.</summary>
    public ImmutableSortedDictionary<ServiceKey, IpvsTableService> Services { get; }

    /// <summary>A whole table at once, in one pass. Of two destinations with one key in a service the last counts.</summary>
    /// <param name="services">Each service once.</param>
    public static IpvsTable Of(IEnumerable<(ServiceKey Key, ServiceOptions Options, IEnumerable<KeyValuePair<DestinationKey, DestinationOptions>> Destinations)> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        ImmutableSortedDictionary<ServiceKey, IpvsTableService>.Builder table = Empty.Services.ToBuilder();
        foreach ((ServiceKey key, ServiceOptions options, IEnumerable<KeyValuePair<DestinationKey, DestinationOptions>> destinations) in services)
        {
            ImmutableSortedDictionary<DestinationKey, DestinationOptions>.Builder own = IpvsTableService.NoDestinations.ToBuilder();
            foreach ((DestinationKey destination, DestinationOptions of) in destinations)
            {
                own[destination] = Canonical(of);
            }

            table[key] = new IpvsTableService(Canonical(in key, options), own.ToImmutable());
        }

        return new IpvsTable(table.ToImmutable());
    }

    /// <summary>Adds a service, or sets its options and keeps its destinations.</summary>
    public IpvsTable WithService(in ServiceKey service, ServiceOptions options)
    {
        ImmutableSortedDictionary<DestinationKey, DestinationOptions> destinations =
            Services.TryGetValue(service, out IpvsTableService? present) ? present.Destinations : IpvsTableService.NoDestinations;
        return new IpvsTable(Services.SetItem(service, new IpvsTableService(Canonical(in service, options), destinations)));
    }

    /// <summary>Removes a service with its destinations; nothing when it is not there.</summary>
    public IpvsTable WithoutService(in ServiceKey service) => new(Services.Remove(service));

    /// <summary>Adds a destination, or sets its options.</summary>
    /// <exception cref="KeyNotFoundException">The service is not in the table.</exception>
    public IpvsTable WithDestination(in ServiceKey service, in DestinationKey destination, DestinationOptions options)
    {
        IpvsTableService present = Services[service];
        return new IpvsTable(Services.SetItem(
            service, present with { Destinations = present.Destinations.SetItem(destination, Canonical(options)) }));
    }

    /// <summary>Removes a destination; nothing when it is not there.</summary>
    /// <exception cref="KeyNotFoundException">The service is not in the table.</exception>
    public IpvsTable WithoutDestination(in ServiceKey service, in DestinationKey destination)
    {
        IpvsTableService present = Services[service];
        return new IpvsTable(Services.SetItem(service, present with { Destinations = present.Destinations.Remove(destination) }));
    }

    /// <summary>
    /// The one form of options that mean the same: the persistence flag goes with the timeout, a prefix of all bits or one without
    /// persistence is not told, nor is an engine without a name.
    /// </summary>
    public static ServiceOptions Canonical(in ServiceKey service, ServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool persistent = options.PersistenceTimeout > 0;
        bool masks = persistent && options.PersistencePrefixLength < (service.IsIPv6 ? 128 : 32);
        return options with
        {
            Traits = persistent ? options.Traits | ServiceTraits.Persistent : options.Traits & ~ServiceTraits.Persistent,
            PersistencePrefixLength = masks ? options.PersistencePrefixLength : null,
            PersistenceEngine = string.IsNullOrEmpty(options.PersistenceEngine) ? null : options.PersistenceEngine,
        };
    }

    /// <summary>
    /// The one form of options that mean the same: nothing of a tunnel without one, a port with GUE only, no checksum with IPIP.
    /// </summary>
    public static DestinationOptions Canonical(DestinationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Forwarding forwarding = options.Forwarding;
        Forwarding canonical = (forwarding.Method, forwarding.Tunnel) switch
        {
            (ForwardingMethod.Tunnel, TunnelType.IpIp) or (not ForwardingMethod.Tunnel, _) => new Forwarding(forwarding.Method),
            (_, TunnelType.Gue) => forwarding,
            _ => forwarding with { TunnelPort = 0 },
        };
        return canonical == forwarding ? options : options with { Forwarding = canonical };
    }

    /// <summary>
    /// Family of a destination, which may differ from its service's (tunnels). The number alone does not tell ::1 from 0.0.0.1; no host has
    /// an address of 0.0.0.0/8, so that with an IPv6 service it is the former.
    /// </summary>
    public static bool IsIPv6(in ServiceKey service, in DestinationKey destination)
    {
        const uint FirstHost = 0x0100_0000; // 1.0.0.0
        return !destination.Address.IsIPv4 || (service.IsIPv6 && destination.Address.IPv4 < FirstHost);
    }
}

/// <summary>A service of an <see cref="IpvsTable"/>.</summary>
/// <param name="Destinations">Ordered by address and port.</param>
public sealed record IpvsTableService(ServiceOptions Options, ImmutableSortedDictionary<DestinationKey, DestinationOptions> Destinations)
{
    internal static readonly ImmutableSortedDictionary<DestinationKey, DestinationOptions> NoDestinations =
        ImmutableSortedDictionary.Create<DestinationKey, DestinationOptions>(IpvsKeyOrder.Instance);
}

/// <summary>Gives every listing of a table, and so every list of commands, one order.</summary>
internal sealed class IpvsKeyOrder : IComparer<ServiceKey>, IComparer<DestinationKey>
{
    internal static readonly IpvsKeyOrder Instance = new();

    public int Compare(ServiceKey x, ServiceKey y)
    {
        int order = x.IsIPv6.CompareTo(y.IsIPv6);
        order = order != 0 ? order : x.FirewallMark.CompareTo(y.FirewallMark);
        order = order != 0 ? order : Nullable.Compare(x.Protocol, y.Protocol);
        order = order != 0 ? order : x.Address.CompareTo(y.Address);
        return order != 0 ? order : x.Port.CompareTo(y.Port);
    }

    public int Compare(DestinationKey x, DestinationKey y)
    {
        int order = x.Address.CompareTo(y.Address);
        return order != 0 ? order : x.Port.CompareTo(y.Port);
    }
}
