using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class GlobalTests
{
    [Fact]
    public void Every_keyword_in_force_reaches_its_setting()
    {
        ConfigParse parse = Configs.Read("""
            instance blue
            use_pid_dir
            global_defs {
                router_id "node a"
                vrrp_mcast_group4 224.0.0.42
                default_interface eth1
                dynamic_interfaces
                vrrp_priority -5
                vrrp_rt_priority 50
                vrrp_no_swap
                vrrp_rlimit_rttime 20000
                vrrp_cpu_affinity 0 2
                log_unknown_vrids
                script_user app :ops
            }
            """);
        Assert.Empty(parse.Diagnostics);
        GlobalSettings global = parse.Config!.Global;
        Assert.Equal(
            new GlobalSettings
            {
                InstanceName = "blue",
                UsePidDirectory = true,
                RouterId = "node a",
                MulticastGroup4 = RouterAddress.Parse("224.0.0.42"),
                DefaultInterface = "eth1",
                DynamicInterfaces = true,
                ProcessPriority = -5,
                RealTimePriority = 50,
                NoSwap = true,
                RealTimeLimitMicroseconds = 20_000,
                LogUnknownVrids = true,
                ScriptUser = "app",
                ScriptGroup = "ops",
                CpuAffinity = global.CpuAffinity,
            },
            global);
        Assert.Equal([0, 2], global.CpuAffinity);
    }

    [Fact]
    public void An_instance_copies_the_defaults_at_the_place_where_it_stands()
    {
        ConfigParse parse = Configs.Read(
            Configs.Instance("", "A", 1) + "global_defs {\nvrrp_version 3\nvrrp_down_timer_adverts 4\nvrrp_garp_master_repeat 9\nvrrp_lower_prio_no_advert\n}\n"
            + Configs.Instance("", "B", 2) + "global_defs {\nvrrp_version 2\n}\n" + Configs.Instance("down_timer_adverts 7", "C", 3));
        Assert.Empty(parse.Diagnostics);
        Assert.Equal(
            ["A 2 3 5 False", "B 3 4 9 True", "C 2 7 9 True"],
            parse.Config!.Instances.Select(i => $"{i.Vrrp.Instance} {i.Vrrp.Version} {i.Vrrp.DownTimerAdverts} {i.Vrrp.Garp.MasterRepeat} {i.Vrrp.LowerPriorityNoAdvert}"));
    }

    [Fact]
    public void The_group_and_the_startup_delay_hold_for_instances_above_too()
    {
        ConfigParse parse = Configs.Read(Configs.Instance("") + "global_defs {\nvrrp_mcast_group4 224.0.0.9\nvrrp_startup_delay 2.5\n}");
        VrrpInstanceSettings instance = parse.Config!.Instances[0];
        Assert.Equal(("224.0.0.9", TimeSpan.FromSeconds(2.5)), (instance.MulticastGroup.ToString(), instance.Vrrp.StartupDelay));
    }

    // master repeat, delay, lower-priority repeat, delay
    [Theory]
    [InlineData("", "", "5 5 5 5")]
    [InlineData("vrrp_min_garp", "", "1 0 1 0")]
    [InlineData("vrrp_min_garp off", "", "5 5 5 5")]
    [InlineData("vrrp_min_garp\nvrrp_garp_master_repeat 3", "", "3 0 3 0")]
    [InlineData("vrrp_garp_master_delay 8", "", "5 8 5 8")]
    [InlineData("vrrp_garp_lower_prio_repeat 2\nvrrp_garp_lower_prio_delay 1", "garp_master_repeat 9", "9 5 2 1")]
    [InlineData("vrrp_min_garp", "garp_master_repeat 4\ngarp_master_delay 6", "4 6 4 6")]
    public void Gratuitous_ARP_follows_instance_then_globals_then_defaults(string globals, string lines, string expected)
    {
        GratuitousArpSchedule garp = Configs.ReadInstance(lines, $"global_defs {{\n{globals}\n}}\n").Vrrp.Garp;
        Assert.Equal(
            expected, $"{garp.MasterRepeat} {garp.MasterDelay.TotalSeconds} {garp.LowerPriorityRepeat} {garp.LowerPriorityDelay.TotalSeconds}");
    }

    [Theory]
    [InlineData("vrrp_rt_priority 100", "vrrp_rt_priority 100 is out of range, allowed 1 to 99")]
    [InlineData("vrrp_priority 20", "vrrp_priority 20 is out of range, allowed -20 to 19")]
    [InlineData("vrrp_version 1", "vrrp_version 1 is out of range, allowed 2 to 3")]
    [InlineData("vrrp_mcast_group4 192.0.2.1", "vrrp_mcast_group4 192.0.2.1 is not an IPv4 multicast group, allowed 224.0.0.0 to 239.255.255.255")]
    [InlineData("vrrp_cpu_affinity", "vrrp_cpu_affinity needs a value")]
    [InlineData("script_user", "script_user needs a value")]
    [InlineData("include_check nothing", "include_check 'nothing' is unknown, allowed readable, match, wildcard_match and brace_match, after + or - to change the set")]
    [InlineData("random_seed -1", "random_seed -1 is out of range, allowed 0 to 4294967295")]
    [InlineData("dynamic_interfaces allow_if_changes", "'allow_if_changes' is not yet in force: an interface that comes back as another type is treated like any other")]
    [InlineData("vrrp_rlimit_rtime 5", "'vrrp_rlimit_rtime' is an old spelling, write 'vrrp_rlimit_rttime'")]
    [InlineData("interface eth0", "unknown keyword 'interface' in global_defs, it belongs in garp_group or vrrp_instance")]
    [InlineData("lvs_sync_deamon eth0", "unknown keyword 'lvs_sync_deamon' in global_defs, did you mean 'lvs_sync_daemon'?")]
    public void What_is_wrong_or_not_in_force_is_said(string line, string message) =>
        Assert.Equal(message, Configs.Only(Configs.Read($"global_defs {{\n{line}\n}}")).Message);

    [Theory]
    [InlineData("virtual_server 192.0.2.1 80 {\nreal_server 192.0.2.2 80 {\nTCP_CHECK {\nnb_get_retry 3\nconect_port 80\n}\n}\n}", "KA0501 KA0501 KA0501 KA0103 KA0101")]
    [InlineData("virtual_server 192.0.2.1 80 {\nreal_server 192.0.2.2 80 {\nHTTP_GET {\nurl {\npath /\nfoo\n}\n}\n}\n}", "KA0501 KA0501 KA0501 KA0101")]
    [InlineData("vrrp_track_process p {\nproces x\n}", "KA0102 KA0101")]
    [InlineData("vrrp_script chk {\nscript /bin/true\nintervall 2\n}", "KA0403 KA0101")]
    [InlineData("static_rules {\nfrom 192.0.2.0/24 tabel 5\n}", "KA0102 KA0101")]
    [InlineData("static_rules {\nfrom 192.0.2.0/24 to all table 5 preference 10\nfrom all unreachable\n}", "KA0102")]
    [InlineData("notification_email {\n}", "KA0101")]
    public void A_block_is_searched_to_its_end_and_named_once_where_it_is_not_in_force(string text, string codes) =>
        Assert.Equal(codes, string.Join(' ', Configs.Codes(Configs.Read(text))));
}
