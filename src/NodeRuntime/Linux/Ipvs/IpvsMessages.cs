using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using static Keepalived.Es.NodeRuntime.Linux.Ipvs.IpvsConstants;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

/// <summary>Writes requests to the generic netlink family IPVS, linux/ip_vs.h.</summary>
internal static class IpvsMessages
{
    /// <summary>More bytes than any one message here takes.</summary>
    internal const int LargestBytes = 320;

    /// <summary>What our flags decide about; IP_VS_SVC_F_HASHED is the kernel's own.</summary>
    private const uint TraitsMask =
        (uint)(ServiceTraits.Persistent | ServiceTraits.OnePacket
            | ServiceTraits.Scheduler1 | ServiceTraits.Scheduler2 | ServiceTraits.Scheduler3);

    /// <summary>Asks for the number of the family by its name; the kernel loads the module for it.</summary>
    internal static void WriteFamilyRequest(ref NetlinkWriter writer, string family, uint sequence)
    {
        using (writer.Message(GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_ACK, sequence))
        {
            writer.Fixed(new GenericHeader { Command = CTRL_CMD_GETFAMILY, Version = 1 });
            writer.Attribute(CTRL_ATTR_FAMILY_NAME, family);
        }
    }

    /// <summary>A request without attributes: information, timeouts, lists of services and daemons, flush, zero.</summary>
    internal static void WritePlain(ref NetlinkWriter writer, in IpvsRequest request)
    {
        using (Begin(ref writer, in request))
        {
        }
    }

    /// <summary>A request about a service that is named only: remove, zero, list its destinations.</summary>
    internal static void WriteServiceKey(ref NetlinkWriter writer, in IpvsRequest request, in ServiceKey service)
    {
        using (Begin(ref writer, in request))
        {
            WriteKey(ref writer, in service);
        }
    }

    /// <summary>Adds or sets a service.</summary>
    internal static void WriteService(ref NetlinkWriter writer, in IpvsRequest request, in ServiceKey service, ServiceOptions options)
    {
        options = IpvsTable.Canonical(in service, options);
        using (Begin(ref writer, in request))
        using (writer.Nested(IPVS_CMD_ATTR_SERVICE))
        {
            WriteKeyFields(ref writer, in service);
            writer.Attribute(IPVS_SVC_ATTR_SCHED_NAME, options.Scheduler);
            if (options.PersistenceEngine is { } engine)
            {
                writer.Attribute(IPVS_SVC_ATTR_PE_NAME, engine);
            }

            Span<byte> flags = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(flags, (uint)options.Traits);
            BinaryPrimitives.WriteUInt32LittleEndian(flags[4..], TraitsMask);
            writer.Attribute(IPVS_SVC_ATTR_FLAGS, flags);
            writer.Attribute(IPVS_SVC_ATTR_TIMEOUT, options.PersistenceTimeout);
            WriteNetmask(ref writer, service.IsIPv6, options.PersistencePrefixLength);
        }
    }

    /// <summary>Adds, sets or removes a destination.</summary>
    /// <param name="options">Null to remove.</param>
    internal static void WriteDestination(
        ref NetlinkWriter writer, in IpvsRequest request, in ServiceKey service, in DestinationKey destination, DestinationOptions? options)
    {
        bool isIPv6 = IpvsTable.IsIPv6(in service, in destination);
        using (Begin(ref writer, in request))
        {
            WriteKey(ref writer, in service);
            using (writer.Nested(IPVS_CMD_ATTR_DEST))
            {
                writer.Attribute(IPVS_DEST_ATTR_ADDR_FAMILY, Family(isIPv6));
                WriteAddress(ref writer, IPVS_DEST_ATTR_ADDR, destination.Address, isIPv6);
                writer.PortAttribute(IPVS_DEST_ATTR_PORT, destination.Port);
                if (options is not null)
                {
                    WriteDestinationOptions(ref writer, IpvsTable.Canonical(options));
                }
            }
        }
    }

    /// <summary>Sets the timeouts that are given.</summary>
    internal static void WriteTimeouts(ref NetlinkWriter writer, in IpvsRequest request, LvsTimeouts timeouts)
    {
        using (Begin(ref writer, in request))
        {
            WriteGiven(ref writer, IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts.Tcp);
            WriteGiven(ref writer, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.TcpFin);
            WriteGiven(ref writer, IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts.Udp);
        }
    }

    /// <summary>Starts a sync daemon, or stops it (without <paramref name="settings"/>).</summary>
    internal static void WriteDaemon(ref NetlinkWriter writer, in IpvsRequest request, IpvsDaemonRole role, SyncDaemonSettings? settings)
    {
        using (Begin(ref writer, in request))
        using (writer.Nested(IPVS_CMD_ATTR_DAEMON))
        {
            writer.Attribute(IPVS_DAEMON_ATTR_STATE, (uint)role);
            if (settings is not null)
            {
                WriteDaemonSettings(ref writer, settings);
            }
        }
    }

