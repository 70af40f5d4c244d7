namespace Keepalived.Es.Domain.Lvs;

/// <summary>One change of a kernel's IPVS table.</summary>
public abstract record IpvsCommand
{
    private IpvsCommand(ServiceKey service) => Service = service;

    /// <summary>The service that is changed, or whose destination is.</summary>
    public ServiceKey Service { get; }

    public sealed record AddService(ServiceKey Key, ServiceOptions Options) : IpvsCommand(Key);

    /// <summary>Sets all options of a service; its destinations and connections stay.</summary>
    public sealed record SetService(ServiceKey Key, ServiceOptions Options) : IpvsCommand(Key);

    /// <summary>Removes a service with its destinations.</summary>
    public sealed record RemoveService(ServiceKey Key) : IpvsCommand(Key);

    public sealed record AddDestination(ServiceKey Of, DestinationKey Key, DestinationOptions Options) : IpvsCommand(Of);

    /// <summary>Sets all options of a destination; its connections stay.</summary>
    public sealed record SetDestination(ServiceKey Of, DestinationKey Key, DestinationOptions Options) : IpvsCommand(Of);

    /// <summary>Removes a destination; its connections are lost.</summary>
    public sealed record RemoveDestination(ServiceKey Of, DestinationKey Key) : IpvsCommand(Of);
}
