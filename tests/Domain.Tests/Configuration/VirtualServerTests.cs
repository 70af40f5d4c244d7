using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class VirtualServerTests
{
    private const string Head = "protocol TCP\nlvs_sched rr\nlvs_method NAT\n";
    private const string Server = "real_server 198.51.100.1 8080 {\n}\n";

    [Fact]
    public void Every_line_of_a_virtual_server_is_in_force()
    {
        VirtualServerSettings server = Only(
            "virtual_server 192.0.2.1 443 {\nprotocol tcp\nlvs_sched mh\nmh-port\nmh-fallback\nlvs_method TUN type gue port 6080 csum\npersistence_timeout 50\n"
            + "persistence_granularity 255.255.255.0\npersistence_engine sip\nquorum 5\nhysteresis 1\nalpha\nomega\nha_suspend\nquorum_up \"/bin/up a\" nobody\n"
            + "quorum_down /bin/down\nsmtp_alert\nsnmp_name shop\nweight 4\nsorry_server 198.51.100.9 443\nsorry_server_inhibit\nsorry_server_lvs_method DR\n"
            + "real_server 198.51.100.1 443 {\nweight 2\nuthreshold 100\nlthreshold 50\ninhibit_on_failure\nnotify_up /bin/u\nnotify_down /bin/d\n}\nreal_server 198.51.100.2 443 {\n}\n}");
        Assert.Equal("[192.0.2.1]:tcp:443", server.Name);
        ServiceTraits traits = ServiceTraits.Persistent | ServiceTraits.Scheduler1 | ServiceTraits.Scheduler2;
        Assert.Equal(new ServiceOptions("mh", traits, 50, 24, "sip"), server.Options);
        Assert.Equal((5, 1, true, true, true, true, "shop"), (server.Quorum, server.Hysteresis, server.Alpha, server.Omega, server.HaSuspend, server.SmtpAlert, server.Label));
        Assert.Equal(("/bin/up|a", "nobody"), (string.Join('|', server.QuorumUp!.Command), server.QuorumUp.User));
        Assert.Equal(Forwarding.DirectRoute, server.SorryServer!.Forwarding);
        Assert.True(server.SorryServer.Inhibit);
        RealServerSettings first = server.RealServers[0];
        Assert.Equal((2, 100u, 50u, true), (first.Weight, first.UpperThreshold, first.LowerThreshold, first.InhibitOnFailure));
        Assert.Equal(new Forwarding(ForwardingMethod.Tunnel, TunnelType.Gue, 6080, TunnelChecksum.Full), first.Forwarding);
        Assert.Equal(4, server.RealServers[1].Weight);
    }

    [Theory]                       // lvs.md section 1: what keepalived sets itself
    [InlineData("virtual_server 192.0.2.1 80 {\n" + Server + "}", "[192.0.2.1]:udp:80 wlc Masquerade 0", "KA0501 KA0501 KA0501")]
    [InlineData("virtual_server 192.0.2.1 {\n" + Head + Server + "}", "[192.0.2.1]:tcp:0 rr Masquerade 360", "KA0501")]
    [InlineData("virtual_server 192.0.2.1 80 {\n" + Head + "persistence_timeout\n" + Server + "}", "[192.0.2.1]:tcp:80 rr Masquerade 360", "")]
    [InlineData("virtual_server fwmark 7 {\nlvs_sched rr\nlvs_method DR\n" + Server + "}", "FWM 7 rr DirectRoute 0", "KA0113")]
    [InlineData("virtual_server 192.0.2.1 80 {\n" + Head + "ops\n" + Server + "}", "[192.0.2.1]:tcp:80 rr Masquerade 0", "KA0115")]
    public void What_is_not_said_is_as_in_keepalived_and_named(string text, string expected, string codes)
    {
        ConfigParse parse = Configs.Read(text);
        VirtualServerSettings server = Assert.Single(parse.Config!.Lvs.VirtualServers);
        Assert.Equal(expected, $"{server.Name} {server.Options.Scheduler} {server.RealServers[0].Forwarding.Method} {server.Options.PersistenceTimeout}");
        Assert.Equal(codes, string.Join(' ', Configs.Codes(parse)));
    }

    [Theory]
    [InlineData("192.0.2.1 80\n192.0.2.10-12 81\nfwmark 3", "[192.0.2.1]:tcp:80 [192.0.2.10]:tcp:81 [192.0.2.11]:tcp:81 [192.0.2.12]:tcp:81 FWM 3")]
    [InlineData("2001:db8::8-a 80", "[2001:db8::8]:tcp:80 [2001:db8::9]:tcp:80 [2001:db8::a]:tcp:80")]
    [InlineData("192.0.2.254-192.0.3.1 80", "[192.0.2.254]:tcp:80 [192.0.2.255]:tcp:80 [192.0.3.0]:tcp:80 [192.0.3.1]:tcp:80")]
    [InlineData("192.0.2.4/30 80", "[192.0.2.4]:tcp:80 [192.0.2.5]:tcp:80 [192.0.2.6]:tcp:80 [192.0.2.7]:tcp:80")]
    public void A_group_has_addresses_ranges_and_marks(string entries, string services)
    {
        string family = entries.Contains(':', StringComparison.Ordinal) ? "real_server 2001:db8::100 80 {\n}\n" : Server;
        VirtualServerSettings server = Only($"virtual_server_group G {{\n{entries}\n}}\nvirtual_server group G {{\n{Head}{family}}}");
        Assert.Equal(services, string.Join(' ', server.Services));
    }

    [Theory]
    [InlineData("192.0.2.5-3 80", "'192.0.2.5-3' is not a rising range of at most 65536 addresses")]
    [InlineData("192.0.2.5/24 80", "'192.0.2.5/24' is not an IPv4 or IPv6 address, a range ADDRESS-LAST or ADDRESS-ADDRESS, or ADDRESS/LENGTH")]
    [InlineData("fwmark", "fwmark needs a number")]
    [InlineData("192.0.2.5 65536", "port 65536 is out of range, allowed 0 to 65535")]
    public void What_is_wrong_in_a_group_is_an_error(string entry, string message) =>
        Assert.Contains(message, Errors($"virtual_server_group G {{\n192.0.2.1 80\n{entry}\n}}\nvirtual_server group G {{\n{Head}{Server}}}"));

    [Theory]
    [InlineData("lvs_method nat", "lvs_method 'nat' is unknown, allowed NAT, DR and TUN in capitals")]
    [InlineData("lvs_method TUN type gue", "lvs_method TUN: type gue needs a port, allowed 1 to 65535")]
    [InlineData("lvs_method TUN type ipip csum", "lvs_method TUN: type ipip has no checksum: csum and remcsum are for gue, csum is for gre")]
    [InlineData("lvs_method TUN type gre remcsum", "lvs_method TUN: type gre has no remcsum, allowed nocsum and csum")]
    [InlineData("sh-port", "sh-port stands behind 'lvs_sched sh', here lvs_sched is rr")]
    [InlineData("protocol ICMP", "protocol 'ICMP' is unknown, allowed TCP, UDP and SCTP")]
    [InlineData("persistence_granularity 255.0.255.0", "persistence_granularity '255.0.255.0' is not a netmask such as 255.255.255.0 or a prefix length of IPv6")]
    [InlineData("persistence_granularity 64", "persistence_granularity of virtual server [192.0.2.1]:tcp:80 is of the other family: it needs a netmask as in 255.255.255.0")]
    [InlineData("ip_family inet6", "ip_family inet6 contradicts the address of virtual server [192.0.2.1]:tcp:80")]
    [InlineData("sorry_server_inhibit", "sorry_server_inhibit stands behind sorry_server, and none is given yet")]
    [InlineData("sorry_server 192.0.2.300", "sorry_server '192.0.2.300' is not an IPv4 or IPv6 address")]
    [InlineData("real_server 2001:db8::1 80 {\n}", "real_server 2001:db8::1 is not of the family of virtual server [192.0.2.1]:tcp:80, which only a tunnel allows")]
    [InlineData("delay_loop 0", "delay_loop 0 s is out of range, allowed 0.000001 s to 4294967 s")]
    public void What_is_wrong_in_a_virtual_server_is_an_error(string line, string message) =>
        Assert.Contains(message, Errors($"virtual_server 192.0.2.1 80 {{\n{Head}{line}\n{Server}}}"));

    [Theory]
    [InlineData("quorum 9", 1, 0, "KA0113")]
    [InlineData("quorum 9\nweight 5", 5, 0, "KA0113")]
    [InlineData("quorum 4\nweight 5\nhysteresis 4", 4, 3, "KA0113")]
    [InlineData("quorum 4\nweight 5\nhysteresis 3", 4, 3, "")]
    public void Quorum_and_hysteresis_stay_within_what_the_weights_allow(string lines, long quorum, long hysteresis, string codes)
    {
        ConfigParse parse = Configs.Read($"virtual_server 192.0.2.1 80 {{\n{Head}{lines}\n{Server}}}");
        VirtualServerSettings server = Assert.Single(parse.Config!.Lvs.VirtualServers);
        Assert.Equal((quorum, hysteresis, codes), (server.Quorum, server.Hysteresis, string.Join(' ', Configs.Codes(parse))));
    }

    [Fact]
    public void The_same_service_twice_is_an_error_and_the_same_real_server_is_left_out()
    {
        ConfigParse parse = Configs.Read($"virtual_server 192.0.2.1 80 {{\n{Head}{Server}{Server}}}");
        Assert.Single(Assert.Single(parse.Config!.Lvs.VirtualServers).RealServers);
        Assert.Equal(["KA0214"], Configs.Codes(parse));
        Assert.Contains(
            "[192.0.2.1]:tcp:80 is already a service of the virtual server at", Assert.Single(Errors($"virtual_server 192.0.2.1 80 {{\n{Head}{Server}}}\nvirtual_server 192.0.2.1 80 {{\n{Head}{Server}}}")), StringComparison.Ordinal);
    }

    [Fact]
    public void Global_settings_of_load_balancing_are_in_force()
    {
        LvsSettings lvs = Configs.Read(
            "global_defs {\nlvs_timeouts tcp 7200 udp 30\nlvs_flush\nlvs_flush_on_stop VS\nlvs_sync_daemon eth1 inst VI_1 id 7 maxlen 1400 port 8850 ttl 3 group 224.0.0.99\n"
            + "lvs_notify_fifo /run/lvs.fifo\nrs_init_notifies\nno_checker_emails\nchecker_rt_priority 20\nbfd_cpu_affinity 0 1\nnftables_ipvs balance\nnftables_ipvs_start_fwmark 2000\n}\n"
            + Configs.Instance("")).Config!.Lvs;
        Assert.Equal(new LvsTimeouts(7200, null, 30), lvs.Timeouts);
        Assert.Equal((true, FlushOnStop.VirtualServers, true, true), (lvs.FlushAtStart, lvs.FlushOnStop, lvs.InitialNotifies, lvs.NoCheckerMails));
        Assert.Equal(("eth1", "VI_1", (byte)7, 1400, (ushort)8850, (byte)3, "224.0.0.99"), Daemon(lvs.SyncDaemon!));
        Assert.Equal((20, "balance", 2000u, "/run/lvs.fifo"), (lvs.Scheduling.RealTimePriority, lvs.FirewallMarks!.Table, lvs.FirewallMarks.FirstMark, lvs.Fifo!.Path));
        Assert.Equal([0, 1], lvs.BfdScheduling.Processors);
    }

    [Fact]
    public void A_timeout_of_0_is_said_to_change_nothing()
    {
        ConfigParse parse = Configs.Read("global_defs {\nlvs_timeouts tcp 0 udp 30\n}");
        Assert.Equal(new LvsTimeouts(Udp: 30), parse.Config!.Lvs.Timeouts);
        ConfigDiagnostic said = Assert.Single(parse.Diagnostics);
        Assert.Equal(
            (Severity.Warning, 2, 14, "lvs_timeouts tcp 0 changes nothing: IPVS keeps the timeout that it has, allowed 1 to 2678400 seconds"),
            (said.Severity, said.Span.Line, said.Span.Column, said.Message));
    }

    [Theory]
    [InlineData("process_names", "keepalived_vrrp keepalived_lvs keepalived_bfd")]
    [InlineData("process_names\nchecker_process_name checks", "keepalived_vrrp checks keepalived_bfd")]
    [InlineData("bfd_process_name b\nprocess_names", "keepalived_vrrp keepalived_lvs b")]
    [InlineData("vrrp_process_name v", "v  ")]
    public void What_are_processes_in_keepalived_are_threads_with_their_names(string lines, string names)
    {
        KeepalivedConfig config = Configs.Read($"global_defs {{\n{lines}\n}}").Config!;
        Assert.Equal(names, $"{config.Global.VrrpThreadName} {config.Lvs.ThreadName} {config.Lvs.BfdThreadName}");
    }

    private static (string Interface, string? Instance, byte Id, int Length, ushort Port, byte Ttl, string Group) Daemon(SyncDaemonSettings daemon) =>
        (daemon.Interface, daemon.Instance, daemon.Id, daemon.MaximumLength, daemon.Port, daemon.Ttl, daemon.Group.ToString());

    private static VirtualServerSettings Only(string text)
    {
        ConfigParse parse = Configs.Read(text);
        Assert.Empty(parse.Diagnostics);
        return Assert.Single(parse.Config!.Lvs.VirtualServers);
    }

    private static string[] Errors(string text)
    {
        ConfigParse parse = Configs.Read(text);
        Assert.Null(parse.Config);
        return [.. parse.Diagnostics.Where(found => found.Severity == Severity.Error).Select(found => found.Message)];
    }
}
