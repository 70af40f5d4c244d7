using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class VrrpInstanceTests
{
    [Fact]
    public void Defaults_are_filled_in()
    {
        VrrpInstanceSettings instance = Configs.ReadInstance("");
        Assert.Equal(new VrrpConfig { Instance = "VI_1", Vrid = 51 }, instance.Vrrp);
        Assert.Equal("eth0", instance.Interface);
        Assert.Equal("224.0.0.18", instance.MulticastGroup.ToString());
        Assert.Equal(255, instance.UnicastTtl);
        Assert.Equal("192.0.2.10/24", Assert.Single(instance.VirtualAddresses).ToString());
        Assert.Equal(NotifyScripts.None, instance.Notify);
        Assert.Null(instance.Password);
    }

    [Fact]
    public void Every_keyword_in_force_reaches_its_setting()
    {
        VrrpInstanceSettings instance = Configs.ReadInstance("""
            state BACKUP
            priority 150
            advert_int 2
            nopreempt
            dont_track_primary
            mcast_src_ip 192.0.2.2
            mcast_dst_ip 224.0.0.51
            track_src_ip
            check_unicast_src
            unicast_ttl 64
            unicast_peer {
                192.0.2.3
                192.0.2.4 min_ttl 60 max_ttl 64
            }
            v3_checksum_as_v2
            skip_check_adv_addr on
            lower_prio_no_advert yes
            higher_prio_send_advert true
            down_timer_adverts 5
            garp_master_repeat 2
            garp_master_delay 3
            garp_master_refresh 60
            garp_master_refresh_repeat 4
            garp_lower_prio_repeat 0
            garp_lower_prio_delay 7
            virtual_ipaddress_excluded {
                2001:db8::10/64
            }
            authentication {
                auth_type PASS
                auth_pass secret
            }
            accept
            debug 3
            """);
        VrrpConfig vrrp = instance.Vrrp;
        Assert.Equal((150, TimeSpan.FromSeconds(2), false, 5), (vrrp.Priority, vrrp.AdverInterval, vrrp.Preempt, vrrp.DownTimerAdverts));
        Assert.True(vrrp is { LowerPriorityNoAdvert: true, HigherPrioritySendAdvert: true, StartAsMaster: false });
        Assert.Equal(
            new GratuitousArpSchedule(2, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(60), 4, 0, TimeSpan.FromSeconds(7)), vrrp.Garp);
        Assert.True(instance is { DontTrackPrimary: true, TrackSourceAddress: true, CheckUnicastSource: true, Version3ChecksumAsVersion2: true });
        Assert.True(instance is { SkipCheckAdvertisedAddresses: true, UnicastTtl: 64, Password: "secret" });
        Assert.Equal(("192.0.2.2", "224.0.0.51"), (instance.SourceAddress.ToString(), instance.MulticastGroup.ToString()));
        Assert.Equal(
            [new UnicastPeer(RouterAddress.Parse("192.0.2.3")), new UnicastPeer(RouterAddress.Parse("192.0.2.4"), 60, 64)], instance.UnicastPeers);
        Assert.Equal("2001:db8::10/64", Assert.Single(instance.ExcludedAddresses).ToString());
    }

    // priority, start as master, from: state and priority as written
    [Theory]
    [InlineData("", 100, false)]
    [InlineData("state BACKUP", 100, false)]
    [InlineData("state MASTER", 255, true)]
    [InlineData("state MASTER\npriority 101", 101, true)]
    [InlineData("priority 255", 255, true)]
    [InlineData("state BACKUP\npriority 255", 255, false)]
    public void Priority_and_start_follow_the_state(string lines, byte priority, bool startAsMaster)
    {
        VrrpConfig vrrp = Configs.ReadInstance(lines).Vrrp;
        Assert.Equal((priority, startAsMaster), (vrrp.Priority, vrrp.StartAsMaster));
    }

    [Theory]
    [InlineData("version 2\nadvert_int 1.5", 2.0, "KA0113")]
    [InlineData("version 2\nadvert_int 1.4", 1.0, "KA0113")]
    [InlineData("version 2\nadvert_int 0.3", 1.0, "KA0113")]
    [InlineData("version 2\nadvert_int 255", 255.0, "")]
    [InlineData("version 3\nadvert_int 0.015", 0.02, "KA0113")]
    [InlineData("version 3\nadvert_int 0.25", 0.25, "")]
    [InlineData("version 3\nadvert_int 40.95", 40.95, "")]
    public void The_interval_is_rounded_to_what_the_version_sends(string lines, double seconds, string code)
    {
        ConfigParse parse = Configs.Read(Configs.Instance(lines));
        Assert.Equal(code, string.Join(' ', Configs.Codes(parse)));
        Assert.Equal(TimeSpan.FromSeconds(seconds), parse.Config!.Instances[0].Vrrp.AdverInterval);
    }

    [Theory]
    [InlineData("state MASTER\npriority 101\nnopreempt", "it works only with 'state BACKUP'. To leave them where they are, write 'state BACKUP' and nopreempt on both nodes")]
    [InlineData("state MASTER\nnopreempt", "'state MASTER' without a priority means priority 255")]
    [InlineData("priority 255\nnopreempt", "priority 255 is the address owner")]
    [InlineData("nopreempt\npriority 101\nstate MASTER", "it works only with 'state BACKUP'")]
    public void Nopreempt_that_cannot_work_is_cleared_and_the_remedy_named(string lines, string message)
    {
        ConfigParse parse = Configs.Read(Configs.Instance(lines));
        ConfigDiagnostic warning = Configs.Only(parse);
        Assert.Equal((DiagnosticCodes.NopreemptCleared, Severity.Warning), (warning.Code, warning.Severity));
        Assert.Contains(message, warning.Message, StringComparison.Ordinal);
        Assert.Equal("nopreempt".Length, warning.Span.Length);
        Assert.True(parse.Config!.Instances[0].Vrrp.Preempt);
    }

    [Theory]
    [InlineData("state BACKUP\npreempt_delay 300", 300, "")]
    [InlineData("state MASTER\npriority 101\npreempt_delay 300", 0, "KA0206")]
    [InlineData("nopreempt\npreempt_delay 300", 0, "KA0206")]
    [InlineData("nopreempt\npreempt\npreempt_delay 0.5", 0.5, "")]
    public void Preempt_delay_is_cleared_where_it_cannot_work(string lines, double seconds, string code)
    {
        ConfigParse parse = Configs.Read(Configs.Instance(lines));
        Assert.Equal(code, string.Join(' ', Configs.Codes(parse)));
        Assert.Equal(TimeSpan.FromSeconds(seconds), parse.Config!.Instances[0].Vrrp.PreemptDelay);
    }

    [Theory]
    [InlineData("priority 300", "priority 300 is out of range, allowed 1 to 255")]
    [InlineData("priority 0", "priority 0 is out of range, allowed 1 to 255")]
    [InlineData("priority 99999999999999999999", "priority 99999999999999999999 is out of range, allowed 1 to 255")]
    [InlineData("priority 5x", "priority '5x' is not a whole number, allowed 1 to 255")]
    [InlineData("priority 0x10", "priority '0x10' is not a whole number, allowed 1 to 255")]
    [InlineData("priority", "priority needs a value")]
    [InlineData("priority { 5 }", "'priority' takes no block")]
    [InlineData("virtual_router_id 256", "virtual_router_id 256 is out of range, allowed 1 to 255")]
    [InlineData("version 4", "version 4 is out of range, allowed 2 to 3")]
    [InlineData("advert_int 0", "advert_int 0 s is out of range, allowed 0.01 s to 255 s")]
    [InlineData("advert_int abc", "advert_int 'abc' is not a number of seconds, allowed 0.01 to 255")]
    [InlineData("version 3\nadvert_int 41", "advert_int 41 s is out of range for version 3, allowed 0.01 s to 40.95 s")]
    [InlineData("state master", "state 'master' is unknown, allowed MASTER and BACKUP in capitals")]
    [InlineData("interface much_too_long_for_linux", "interface name 'much_too_long_for_linux' has 23 characters, allowed 1 to 15 without '/' or blanks")]
    [InlineData("lower_prio_no_advert maybe", "lower_prio_no_advert 'maybe' is not a truth value, allowed true, on, yes, false, off and no")]
    [InlineData("down_timer_adverts 101", "down_timer_adverts 101 is out of range, allowed 1 to 100")]
    [InlineData("preempt_delay 1001", "preempt_delay 1001 s is out of range, allowed 0 s to 1000 s")]
    [InlineData("mcast_src_ip 192.0.2", "mcast_src_ip '192.0.2' is not an IPv4 or IPv6 address")]
    [InlineData("mcast_dst_ip 192.0.2.1", "mcast_dst_ip 192.0.2.1 is not an IPv4 multicast group, allowed 224.0.0.0 to 239.255.255.255")]
    [InlineData("unicast_peer {\n192.0.2.3 192.0.2.4\n}", "unknown word '192.0.2.4' behind a unicast peer, allowed min_ttl and max_ttl; each peer stands on a line of its own")]
    [InlineData("virtual_ipaddress 192.0.2.1 {\n}", "addresses of virtual_ipaddress stand within its block, each on a line of its own")]
    [InlineData("track_src_ip\nvirtual_routes", "'virtual_routes' needs a block: '{' is missing")]
    [InlineData("prority 5", "unknown keyword 'prority' in vrrp_instance, did you mean 'priority'?")]
    [InlineData("auth_pass abc", "unknown keyword 'auth_pass' in vrrp_instance, it belongs in vrrp_instance/authentication")]
    [InlineData("nonsense {\nx\n}", "unknown keyword 'nonsense' in vrrp_instance; its block is left out")]
    [InlineData("native_ipv6", "IPv6 virtual routers are not yet in force: the addresses of this instance would not fail over")]
    [InlineData("mcast_src_ip 2001:db8::1", "mcast_src_ip 2001:db8::1: IPv6 virtual routers are not yet in force")]
    [InlineData("auth_hmac {\nkey 1 abc\n}", "auth_hmac is not yet in force: the instance would send and accept advertisements without authentication")]
    [InlineData("authentication {\nauth_type AH\nauth_pass x\n}", "auth_type AH is not yet in force: the instance would send and accept advertisements without authentication")]
    [InlineData("authentication {\nauth_type PASS\n}", "authentication has no usable auth_pass: the instance would run without authentication")]
    [InlineData("authentication {\nauth_pass x\n}", "authentication has no usable auth_type: the instance would run without authentication")]
    [InlineData("version 3\nauthentication {\nauth_type PASS\nauth_pass x\n}", "VRRP version 3 has no authentication: take the block away, or use version 2")]
    [InlineData("notify_master", "notify_master needs a command")]
    [InlineData("notify_master 'open", "a quote in the command of notify_master is not closed")]
    public void What_would_be_lost_is_an_error_that_says_what_is_allowed(string lines, string message)
    {
        ConfigParse parse = Configs.Read(Configs.Instance(lines));
        Assert.Null(parse.Config);
        Assert.Contains(message, parse.Diagnostics.Where(found => found.Severity == Severity.Error).Select(found => found.Message));
    }

    [Theory]
    [InlineData("priority 100 abc", "what follows the value of priority here is ignored")]
    [InlineData("nopreempt yes", "what follows nopreempt here is ignored")]
    [InlineData("nopreempt no", "nopreempt is switched on by being there, 'no' is ignored: take the line away to switch it off")]
    [InlineData("unicast_peer {\n192.0.2.3\n192.0.2.3\n}", "unicast peer 192.0.2.3 is given twice, the first one counts")]
    [InlineData("garp_master_repeat 0", "garp_master_repeat 0 is used as 1, allowed 1 to 2147483647")]
    [InlineData("priority 100\npriority 101", "priority is given more than once in this instance, the last one counts")]
    [InlineData("unicast_peer {\n}", "unicast_peer without any unicast_peer: the instance uses multicast")]
    [InlineData("track_src_ip", "track_src_ip is ignored: there is no mcast_src_ip or unicast_src_ip to track")]
    [InlineData("owner_ignore_adverts", "owner_ignore_adverts acts with priority 255 only, this instance has 100")]
    [InlineData("track_file {\nchk\n}", "'track_file' is not yet in force: it is not run, and no priority changes by it")]
    [InlineData("virtual_ipaddress {\n192.0.2.10/24\n}", "192.0.2.10 is given twice in this instance, the first one counts")]
    public void What_runs_all_the_same_is_a_warning(string lines, string message)
    {
        ConfigParse parse = Configs.Read(Configs.Instance(lines));
        Assert.NotNull(parse.Config);
        Assert.Equal(message, Configs.Only(parse).Message);
        Assert.Equal(ConfigReport.Content, ConfigReport.ExitCode(parse));
    }

    [Theory]
    [InlineData("vrrp_instance A {\ninterface eth0\nvirtual_ipaddress {\n192.0.2.1\n}\n}", "KA0202")]
    [InlineData("vrrp_instance A {\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.1\n}\n}", "KA0203")]
    [InlineData("vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nversion 3\n}", "KA0212")]
    [InlineData("vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nversion 3\nno_virtual_ipaddress\n}", "")]
    [InlineData("vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n2001:db8::1\n}\n}", "KA0207")]
    [InlineData("vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.1\n2001:db8::1\n}\n}", "KA0215")]
    [InlineData("vrrp_instance {\n}", "KA0104")]
    [InlineData("vrrp_instance A", "KA0008")]
    public void An_instance_has_what_it_cannot_be_without(string text, string code)
    {
        ConfigParse parse = Configs.Read(text);
        Assert.Equal(code, string.Join(' ', Configs.Codes(parse)));
        Assert.Equal(code.Length == 0, parse.Config is not null);
    }

    [Theory]
    [InlineData("", "", "KA0204")]
    [InlineData("mcast_dst_ip 224.0.0.50", "", "")]
    [InlineData("unicast_peer {\n192.0.2.3\n}", "", "")]
    [InlineData("unicast_peer {\n192.0.2.3\n}", "unicast_peer {\n192.0.2.4\n}", "")]
    [InlineData("unicast_peer {\n192.0.2.3\n}", "unicast_peer {\n192.0.2.4\n192.0.2.3\n}", "KA0204")]
    [InlineData("unicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.3\n}", "unicast_src_ip 192.0.2.2\nunicast_peer {\n192.0.2.3\n}", "")]
    public void A_VRID_is_used_once_where_advertisements_would_mix(string first, string second, string code)
    {
        ConfigParse parse = Configs.Read(Configs.Instance(first, "A") + Configs.Instance(second, "B"));
        Assert.Equal(code, string.Join(' ', Configs.Codes(parse)));
    }

    [Fact]
    public void A_VRID_may_be_used_again_on_another_interface()
    {
        string other = Configs.Instance("", "B").Replace("eth0", "eth1", StringComparison.Ordinal);
        Assert.Empty(Configs.Read(Configs.Instance("", "A") + other).Diagnostics);
    }

    [Fact]
    public void A_second_instance_of_the_same_name_is_an_error_that_shows_the_first()
    {
        ConfigParse parse = Configs.Read(Configs.Instance("") + Configs.Instance("", vrid: 52));
        Assert.Equal($"vrrp_instance VI_1 is already defined at {Configs.Path}:1:1", Configs.Only(parse).Message);
    }

    [Fact]
    public void Addresses_beyond_255_are_held_without_being_advertised()
    {
        string addresses = string.Join('\n', Enumerable.Range(1, 260).Select(i => $"10.51.{i / 250}.{i % 250}"));
        ConfigParse parse = Configs.Read($"vrrp_instance A {{\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {{\n{addresses}\n}}\n}}\n");
        Assert.Equal(DiagnosticCodes.TooManyVirtualAddresses, Configs.Only(parse).Code);
        VrrpInstanceSettings instance = parse.Config!.Instances[0];
        Assert.Equal((255, 5), (instance.VirtualAddresses.Length, instance.ExcludedAddresses.Length));
        Assert.Equal("10.51.1.6/32", instance.ExcludedAddresses[0].ToString());
    }

    [Theory]
    [InlineData("notify_master \"/opt/x.sh MASTER 'two words'\" app ops", "/opt/x.sh|MASTER|two words", "app", "ops")]
    [InlineData("notify_master '/opt/x.sh \"two words\" b'", "/opt/x.sh|two words|b", null, null)]
    [InlineData("notify_master /opt/x.sh app :ops", "/opt/x.sh", "app", "ops")]
    [InlineData("notify_master /opt/x.sh", "/opt/x.sh", null, null)]
    public void A_command_is_a_quoted_line_or_one_word(string line, string command, string? user, string? group)
    {
        ScriptCommand script = Configs.ReadInstance(line).Notify.Master!;
        Assert.Equal((command, user, group), (string.Join('|', script.Command), script.User, script.Group));
    }

    [Fact]
    public void Each_notify_keyword_has_its_place_and_a_second_one_is_an_error()
    {
        string[] keywords = ["notify_master", "notify_backup", "notify_fault", "notify_stop", "notify", "notify_master_rx_lower_pri"];
        NotifyScripts notify = Configs.ReadInstance(string.Join('\n', keywords.Select(keyword => $"{keyword} /bin/{keyword}"))).Notify;
        ScriptCommand?[] scripts = [notify.Master, notify.Backup, notify.Fault, notify.Stop, notify.Any, notify.MasterReceivedLowerPriority];
        Assert.Equal(keywords.Select(keyword => $"/bin/{keyword}"), scripts.Select(script => Assert.Single(script!.Command)));
        Assert.All(keywords, keyword => Assert.Equal(
            DiagnosticCodes.Repeated, Configs.Only(Configs.Read(Configs.Instance($"{keyword} /bin/a\n{keyword} /bin/b"))).Code));
    }

    [Fact]
    public void A_long_password_is_cut_to_eight_bytes()
    {
        ConfigParse parse = Configs.Read(Configs.Instance("authentication {\nauth_type PASS\nauth_pass 123456789\n}"));
        Assert.Equal((DiagnosticCodes.PasswordTruncated, Severity.Warning), (Configs.Only(parse).Code, Configs.Only(parse).Severity));
        Assert.Equal("12345678", parse.Config!.Instances[0].Password);
    }
}
