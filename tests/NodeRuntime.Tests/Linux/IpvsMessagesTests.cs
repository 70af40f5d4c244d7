using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using static Keepalived.Es.NodeRuntime.Linux.Ipvs.IpvsConstants;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class IpvsMessagesTests
{
    private static readonly ServiceKey _web = ServiceKey.OfAddress(LvsProtocol.Tcp, RouterAddress.Parse("192.0.2.1"), 80);

    [Fact]
    public void The_family_is_asked_for_by_its_name() => Golden(
        "20000000 1000 0500 07000000 00000000 03 01 0000 0900 0200 4950565300 000000",
        (ref writer) => IpvsMessages.WriteFamilyRequest(ref writer, IPVS_GENL_NAME, sequence: 7));

    [Fact]
    public void A_service_is_added_with_all_its_options() => Golden(
        """
        70000000 2100 0500 07000000 00000000 01 01 0000
        5C00 0180
            0600 0100 0200 0000
            0600 0200 0600 0000
            1400 0300 C0000201 000000000000000000000000
            0600 0400 0050 0000
            0700 0600 736800 00
            0800 0B00 73697000
            0C00 0700 19000000 3D000000
            0800 0800 2C010000
            0800 0900 FFFFFF00
        """,
        (ref writer) => IpvsMessages.WriteService(
            ref writer,
            Request(IPVS_CMD_NEW_SERVICE),
            in _web,
            new("sh", ServiceTraits.Scheduler1 | ServiceTraits.Scheduler2, 300, 24, "sip")));

    [Fact]
    public void A_service_of_a_firewall_mark_over_IPv6_has_neither_protocol_nor_address() => Golden(
        """
        4C000000 2100 0500 07000000 00000000 02 01 0000
        3800 0180
            0600 0100 0A00 0000
            0800 0500 2A000000
            0800 0600 776C6300
            0C00 0700 00000000 3D000000
            0800 0800 00000000
            0800 0900 80000000
        """,
        (ref writer) => IpvsMessages.WriteService(
            ref writer, Request(IPVS_CMD_SET_SERVICE), ServiceKey.OfMark(42, isIPv6: true), new("wlc")));

    [Fact]
    public void A_destination_behind_a_tunnel_has_a_family_of_its_own() => Golden(
        """
        88000000 2100 0500 07000000 00000000 05 01 0000
        1400 0180
            0600 0100 0200 0000
            0800 0500 01000000
        6000 0280
            0600 0B00 0A00 0000
            1400 0100 20010DB8000000000000000000000009
            0600 0200 0000 0000
            0800 0300 02000000
            0800 0400 0A000000
            0800 0500 64000000
            0800 0600 32000000
            0500 0D00 01 000000
            0600 0E00 17C0 0000
            0600 0F00 0200 0000
        """,
        (ref writer) => IpvsMessages.WriteDestination(
            ref writer,
            Request(IPVS_CMD_NEW_DEST),
            ServiceKey.OfMark(1, isIPv6: false),
            new DestinationKey(RouterAddress.Parse("2001:db8::9"), 0),
            new DestinationOptions(new(ForwardingMethod.Tunnel, TunnelType.Gue, 6080, TunnelChecksum.Remote), 10, 100, 50)));

    [Fact]
    public void A_destination_is_removed_by_its_name_alone() => Golden(
        """
        6C000000 2100 0500 07000000 00000000 07 01 0000
        3000 0180
            0600 0100 0200 0000
            0600 0200 0600 0000
            1400 0300 C0000201 000000000000000000000000
            0600 0400 0050 0000
        2800 0280
            0600 0B00 0200 0000
            1400 0100 0A000001 000000000000000000000000
            0600 0200 1F90 0000
        """,
        (ref writer) => IpvsMessages.WriteDestination(
            ref writer, Request(IPVS_CMD_DEL_DEST), in _web, new DestinationKey(RouterAddress.Parse("10.0.0.1"), 8080), options: null));

    [Fact]
    public void Only_the_timeouts_that_are_given_are_sent() => Golden(
        "1C000000 2100 0500 07000000 00000000 0C 01 0000 0800 0500 05000000",
        (ref writer) => IpvsMessages.WriteTimeouts(ref writer, Request(IPVS_CMD_SET_CONFIG), new LvsTimeouts(TcpFin: 5)));

    [Fact]
    public void The_sync_daemons_port_is_in_host_order_and_what_is_the_kernels_to_choose_is_left_out()
    {
        var plain = new SyncDaemonSettings("eth0", new SourceSpan("k.conf", 1, 1, 1), Id: 51);
        Golden(
            """
            34000000 2100 0500 07000000 00000000 09 01 0000
            2000 0380
                0800 0100 01000000
                0900 0200 6574683000 000000
                0800 0300 33000000
            """,
            (ref writer) => IpvsMessages.WriteDaemon(ref writer, Request(IPVS_CMD_NEW_DAEMON), IpvsDaemonRole.Master, plain));
        Golden(
            """
            54000000 2100 0500 07000000 00000000 09 01 0000
            4000 0380
                0800 0100 02000000
                0900 0200 6574683000 000000
                0800 0300 33000000
                0600 0400 B004 0000
                0800 0500 E0000051
                0600 0700 9122 0000
                0500 0800 03 000000
            """,
            (ref writer) => IpvsMessages.WriteDaemon(
                ref writer,
                Request(IPVS_CMD_NEW_DAEMON),
                IpvsDaemonRole.Backup,
                plain with { MaximumLength = 1200, Port = 8849, Ttl = 3, Group = RouterAddress.Parse("224.0.0.81") }));
    }

    [Fact]
    public void No_message_is_longer_than_its_place_in_a_batch()
    {
        string longest = new('x', 15);
        var service = ServiceKey.OfAddress(LvsProtocol.Tcp, RouterAddress.Parse("2001:db8::1"), 80);
        Assert.InRange(Bytes((ref writer) => IpvsMessages.WriteService(
            ref writer,
            Request(IPVS_CMD_NEW_SERVICE),
            in service,
            new(longest, PersistenceEngine: longest))).Length, 1, IpvsMessages.LargestBytes);
        Assert.InRange(Bytes((ref writer) => IpvsMessages.WriteDestination(
            ref writer,
            Request(IPVS_CMD_NEW_DEST),
            in service,
            new DestinationKey(service.Address, 80),
            new DestinationOptions(new(ForwardingMethod.Tunnel, TunnelType.Gue, 6080), 1))).Length, 1, IpvsMessages.LargestBytes);
    }

    [Fact]
    public void What_a_command_tries_and_why_it_failed_is_said_in_one_line()
    {
        var batch = new IpvsBatch();
        batch.AddService(in _web, new ServiceOptions("twos"));
        batch.RemoveDestination(in _web, new DestinationKey(RouterAddress.Parse("10.0.0.1"), 80));
        Assert.Equal("remove destination [10.0.0.1]:80 of service [192.0.2.1]:tcp:80", batch.Describe(1));
        Assert.Equal("add service [192.0.2.1]:tcp:80 with scheduler twos: ETIMEDOUT (Connection timed out)", batch.ExplainFailure(0));
        batch.SetResult(0, 2, null);
        batch.SetResult(1, 3, null);
        Assert.Equal(
            "add service [192.0.2.1]:tcp:80 with scheduler twos: ENOENT (No such file or directory): "
                + "the kernel has no such scheduler or persistence engine",
            batch.ExplainFailure(0));
        Assert.Equal(IpvsOutcome.AlreadyGone, batch[1].Outcome);
        Assert.Null(batch.ExplainFailure(1));
    }

    private delegate void WriteAction(ref NetlinkWriter writer);

    private static IpvsRequest Request(byte command) => new(Family: 0x21, command, Flags: 5, Sequence: 7);

    private static void Golden(string expected, WriteAction write) =>
        Assert.Equal(string.Concat(expected.Where(char.IsAsciiHexDigit)), Convert.ToHexString(Bytes(write)));

    private static byte[] Bytes(WriteAction write)
    {
        var writer = new NetlinkWriter(new byte[IpvsMessages.LargestBytes]);
        write(ref writer);
        return writer.Written.ToArray();
    }
}
