using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reload;

/// <summary>An address as the kernel knows it: two entries with the same key are one object there, which a reload leaves alone.</summary>
public readonly record struct AddressKey(
    RouterAddress Address, byte PrefixLength, string Device, byte Scope, string? Label, RouterAddress Broadcast, RouterAddress Peer, byte PeerPrefixLength, bool NoPrefixRoute)
{
    /// <param name="device">Where it goes when the entry does not say.</param>
    public static AddressKey Of(AddressEntry entry, string device)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new AddressKey(
            entry.Address, entry.PrefixLength, entry.Device ?? device, entry.Scope, entry.Label, entry.Broadcast, entry.Peer, entry.PeerPrefixLength, entry.NoPrefixRoute);
    }

    public override string ToString() => $"{Address}/{PrefixLength} dev {Device}";
}
