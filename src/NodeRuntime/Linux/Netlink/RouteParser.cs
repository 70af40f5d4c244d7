using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Arp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>Reads the payloads of rtnetlink messages. Any bytes are allowed: false, never an exception.</summary>
internal static class RouteParser
{
    /// <summary>Reads RTM_NEWLINK or RTM_DELLINK.</summary>
    /// <returns>False for a bridge port's message (family AF_BRIDGE: the port left its bridge, the interface is still there), or one without a name.</returns>
    internal static bool TryReadLink(ReadOnlySpan<byte> payload, out LinkInfo link)
    {
        link = default;
        if (!MemoryMarshal.TryRead(payload, out LinkHeader header) || header.Family != LibC.AF_UNSPEC || header.Index <= 0)
        {
            return false;
        }

        link = new LinkInfo(header.Index, "", (LinkFlags)header.Flags) { HardwareType = header.HardwareType };
        var attributes = new AttributeReader(payload[16..]);
        while (attributes.MoveNext())
        {
            link = attributes.Type switch
            {
                IFLA_IFNAME => link with { Name = attributes.Text },
                IFLA_ADDRESS when attributes.Value.Length == MacAddress.Length => link with { Mac = MacAddress.Read(attributes.Value) },
                IFLA_MTU => link with { Mtu = (int)attributes.UInt32 },
                IFLA_LINK => link with { LowerIndex = (int)attributes.UInt32 },
                IFLA_OPERSTATE when attributes.Value.Length == 1 => link with { OperationalState = (OperationalState)attributes.Value[0] },
                IFLA_LINKINFO => link with { Kind = ReadKind(attributes.Value) },
                _ => link,
            };
        }

        return link.Name.Length > 0;
    }

    /// <summary>Reads RTM_NEWADDR or RTM_DELADDR.</summary>
    internal static bool TryReadAddress(ReadOnlySpan<byte> payload, out AddressInfo address)
    {
        address = default;
        if (!MemoryMarshal.TryRead(payload, out AddressHeader header)
            || header.Family is not (LibC.AF_INET or LibC.AF_INET6)
            || header.Index <= 0)
        {
            return false;
        }

        bool isIPv6 = header.Family == LibC.AF_INET6;
        AddressFlags flags = (AddressFlags)header.Flags;
        byte origin = 0;
        RouterAddress? local = null;
        RouterAddress? other = null;
        var attributes = new AttributeReader(payload[8..]);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case IFA_LOCAL:
                    local = ReadAddress(attributes.Value, isIPv6) ?? local;
                    break;
                case IFA_ADDRESS:
                    other = ReadAddress(attributes.Value, isIPv6) ?? other;
                    break;
                case IFA_FLAGS when attributes.Value.Length == 4:
                    flags = (AddressFlags)attributes.UInt32;
                    break;
                case IFA_PROTO when attributes.Value.Length == 1:
                    origin = attributes.Value[0];
                    break;
            }
        }

        if ((local ?? other) is not { } own)
        {
            return false;
        }

        address = new AddressInfo(header.Index, own, header.PrefixLength)
        {
            IsIPv6 = isIPv6,
            Flags = flags,
            Scope = header.Scope,
            Peer = other is { } peer && peer != own ? peer : RouterAddress.None,
            Origin = origin,
        };
        return true;
    }

    /// <summary>Reads NLMSG_ERROR: an acknowledgement (errno 0) or a refusal.</summary>
    /// <param name="flags">Of the message's header.</param>
    /// <param name="errno">0 or a positive error number; EINVAL when the message is too short to tell.</param>
    /// <returns>The kernel's own text, or null.</returns>
    internal static string? ReadAcknowledgement(ReadOnlySpan<byte> payload, ushort flags, out int errno)
    {
        const int EchoOffset = 4;
        if (payload.Length < EchoOffset + NetlinkWriter.HeaderBytes)
        {
            errno = Errno.EINVAL;
            return null;
        }

        errno = -BinaryPrimitives.ReadInt32LittleEndian(payload);
        if ((flags & NLM_F_ACK_TLVS) == 0)
        {
            return null;
        }

        uint echo = (flags & NLM_F_CAPPED) != 0 ? NetlinkWriter.HeaderBytes : BinaryPrimitives.ReadUInt32LittleEndian(payload[EchoOffset..]);
        if (echo > (uint)(payload.Length - EchoOffset))
        {
            return null;
        }

        int start = Math.Min(EchoOffset + NetlinkWriter.Align((int)echo), payload.Length);
        var attributes = new AttributeReader(payload[start..]);
        while (attributes.MoveNext())
        {
            if (attributes.Type == NLMSGERR_ATTR_MSG)
            {
                return attributes.Text;
            }
        }

        return null;
    }

    private static string ReadKind(ReadOnlySpan<byte> nested)
    {
        var attributes = new AttributeReader(nested);
        while (attributes.MoveNext())
        {
            if (attributes.Type == IFLA_INFO_KIND)
            {
                return attributes.Text;
            }
        }

        return "";
    }

    private static RouterAddress? ReadAddress(ReadOnlySpan<byte> value, bool isIPv6) => (isIPv6, value.Length) switch
    {
        (false, 4) => RouterAddress.FromIPv4(value),
        (true, 16) => RouterAddress.FromIPv6(value),
        _ => null,
    };
}
