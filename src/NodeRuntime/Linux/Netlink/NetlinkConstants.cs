namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>Numbers of linux/netlink.h, linux/rtnetlink.h and linux/genetlink.h, under their own names.</summary>
internal static class NetlinkConstants
{
    internal const int NETLINK_ROUTE = 0;
    internal const int NETLINK_GENERIC = 16;
    internal const int SOL_NETLINK = 270;
    internal const int NETLINK_ADD_MEMBERSHIP = 1;
    internal const int NETLINK_CAP_ACK = 10;
    internal const int NETLINK_EXT_ACK = 11;
    internal const int NETLINK_GET_STRICT_CHK = 12;

    internal const ushort NLMSG_ERROR = 2;
    internal const ushort NLMSG_DONE = 3;
    internal const ushort NLM_F_REQUEST = 0x001;
    internal const ushort NLM_F_ACK = 0x004;
    internal const ushort NLM_F_DUMP_INTR = 0x010;
    internal const ushort NLM_F_CAPPED = 0x100;
    internal const ushort NLM_F_ACK_TLVS = 0x200;
    internal const ushort NLM_F_EXCL = 0x200;
    internal const ushort NLM_F_DUMP = 0x300;
    internal const ushort NLM_F_CREATE = 0x400;
    internal const ushort NLMSGERR_ATTR_MSG = 1;

    internal const ushort GENL_ID_CTRL = 16;
    internal const byte CTRL_CMD_GETFAMILY = 3;
    internal const ushort CTRL_ATTR_FAMILY_ID = 1;
    internal const ushort CTRL_ATTR_FAMILY_NAME = 2;

    internal const ushort RTM_NEWLINK = 16;
    internal const ushort RTM_DELLINK = 17;
    internal const ushort RTM_GETLINK = 18;
    internal const ushort RTM_NEWADDR = 20;
    internal const ushort RTM_DELADDR = 21;
    internal const ushort RTM_GETADDR = 22;
    internal const ushort RTM_NEWROUTE = 24;
    internal const ushort RTM_DELROUTE = 25;

    internal const int RTNLGRP_LINK = 1;
    internal const int RTNLGRP_IPV4_IFADDR = 5;
    internal const int RTNLGRP_IPV6_IFADDR = 9;

    internal const ushort IFLA_ADDRESS = 1;
    internal const ushort IFLA_IFNAME = 3;
    internal const ushort IFLA_MTU = 4;
    internal const ushort IFLA_LINK = 5;
    internal const ushort IFLA_OPERSTATE = 16;
    internal const ushort IFLA_LINKINFO = 18;
    internal const ushort IFLA_INFO_KIND = 1;

    internal const ushort IFA_ADDRESS = 1;
    internal const ushort IFA_LOCAL = 2;
    internal const ushort IFA_LABEL = 3;
    internal const ushort IFA_BROADCAST = 4;
    internal const ushort IFA_CACHEINFO = 6;
    internal const ushort IFA_FLAGS = 8;
    internal const ushort IFA_PROTO = 11;

    internal const ushort RTA_DST = 1;
    internal const ushort RTA_OIF = 4;
    internal const ushort RTA_GATEWAY = 5;
    internal const ushort RTA_PRIORITY = 6;
    internal const ushort RTA_PREFSRC = 7;
    internal const ushort RTA_METRICS = 8;
    internal const ushort RTA_TABLE = 15;
    internal const ushort RTAX_MTU = 2;
    internal const byte RT_TABLE_COMPAT = 252;
    internal const byte RT_SCOPE_UNIVERSE = 0;
    internal const byte RT_SCOPE_LINK = 253;
    internal const uint RTNH_F_ONLINK = 4;

    /// <summary>The origin that routes of keepalived carry; the same number marks its addresses (IFA_PROTO).</summary>
    internal const byte RTPROT_KEEPALIVED = 18;
}