    private static void WriteDaemonSettings(ref NetlinkWriter writer, SyncDaemonSettings settings)
    {
        writer.Attribute(IPVS_DAEMON_ATTR_MCAST_IFN, settings.Interface);
        writer.Attribute(IPVS_DAEMON_ATTR_SYNC_ID, (uint)settings.Id);
        if (settings.MaximumLength != 0)
        {
            writer.Attribute(IPVS_DAEMON_ATTR_SYNC_MAXLEN, (ushort)settings.MaximumLength);
        }

        if (settings.Group != RouterAddress.None)
        {
            bool isIPv6 = !settings.Group.IsIPv4;
            writer.Attribute(isIPv6 ? IPVS_DAEMON_ATTR_MCAST_GROUP6 : IPVS_DAEMON_ATTR_MCAST_GROUP, settings.Group, isIPv6);
        }

        if (settings.Port != 0)
        {
            writer.Attribute(IPVS_DAEMON_ATTR_MCAST_PORT, settings.Port); // the one port in host order
        }

        if (settings.Ttl != 0)
        {
            writer.Attribute(IPVS_DAEMON_ATTR_MCAST_TTL, settings.Ttl);
        }
    }

    private static void WriteDestinationOptions(ref NetlinkWriter writer, DestinationOptions options)
    {
        writer.Attribute(IPVS_DEST_ATTR_FWD_METHOD, (uint)options.Forwarding.Method);
        writer.Attribute(IPVS_DEST_ATTR_WEIGHT, (uint)options.Weight);
        writer.Attribute(IPVS_DEST_ATTR_U_THRESH, options.UpperThreshold);
        writer.Attribute(IPVS_DEST_ATTR_L_THRESH, options.LowerThreshold);
        if (options.Forwarding.Method == ForwardingMethod.Tunnel)
        {
            writer.Attribute(IPVS_DEST_ATTR_TUN_TYPE, (byte)options.Forwarding.Tunnel);
            writer.PortAttribute(IPVS_DEST_ATTR_TUN_PORT, options.Forwarding.TunnelPort);
            writer.Attribute(IPVS_DEST_ATTR_TUN_FLAGS, (ushort)options.Forwarding.Checksum);
        }
    }

    private static NetlinkWriter.Scope Begin(ref NetlinkWriter writer, in IpvsRequest request)
    {
        NetlinkWriter.Scope scope = writer.Message(request.Family, request.Flags, request.Sequence);
        writer.Fixed(new GenericHeader { Command = request.Command, Version = IPVS_GENL_VERSION });
        return scope;
    }

    private static void WriteKey(ref NetlinkWriter writer, in ServiceKey service)
    {
        using (writer.Nested(IPVS_CMD_ATTR_SERVICE))
        {
            WriteKeyFields(ref writer, in service);
        }
    }

    private static void WriteKeyFields(ref NetlinkWriter writer, in ServiceKey service)
    {
        writer.Attribute(IPVS_SVC_ATTR_AF, Family(service.IsIPv6));
        if (service.Protocol is { } protocol)
        {
            writer.Attribute(IPVS_SVC_ATTR_PROTOCOL, (ushort)protocol);
            WriteAddress(ref writer, IPVS_SVC_ATTR_ADDR, service.Address, service.IsIPv6);
            writer.PortAttribute(IPVS_SVC_ATTR_PORT, service.Port);
        }
        else
        {
            writer.Attribute(IPVS_SVC_ATTR_FWMARK, service.FirewallMark);
        }
    }

    /// <summary>union nf_inet_addr: sixteen bytes, of which an IPv4 address fills the first four.</summary>
    private static void WriteAddress(ref NetlinkWriter writer, ushort type, RouterAddress address, bool isIPv6)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (isIPv6)
        {
            address.WriteIPv6(bytes);
        }
        else
        {
            address.WriteIPv4(bytes);
        }

        writer.Attribute(type, bytes);
    }

    /// <summary>IPv4: a mask in network order. IPv6: a number of bits in host order.</summary>
    private static void WriteNetmask(ref NetlinkWriter writer, bool isIPv6, byte? prefixLength)
    {
        if (isIPv6)
        {
            writer.Attribute(IPVS_SVC_ATTR_NETMASK, (uint)(prefixLength ?? 128));
            return;
        }

        Span<byte> mask = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(mask, uint.MaxValue << (32 - (prefixLength ?? 32)));
        writer.Attribute(IPVS_SVC_ATTR_NETMASK, mask);
    }

    private static void WriteGiven(ref NetlinkWriter writer, ushort type, uint? value)
    {
        if (value is { } given)
        {
            writer.Attribute(type, given);
        }
    }

    private static ushort Family(bool isIPv6) => (ushort)(isIPv6 ? LibC.AF_INET6 : LibC.AF_INET);
}

/// <summary>Head of a request.</summary>
/// <param name="Family">Number of the family IPVS in this kernel, see <see cref="IpvsMessages.WriteFamilyRequest"/>.</param>
/// <param name="Command">IPVS_CMD_….</param>
/// <param name="Flags">NLM_F_REQUEST and what goes with it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IpvsRequest(ushort Family, byte Command, ushort Flags, uint Sequence);
