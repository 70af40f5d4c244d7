using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reload;

/// <summary>
/// What makes a <c>vrrp_instance</c> of the new configuration the same as one of the old. Its name is not part of it, as in keepalived: a rename is seamless, another
/// VRID is another virtual router.
/// </summary>
/// <param name="Source">Of unicast only; <see cref="RouterAddress.None"/> for multicast.</param>
public readonly record struct InstanceIdentity(byte Vrid, bool IsIPv4, string Interface, bool IsUnicast, RouterAddress Source)
{
    public static InstanceIdentity Of(VrrpInstanceSettings instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        bool unicast = !instance.UnicastPeers.IsEmpty;
        bool ipv4 = instance.VirtualAddresses.IsEmpty || instance.VirtualAddresses[0].Address.IsIPv4;
        return new InstanceIdentity(instance.Vrrp.Vrid, ipv4, instance.Interface, unicast, unicast ? instance.SourceAddress : RouterAddress.None);
    }
}
