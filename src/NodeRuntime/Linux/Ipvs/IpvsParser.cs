using System.Buffers.Binary;
using System.Numerics;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using static Keepalived.Es.NodeRuntime.Linux.Ipvs.IpvsConstants;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

/// <summary>Reads the payloads of answers of the family IPVS. Any bytes are allowed: false, never an exception.</summary>
internal static partial class IpvsParser
{
    private const int GenericHeaderBytes = 4;
    private const uint IP_VS_SVC_F_HASHED = 2; // the kernel's own mark

    /// <summary>Number of a family, from the controller's answer.</summary>
    internal static bool TryReadFamily(ReadOnlySpan<byte> payload, out ushort family)
    {
        var attributes = Open(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type == CTRL_ATTR_FAMILY_ID && attributes.Value.Length == 2)
            {
                family = attributes.UInt16;
                return true;
            }
        }

        family = 0;
        return false;
    }

    internal static bool TryReadVersion(ReadOnlySpan<byte> payload, out IpvsVersion version)
    {
        uint? code = null;
        uint size = 0;
        var attributes = Open(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case IPVS_INFO_ATTR_VERSION:
                    code = attributes.UInt32;
                    break;
                case IPVS_INFO_ATTR_CONN_TAB_SIZE:
                    size = attributes.UInt32;
                    break;
            }
        }

        version = code is { } known ? new IpvsVersion((byte)(known >> 16), (byte)(known >> 8), (byte)known, size) : default;
        return code is not null;
    }

    internal static bool TryReadTimeouts(ReadOnlySpan<byte> payload, out IpvsTimeouts timeouts)
    {
        timeouts = default;
        bool any = false;
        var attributes = Open(payload);
        while (attributes.MoveNext())
        {
            timeouts = attributes.Type switch
            {
                IPVS_CMD_ATTR_TIMEOUT_TCP => timeouts with { Tcp = attributes.UInt32 },
                IPVS_CMD_ATTR_TIMEOUT_TCP_FIN => timeouts with { TcpFin = attributes.UInt32 },
                IPVS_CMD_ATTR_TIMEOUT_UDP => timeouts with { Udp = attributes.UInt32 },
                _ => timeouts,
            };
            any |= attributes.Type is >= IPVS_CMD_ATTR_TIMEOUT_TCP and <= IPVS_CMD_ATTR_TIMEOUT_UDP;
        }

        return any;
    }

    /// <summary>Reads one service; its destinations come by themselves.</summary>
    /// <returns>False also for a service of a protocol that we do not know.</returns>
    internal static bool TryReadService(
        ReadOnlySpan<byte> payload, out ServiceKey key, out ServiceOptions options, out IpvsStatistics statistics)
    {
        ReadOnlySpan<byte> nested = Nested(payload, IPVS_CMD_ATTR_SERVICE);
        options = new ServiceOptions("");
        statistics = default;
        ReadOnlySpan<byte> mask = default;
        if (!TryReadServiceKey(nested, out key))
        {
            return false;
        }

        var attributes = new AttributeReader(nested);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case IPVS_SVC_ATTR_SCHED_NAME:
                    options = options with { Scheduler = attributes.Text };
                    break;
                case IPVS_SVC_ATTR_FLAGS:
                    options = options with { Traits = (ServiceTraits)(attributes.UInt32 & ~IP_VS_SVC_F_HASHED) };
                    break;
                case IPVS_SVC_ATTR_TIMEOUT:
                    options = options with { PersistenceTimeout = attributes.UInt32 };
                    break;
                case IPVS_SVC_ATTR_NETMASK:
                    mask = attributes.Value;
                    break;
                case IPVS_SVC_ATTR_PE_NAME:
                    options = options with { PersistenceEngine = attributes.Text };
                    break;
                case IPVS_SVC_ATTR_STATS64:
                    statistics = ReadStatistics(attributes.Value);
                    break;
            }
        }

        if (!options.Traits.HasFlag(ServiceTraits.Persistent))
        {
            options = options with { PersistenceTimeout = 0 };
        }

        options = IpvsTable.Canonical(in key, options with { PersistencePrefixLength = ReadPrefixLength(mask, key.IsIPv6) });
        return options.Scheduler.Length > 0;
    }

    internal static bool TryReadDaemon(ReadOnlySpan<byte> payload, out IpvsDaemon daemon)
    {
        daemon = new IpvsDaemon(0, "", 0, 0, RouterAddress.None, 0, 0);
        var attributes = new AttributeReader(Nested(payload, IPVS_CMD_ATTR_DAEMON));
        while (attributes.MoveNext())
        {
            daemon = attributes.Type switch
            {
                IPVS_DAEMON_ATTR_STATE => daemon with { Role = (IpvsDaemonRole)attributes.UInt32 },
                IPVS_DAEMON_ATTR_MCAST_IFN => daemon with { Interface = attributes.Text },
                IPVS_DAEMON_ATTR_SYNC_ID => daemon with { Id = (byte)attributes.UInt32 },
                IPVS_DAEMON_ATTR_SYNC_MAXLEN => daemon with { MaximumLength = attributes.UInt16 },
                IPVS_DAEMON_ATTR_MCAST_GROUP => daemon with { Group = ReadAddress(attributes.Value, isIPv6: false) ?? daemon.Group },
                IPVS_DAEMON_ATTR_MCAST_GROUP6 => daemon with { Group = ReadAddress(attributes.Value, isIPv6: true) ?? daemon.Group },
                IPVS_DAEMON_ATTR_MCAST_PORT => daemon with { Port = attributes.UInt16 },
                IPVS_DAEMON_ATTR_MCAST_TTL when attributes.Value.Length == 1 => daemon with { Ttl = attributes.Value[0] },
                _ => daemon,
            };
        }

        return daemon.Role is IpvsDaemonRole.Master or IpvsDaemonRole.Backup;
    }

    private static bool TryReadServiceKey(ReadOnlySpan<byte> nested, out ServiceKey key)
    {
        ushort family = 0, protocol = 0, port = 0;
        uint mark = 0;
        ReadOnlySpan<byte> address = default;
        var attributes = new AttributeReader(nested);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case IPVS_SVC_ATTR_AF:
                    family = attributes.UInt16;
                    break;
                case IPVS_SVC_ATTR_PROTOCOL:
                    protocol = attributes.UInt16;
                    break;
                case IPVS_SVC_ATTR_ADDR:
                    address = attributes.Value;
                    break;
                case IPVS_SVC_ATTR_PORT:
                    port = attributes.Port;
                    break;
                case IPVS_SVC_ATTR_FWMARK:
                    mark = attributes.UInt32;
                    break;
            }
        }

        bool isIPv6 = family == LibC.AF_INET6;
        RouterAddress? own = ReadAddress(address, isIPv6);
        key = mark != 0
            ? ServiceKey.OfMark(mark, isIPv6)
            : new ServiceKey((LvsProtocol)protocol, own ?? RouterAddress.None, port, 0, isIPv6);
        return family is LibC.AF_INET or LibC.AF_INET6 && (mark != 0 || (own is not null && protocol is 6 or 17 or 132));
    }

    private static IpvsStatistics ReadStatistics(ReadOnlySpan<byte> nested)
    {
        Span<ulong> values = stackalloc ulong[IPVS_STATS_ATTR_OUTBPS + 1];
        values.Clear();
        var attributes = new AttributeReader(nested);
        while (attributes.MoveNext())
        {
            if (attributes.Type < values.Length)
            {
                values[attributes.Type] = attributes.UInt64;
            }
        }

        return new IpvsStatistics(
            values[IPVS_STATS_ATTR_CONNS],
            values[IPVS_STATS_ATTR_INPKTS],
            values[IPVS_STATS_ATTR_OUTPKTS],
            values[IPVS_STATS_ATTR_INBYTES],
            values[IPVS_STATS_ATTR_OUTBYTES],
            values[IPVS_STATS_ATTR_CPS],
            values[IPVS_STATS_ATTR_INPPS],
            values[IPVS_STATS_ATTR_OUTPPS],
            values[IPVS_STATS_ATTR_INBPS],
            values[IPVS_STATS_ATTR_OUTBPS]);
    }

    private static byte? ReadPrefixLength(ReadOnlySpan<byte> mask, bool isIPv6) => (mask.Length, isIPv6) switch
    {
        (4, true) => (byte)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(mask), 128),
        (4, false) => (byte)BitOperations.PopCount(BinaryPrimitives.ReadUInt32BigEndian(mask)),
        _ => null,
    };

    private static RouterAddress? ReadAddress(ReadOnlySpan<byte> value, bool isIPv6) => (isIPv6, value.Length) switch
    {
        (true, >= 16) => RouterAddress.FromIPv6(value),
        (false, >= 4) => RouterAddress.FromIPv4(value),
        _ => null,
    };

    private static AttributeReader Open(ReadOnlySpan<byte> payload) =>
        new(payload.Length < GenericHeaderBytes ? default : payload[GenericHeaderBytes..]);

    private static ReadOnlySpan<byte> Nested(ReadOnlySpan<byte> payload, ushort type)
    {
        var attributes = Open(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type == type)
            {
                return attributes.Value;
            }
        }

        return default;
    }
}
