using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>Writes rtnetlink requests, rtnetlink(7).</summary>
internal static class RouteMessages
{
    /// <summary>More bytes than any one message here takes.</summary>
    internal const int LargestBytes = 256;

    private const ushort AddFlags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    private const ushort DeleteFlags = NLM_F_REQUEST | NLM_F_ACK;

    /// <summary>Asks for every link or address.</summary>
    internal static void WriteDump(ref NetlinkWriter writer, ushort type, uint sequence)
    {
        using (writer.Message(type, NLM_F_REQUEST | NLM_F_DUMP, sequence))
        {
            if (type == RTM_GETLINK)
            {
                writer.Fixed(default(LinkHeader));
            }
            else
            {
                writer.Fixed(default(AddressHeader));
            }
        }
    }

    /// <summary>Adds or deletes an address.</summary>
    /// <param name="withOrigin">Mark it as ours (IFA_PROTO), which kernels before 5.18 refuse.</param>
    internal static void WriteAddress(ref NetlinkWriter writer, in AddressSpec address, bool add, bool withOrigin, uint sequence)
    {
        using (writer.Message(add ? RTM_NEWADDR : RTM_DELADDR, add ? AddFlags : DeleteFlags, sequence))
        {
            writer.Fixed(new AddressHeader
            {
                Family = (byte)(address.IsIPv6 ? LibC.AF_INET6 : LibC.AF_INET),
                PrefixLength = address.PrefixLength,
                Flags = (byte)address.Flags,
                Scope = address.Scope,
                Index = address.InterfaceIndex,
            });
            bool hasPeer = address.Peer != RouterAddress.None;
            writer.Attribute(IFA_LOCAL, address.Address, address.IsIPv6);
            writer.Attribute(IFA_ADDRESS, hasPeer ? address.Peer : address.Address, address.IsIPv6);
            if (address.Label is { } label)
            {
                writer.Attribute(IFA_LABEL, label);
            }

            if (add)
            {
                WriteProperties(ref writer, in address, withOrigin);
            }
        }
    }

    /// <summary>Adds or deletes a route.</summary>
    internal static void WriteRoute(ref NetlinkWriter writer, in RouteSpec route, bool add, uint sequence)
    {
        using (writer.Message(add ? RTM_NEWROUTE : RTM_DELROUTE, add ? AddFlags : DeleteFlags, sequence))
        {
            writer.Fixed(HeaderOf(in route));
            if (route.PrefixLength > 0)
            {
                writer.Attribute(RTA_DST, route.Destination, route.IsIPv6);
            }

            if (route.Gateway != RouterAddress.None)
            {
                writer.Attribute(RTA_GATEWAY, route.Gateway, route.IsIPv6);
            }

            if (route.InterfaceIndex != 0)
            {
                writer.Attribute(RTA_OIF, (uint)route.InterfaceIndex);
            }

            if (route.PreferredSource != RouterAddress.None)
            {
                writer.Attribute(RTA_PREFSRC, route.PreferredSource, route.IsIPv6);
            }

            if (route.Metric is { } metric)
            {
                writer.Attribute(RTA_PRIORITY, metric);
            }

            writer.Attribute(RTA_TABLE, (uint)route.Table);
            if (route.Mtu is { } mtu)
            {
                using (writer.Nested(RTA_METRICS))
                {
                    writer.Attribute(RTAX_MTU, mtu);
                }
            }
        }
    }

    private static void WriteProperties(ref NetlinkWriter writer, in AddressSpec address, bool withOrigin)
    {
        if (address.Broadcast != RouterAddress.None)
        {
            writer.Attribute(IFA_BROADCAST, address.Broadcast, address.IsIPv6);
        }

        if (address.PreferredLifetime is { } seconds)
        {
            Span<byte> lifetimes = stackalloc byte[16];
            System.Runtime.InteropServices.MemoryMarshal.Write(
                lifetimes, new AddressLifetimes { Preferred = seconds, Valid = AddressSpec.Forever });
            writer.Attribute(IFA_CACHEINFO, lifetimes);
        }

        writer.Attribute(IFA_FLAGS, (uint)address.Flags);
        if (withOrigin)
        {
            writer.Attribute(IFA_PROTO, RTPROT_KEEPALIVED);
        }
    }

    private static RouteHeader HeaderOf(in RouteSpec route) => new()
    {
        Family = (byte)(route.IsIPv6 ? LibC.AF_INET6 : LibC.AF_INET),
        DestinationLength = route.PrefixLength,
        Table = (byte)(route.Table <= byte.MaxValue ? route.Table : RT_TABLE_COMPAT), // RTA_TABLE has the whole number
        Protocol = RTPROT_KEEPALIVED,
        Scope = route.Scope ?? DefaultScope(in route),
        Type = (byte)route.Type,
        Flags = route.OnLink ? RTNH_F_ONLINK : 0,
    };

    private static byte DefaultScope(in RouteSpec route) =>
        !route.IsIPv6 && route.Type == RouteType.Unicast && route.Gateway == RouterAddress.None ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}
