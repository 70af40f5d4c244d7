using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>
/// Finds instances that would take each other's advertisements for their own: the same VRID on the same interface and multicast
/// group, or between the same source and peer.
/// </summary>
internal sealed class VridRegister(DiagnosticLog log)
{
    private readonly Dictionary<Key, VrrpInstanceSettings> _known = [];

    private readonly record struct Key(string Interface, byte Vrid, RouterAddress Source, RouterAddress Destination);

    internal void Add(VrrpInstanceSettings instance)
    {
        byte vrid = instance.Vrrp.Vrid;
        if (instance.UnicastPeers.IsEmpty)
        {
            Add(new Key(instance.Interface, vrid, RouterAddress.None, instance.MulticastGroup), instance, $"group {instance.MulticastGroup}");
            return;
        }

        foreach (UnicastPeer peer in instance.UnicastPeers)
        {
            if (!Add(new Key(instance.Interface, vrid, instance.SourceAddress, peer.Address), instance, $"unicast peer {peer.Address}"))
            {
                return;
            }
        }
    }

    private bool Add(Key key, VrrpInstanceSettings instance, string reach)
    {
        if (_known.TryAdd(key, instance))
        {
            return true;
        }

        VrrpInstanceSettings other = _known[key];
        log.Error(
            DiagnosticCodes.DuplicateVrid,
            instance.Span,
            $"vrrp_instance {instance.Vrrp.Instance} has virtual_router_id {key.Vrid} on {key.Interface} ({reach}), as has {other.Vrrp.Instance} at {other.Span}");
        return false;
    }
}
