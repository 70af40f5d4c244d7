using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Reload;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>Who is who after a reload: keepalived's identity is VRID, family, interface, multicast or unicast and the unicast source; the name is not part of it.</summary>
public sealed class ConfigDifferenceTests
{
    [Theory]                                                     // lines of the one instance before and after -> the same instance
    [InlineData("priority 100", "priority 150", true)]
    [InlineData("version 2", "version 3", true)]
    [InlineData("unicast_peer {\n192.0.2.2\n}", "unicast_peer {\n192.0.2.3\n}", true)]
    [InlineData("", "unicast_peer {\n192.0.2.2\n}", false)]
    [InlineData("unicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.2\n}", "unicast_src_ip 192.0.2.9\nunicast_peer {\n192.0.2.2\n}", false)]
    [InlineData("mcast_src_ip 192.0.2.1", "mcast_src_ip 192.0.2.9", true)]
    [InlineData("interface eth0", "interface eth1", false)]
    [InlineData("virtual_router_id 51", "virtual_router_id 52", false)]
    public void Identity(string before, string after, bool same)
    {
        ConfigDifference difference = Between(Configs.Instance(before), Configs.Instance(after));
        Assert.Equal(same ? [0] : [-1], difference.Former);
        Assert.Equal(same ? [] : [0], difference.Removed);
    }

    [Fact]
    public void A_rename_is_seamless_and_a_name_that_goes_to_another_vrid_is_another_instance()
    {
        ConfigDifference difference = Between(
            Configs.Instance("", "A", 51) + Configs.Instance("", "B", 52), Configs.Instance("", "B", 51) + Configs.Instance("", "C", 53));
        Assert.Equal([0, -1], difference.Former);
        Assert.Equal([1], difference.Removed);
        Assert.Equal(["vrrp_instance B removed", "vrrp_instance A is named B", "vrrp_instance C added"], difference.Changes);
    }

    [Fact]
    public void Instances_of_one_identity_are_told_apart_by_name_then_by_order()
    {
        const string Left = "unicast_peer {\n192.0.2.2\n}", Right = "unicast_peer {\n192.0.2.3\n}";
        ConfigDifference difference = Between(
            Configs.Instance(Left, "A") + Configs.Instance(Right, "B"), Configs.Instance(Left, "C") + Configs.Instance(Right, "A"));
        Assert.Equal([1, 0], difference.Former);
    }

    [Theory]                                                     // what changes -> in words
    [InlineData("priority 100", "priority 150", "vrrp_instance VI_1: priority 100, now 150")]
    [InlineData("advert_int 1", "advert_int 2", "vrrp_instance VI_1: advert_int 1 s, now 2 s")]
    [InlineData("", "nopreempt", "vrrp_instance VI_1: nopreempt on")]
    [InlineData("notify_master /a", "notify_master \"/a b\"", "vrrp_instance VI_1: notify_master /a, now /a b")]
    [InlineData("", "notify_deleted", "vrrp_instance VI_1: DELETED instead of FAULT on")]
    [InlineData("", "virtual_ipaddress_excluded {\n192.0.2.99\n}", "vrrp_instance VI_1: 192.0.2.99/32 dev eth0 added")]
    [InlineData("virtual_ipaddress_excluded {\n192.0.2.99 dev eth1\n}", "", "vrrp_instance VI_1: 192.0.2.99/32 dev eth1 removed")]
    [InlineData("authentication {\nauth_type PASS\nauth_pass one\n}", "authentication {\nauth_type PASS\nauth_pass two\n}", "vrrp_instance VI_1: auth_pass changed")]
    public void Every_change_is_a_line(string before, string after, string expected) =>
        Assert.Equal([expected], Between(Configs.Instance(before), Configs.Instance(after)).Changes);

    [Fact]
    public void Comments_and_places_are_no_change()
    {
        string text = "static_ipaddress {\n192.0.2.7/24 dev eth0\n}\nstatic_routes {\n198.51.100.0/24 via 192.0.2.1\n}\n" + Script("/bin/check") + Configs.Instance("track_script {\nchk\n}");
        ConfigDifference difference = Between(text, "# one\n\n! two\n" + text);
        Assert.Empty(difference.Changes);
        Assert.Equal([0], difference.FormerScripts);
    }

    [Theory]                                                     // vrrp_script before and after, global_defs after -> its result is carried over
    [InlineData("/bin/check", "/bin/check\ninterval 5\nweight 3", "", true)]
    [InlineData("/bin/check", "/bin/check more", "", false)]
    [InlineData("\"/bin/check a b\"", "\"/bin/check 'a b'\"", "", false)]
    [InlineData("/bin/check", "/bin/check\nuser daemon", "", false)]
    [InlineData("/bin/check", "/bin/check", "script_user daemon", false)]
    public void A_result_is_carried_over_for_the_same_command_line_user_and_group(string before, string after, string global, bool carried)
    {
        string instance = Configs.Instance("track_script {\nchk\n}");
        ConfigDifference difference = Between(Script(before) + instance, $"global_defs {{\n{global}\n}}\n" + Script(after) + instance);
        Assert.Equal(carried ? [0] : [-1], difference.FormerScripts);
    }

    [Fact]
    public void What_a_reload_cannot_change_stays_and_is_said()
    {
        KeepalivedConfig before = Read("instance one\nglobal_defs {\nvrrp_rt_priority 50\nstartup_script /a\n}\n");
        KeepalivedConfig kept = FixedSettings.Keep(before, Read("use_pid_dir\n"), out IReadOnlyList<string> complaints);
        Assert.Equal(("one", false, 50), (kept.Global.InstanceName, kept.Global.UsePidDirectory, kept.Global.RealTimePriority));
        Assert.NotNull(kept.Global.StartupScript);
        Assert.Equal(
            [
                "instance no longer one: not by a reload, restart the daemon for it",
                "use_pid_dir on: not by a reload, restart the daemon for it",
                "startup_script no longer /a within 10 s: not by a reload, restart the daemon for it",
                "vrrp_rt_priority no longer 50: not by a reload, restart the daemon for it",
            ],
            complaints);
        Assert.Same(FixedSettings.Keep(before, before, out IReadOnlyList<string> none).Global.InstanceName, before.Global.InstanceName);
        Assert.Empty(none);
    }

    [Fact]                                                       // keepalived 2.2.7, whatever keepalived.conf(5) says
    public void Notify_deleted_is_for_instances_only()
    {
        VrrpInstanceSettings instance = Configs.ReadInstance("notify_deleted \"/gone x\"");
        Assert.Equal(["/gone", "x"], instance.Notify.Deleted?.Command);
        Assert.True(instance.Notify.TellsDeleted);
        Assert.Contains(DiagnosticCodes.UnknownKeyword, Configs.Codes(Configs.Read("vrrp_sync_group G {\nnotify_deleted /a\n}")));
    }

    private static string Script(string command) => $"vrrp_script chk {{\nscript {command}\n}}\n";

    private static ConfigDifference Between(string before, string after) => ConfigDifference.Between(Read(before), Read(after));

    private static KeepalivedConfig Read(string text)
    {
        ConfigParse parse = Configs.Read(text);
        Assert.True(parse.Config is not null, ConfigReport.Text(parse));
        return parse.Config;
    }
}
