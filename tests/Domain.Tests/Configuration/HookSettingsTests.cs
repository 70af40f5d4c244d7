using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>FIFOs, mail, and the scripts at start and stop.</summary>
public sealed class HookSettingsTests
{
    [Fact]
    public void Global_defs_names_them()
    {
        ConfigParse parse = Configs.Read("""
            global_defs {
              notification_email {
                a@example.org
                b@example.org
              }
              notification_email_from "Keeper <k@example.org>"
              smtp_server 192.0.2.25 2525
              smtp_helo_name keeper.example.org
              smtp_connect_timeout 7
              smtp_alert
              no_email_faults
              startup_script "/bin/start now" root
              startup_script_timeout 20
              shutdown_script /bin/stop
              notify_fifo /run/keepalived.fifo nobody nogroup
              notify_fifo_script /bin/reader
              vrrp_notify_fifo /run/vrrp.fifo
              enable_script_security
            }

            """ + Configs.Instance(""));
        Assert.Empty(parse.Diagnostics);
        GlobalSettings global = parse.Config!.Global;
        Assert.Equal(["a@example.org", "b@example.org"], global.Mail.Recipients);
        Assert.Equal(
            ("Keeper <k@example.org>", "192.0.2.25", 2525, "keeper.example.org", 7.0, true),
            (global.Mail.From, global.Mail.Server, global.Mail.Port, global.Mail.HeloName, global.Mail.ConnectTimeout.TotalSeconds, global.Mail.NoFaults));
        Assert.Equal(["/bin/start", "now"], global.StartupScript!.Script.Command);
        Assert.Equal(20.0, global.StartupScript.TimeLimit.TotalSeconds);
        Assert.Equal(10.0, global.ShutdownScript!.TimeLimit.TotalSeconds);
        Assert.Equal(("/run/keepalived.fifo", "nobody", "nogroup"), (global.Fifo!.Path, global.Fifo.User, global.Fifo.Group));
        Assert.Equal(["/bin/reader"], global.Fifo.Script!.Command);
        Assert.Null(global.VrrpFifo!.Script);
        Assert.True(global.ScriptSecurity);
        Assert.True(parse.Config.Instances[0].SmtpAlert);
    }

    [Theory]
    [InlineData("smtp_alert", "", true)]
    [InlineData("smtp_alert\nsmtp_alert_vrrp off", "", false)]
    [InlineData("smtp_alert_vrrp", "", true)]
    [InlineData("smtp_alert", "smtp_alert no", false)]
    [InlineData("", "smtp_alert", true)]
    [InlineData("", "", false)]
    public void The_nearest_smtp_alert_counts(string global, string instance, bool alerts) => Assert.Equal(
        alerts,
        Configs.Read($"global_defs {{\nsmtp_server 192.0.2.25\nnotification_email {{\na@example.org\n}}\n{global}\n}}\n" + Configs.Instance(instance)).Config!.Instances[0].SmtpAlert);

    [Theory]
    [InlineData("vrrp_notify_priority_changes", "", "", true)]
    [InlineData("vrrp_notify_priority_changes", "notify_priority_changes off", "", false)]
    [InlineData("vrrp_notify_priority_changes", "notify_priority_changes off", "notify_priority_changes", true)]
    public void Of_priority_changes_the_instance_decides_before_its_group_and_the_group_before_all(string global, string group, string instance, bool notifies) => Assert.Equal(
        notifies,
        Configs.Read(
            $"global_defs {{\n{global}\n}}\nvrrp_sync_group G {{\ngroup {{\nA\n}}\n{group}\n}}\n" + Configs.Instance(instance, "A")).Config!.Instances[0].NotifyPriorityChanges);

    [Theory]
    [InlineData("smtp_alert", "KA0405")]
    [InlineData("smtp_alert\nnotification_email {\na@example.org\n}", "KA0405")]
    [InlineData("notify_fifo_script /bin/true", "KA0404")]
    [InlineData("notify_fifo relative/path", "KA0112")]
    [InlineData("notify_fifo /run/a\nvrrp_notify_fifo /run/a", "KA0404")]
    [InlineData("notify_fifo /run/a\nnotify_fifo /run/b", "KA0111")]
    [InlineData("startup_script /bin/a\nstartup_script /bin/b", "KA0111")]
    [InlineData("startup_script_timeout 1001", "KA0106")]
    [InlineData("smtp_server 192.0.2.1 70000", "KA0106")]
    [InlineData("smtp_server", "KA0104")]
    public void What_cannot_work_is_said(string lines, string code) =>
        Assert.Equal(code, Configs.Only(Configs.Read($"global_defs {{\n{lines}\n}}\n" + Configs.Instance(""))).Code);
}
