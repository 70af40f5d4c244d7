namespace Keepalived.Es.Domain.Events;

/// <summary>The kernel holds a virtual address (or route) for the instance.</summary>
/// <param name="Error">Null when it does; otherwise why it does not, in the kernel's words.</param>
[EventAlias("address_added")]
public sealed record AddressAdded(string Node, string Instance, string Address, string Device, string? Error) : IInstanceEvent;

/// <summary>The kernel no longer holds it.</summary>
/// <param name="Error">Null when it went away; otherwise the kernel's words.</param>
[EventAlias("address_removed")]
public sealed record AddressRemoved(string Node, string Instance, string Address, string Device, string? Error) : IInstanceEvent;

/// <summary>Somebody else took a virtual address off while we were Master; it was put back.</summary>
[EventAlias("address_lost")]
public sealed record AddressLost(string Node, string Instance, string Address, string Device) : IInstanceEvent;

/// <summary>A burst of gratuitous ARP went out.</summary>
/// <param name="Count">Messages sent in all.</param>
[EventAlias("gratuitous_arp_sent")]
public sealed record GratuitousArpSent(string Node, string Instance, string Device, int Addresses, int Count, string? Error) : IInstanceEvent;
