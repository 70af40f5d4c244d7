using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.NodeRuntime.Linux;

/// <summary>
/// The interfaces of this node and their addresses, kept from a dump and the changes that follow it. Does no I/O itself. Used by one thread.
/// </summary>
internal sealed class LinkTable
{
    private readonly Dictionary<int, LinkInfo> _links = [];
    private readonly Dictionary<string, int> _indexByName = new(StringComparer.Ordinal);
    private readonly List<AddressInfo> _addresses = [];

    internal IReadOnlyCollection<LinkInfo> Links => _links.Values;

    /// <summary>In the kernel's order, new ones last.</summary>
    internal IReadOnlyList<AddressInfo> Addresses => _addresses;

    /// <summary>Takes a dump in place of all that was known.</summary>
    internal void Reset(IEnumerable<LinkInfo> links, IEnumerable<AddressInfo> addresses)
    {
        _links.Clear();
        _indexByName.Clear();
        _addresses.Clear();
        foreach (LinkInfo link in links)
        {
            Set(link);
        }

        _addresses.AddRange(addresses);
    }

    /// <summary>Takes one change.</summary>
    /// <returns>False for <see cref="RouteChangeKind.Overrun"/>: the caller must dump and <see cref="Reset"/>.</returns>
    internal bool Apply(in RouteChange change)
    {
        switch (change.Kind)
        {
            case RouteChangeKind.LinkChanged:
                Set(change.Link);
                return true;
            case RouteChangeKind.LinkRemoved:
                Remove(change.Link.Index);
                return true;
            case RouteChangeKind.AddressChanged:
                Set(change.Address);
                return true;
            case RouteChangeKind.AddressRemoved:
                int found = Find(change.Address);
                if (found >= 0)
                {
                    _addresses.RemoveAt(found);
                }

                return true;
            default:
                return false;
        }
    }

    internal bool TryGet(int index, out LinkInfo link) => _links.TryGetValue(index, out link);

    internal bool TryGet(string name, out LinkInfo link)
    {
        link = default;
        return _indexByName.TryGetValue(name, out int index) && _links.TryGetValue(index, out link);
    }

    /// <summary>The interface exists, is administratively up and running, as keepalived judges it.</summary>
    internal bool IsUp(int index) => _links.TryGetValue(index, out LinkInfo link) && link.IsUp;

    /// <summary>This interface holds exactly this address, whatever its prefix length.</summary>
    internal bool Holds(int index, RouterAddress address)
    {
        foreach (AddressInfo held in _addresses)
        {
            if (held.InterfaceIndex == index && held.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The IPv4 address to send from: the interface's first that is neither secondary nor virtual.</summary>
    /// <param name="excluded">Virtual addresses, ours or left over: never the primary one.</param>
    /// <returns><see cref="RouterAddress.None"/> when there is none.</returns>
    internal RouterAddress PrimaryIPv4(int index, ReadOnlySpan<RouterAddress> excluded)
    {
        foreach (AddressInfo held in _addresses)
        {
            if (held.InterfaceIndex == index && !held.IsIPv6 && (held.Flags & AddressFlags.Secondary) == 0 && !excluded.Contains(held.Address))
            {
                return held.Address;
            }
        }

        return RouterAddress.None;
    }

    /// <summary>The IPv6 address to send from: the interface's first link-local one that is usable (RFC 9568 section 5.1.2.1).</summary>
    /// <param name="excluded">Virtual addresses: never the primary one.</param>
    /// <returns><see cref="RouterAddress.None"/> when there is none.</returns>
    internal RouterAddress PrimaryIPv6(int index, ReadOnlySpan<RouterAddress> excluded)
    {
        const AddressFlags Unusable = AddressFlags.Tentative | AddressFlags.DadFailed;
        foreach (AddressInfo held in _addresses)
        {
            bool isLinkLocal = held.Address.High >> 54 == 0x3FA; // fe80::/10
            if (held.InterfaceIndex == index && held.IsIPv6 && isLinkLocal && (held.Flags & Unusable) == 0 && !excluded.Contains(held.Address))
            {
                return held.Address;
            }
        }

        return RouterAddress.None;
    }

    private void Set(in LinkInfo link)
    {
        if (_links.TryGetValue(link.Index, out LinkInfo former) && former.Name != link.Name)
        {
            Forget(former);
        }

        _links[link.Index] = link;
        _indexByName[link.Name] = link.Index;
    }

    private void Remove(int index)
    {
        if (_links.Remove(index, out LinkInfo link))
        {
            Forget(link);
            _addresses.RemoveAll(address => address.InterfaceIndex == index);
        }
    }

    /// <summary>Another interface may have taken the name over already.</summary>
    private void Forget(in LinkInfo link)
    {
        if (_indexByName.TryGetValue(link.Name, out int index) && index == link.Index)
        {
            _indexByName.Remove(link.Name);
        }
    }

    private void Set(in AddressInfo address)
    {
        int found = Find(address);
        if (found >= 0)
        {
            _addresses[found] = address;
        }
        else
        {
            _addresses.Add(address);
        }
    }

    /// <summary>The kernel tells IPv4 addresses of one interface apart by address, prefix length and peer; IPv6 addresses by address.</summary>
    private int Find(AddressInfo wanted) => _addresses.FindIndex(held =>
        held.InterfaceIndex == wanted.InterfaceIndex && held.IsIPv6 == wanted.IsIPv6 && held.Address == wanted.Address
        && (held.IsIPv6 || (held.PrefixLength == wanted.PrefixLength && held.Peer == wanted.Peer)));
}
