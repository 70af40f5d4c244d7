using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using static Keepalived.Es.NodeRuntime.Linux.Ipvs.IpvsConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

/// <summary>Reads destinations.</summary>
internal static partial class IpvsParser
{
    /// <summary>Reads one destination.</summary>
    /// <param name="serviceIsIPv6">Family of a destination whose own is not told (Linux before 3.18).</param>
    internal static bool TryReadDestination(ReadOnlySpan<byte> payload, bool serviceIsIPv6, out IpvsDestination destination)
    {
        var fields = new DestinationFields { IsIPv6 = serviceIsIPv6 };
        var attributes = new AttributeReader(Nested(payload, IPVS_CMD_ATTR_DEST));
        while (attributes.MoveNext())
        {
            fields.Take(ref attributes);
        }

        RouterAddress? address = ReadAddress(fields.Address, fields.IsIPv6);
        destination = fields.Build(address ?? RouterAddress.None);
        return address is not null && Enum.IsDefined(destination.Options.Forwarding.Method);
    }

    private ref struct DestinationFields
    {
        internal bool IsIPv6;
        internal ReadOnlySpan<byte> Address;
        private ushort _port;
        private uint _method;
        private uint _weight;
        private uint _upper;
        private uint _lower;
        private uint _active;
        private uint _inactive;
        private uint _persistent;
        private byte _tunnel;
        private ushort _tunnelPort;
        private ushort _tunnelFlags;
        private IpvsStatistics _statistics;

        internal void Take(ref AttributeReader attribute)
        {
            switch (attribute.Type)
            {
                case IPVS_DEST_ATTR_ADDR: Address = attribute.Value; break;
                case IPVS_DEST_ATTR_ADDR_FAMILY: IsIPv6 = attribute.UInt16 == LibC.AF_INET6; break;
                case IPVS_DEST_ATTR_PORT: _port = attribute.Port; break;
                case IPVS_DEST_ATTR_FWD_METHOD: _method = attribute.UInt32; break;
                case IPVS_DEST_ATTR_WEIGHT: _weight = attribute.UInt32; break;
                case IPVS_DEST_ATTR_U_THRESH: _upper = attribute.UInt32; break;
                case IPVS_DEST_ATTR_L_THRESH: _lower = attribute.UInt32; break;
                case IPVS_DEST_ATTR_ACTIVE_CONNS: _active = attribute.UInt32; break;
                case IPVS_DEST_ATTR_INACT_CONNS: _inactive = attribute.UInt32; break;
                case IPVS_DEST_ATTR_PERSIST_CONNS: _persistent = attribute.UInt32; break;
                case IPVS_DEST_ATTR_TUN_TYPE: _tunnel = attribute.Value.Length > 0 ? attribute.Value[0] : default; break;
                case IPVS_DEST_ATTR_TUN_PORT: _tunnelPort = attribute.Port; break;
                case IPVS_DEST_ATTR_TUN_FLAGS: _tunnelFlags = attribute.UInt16; break;
                case IPVS_DEST_ATTR_STATS64: _statistics = ReadStatistics(attribute.Value); break;
            }
        }

        internal readonly IpvsDestination Build(RouterAddress address)
        {
            const uint MethodMask = 7; // IP_VS_CONN_F_FWD_MASK
            var forwarding = new Forwarding(
                (ForwardingMethod)(_method & MethodMask), (TunnelType)_tunnel, _tunnelPort, (TunnelChecksum)_tunnelFlags);
            var options = IpvsTable.Canonical(new DestinationOptions(forwarding, (int)Math.Min(_weight, int.MaxValue), _upper, _lower));
            return new IpvsDestination(new DestinationKey(address, _port), options, _statistics, _active, _inactive, _persistent);
        }
    }
}
