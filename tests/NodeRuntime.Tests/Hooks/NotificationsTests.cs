using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Vrrp;
using Keepalived.Es.Scripting.Hooks;

namespace Keepalived.Es.NodeRuntime.Tests.Hooks;

public sealed class NotificationsTests
{
    private static readonly NotifyScripts All = new(
        Script("/m", "for 'master'"), Script("/b"), Script("/f"), Script("/s"), new ScriptCommand(["/any", "own"], default, "nobody", "nogroup"), Script("/lower"));

    private static readonly Notifications Notifications = new(new GlobalSettings { ScriptUser = "script", ScriptGroup = "scripts" });

    [Theory]                                                     // keepalived.conf(5): the specific script first, then notify with four arguments
    [InlineData(VrrpPhase.Master, "notify_master: /m for 'master'", "MASTER")]
    [InlineData(VrrpPhase.Backup, "notify_backup: /b", "BACKUP")]
    [InlineData(VrrpPhase.Fault, "notify_fault: /f", "FAULT")]
    [InlineData(VrrpPhase.Initialize, "notify_stop: /s", "STOP")]
    public void An_instance_runs_the_specific_script_then_the_general_one(VrrpPhase to, string specific, string state)
    {
        InstanceRuntime instance = Instance(All);
        instance.State = instance.State with { Priority = 150 };
        instance.TransitionToken = 9;
        StateNotification told = Notifications.OfInstance(instance, To(to));
        Assert.Equal([specific, $"notify: /any own INSTANCE VI_1 {state} 150"], told.Scripts.Select(Text));
        Assert.Equal(("INSTANCE VI_1", state, "BACKUP", 9), (told.Owner, told.State, told.From, told.Transition));
        Assert.Equal(("script", "scripts"), (told.Scripts[0].User, told.Scripts[0].Group));
        Assert.Equal(("nobody", "nogroup"), (told.Scripts[1].User, told.Scripts[1].Group));
    }

    [Theory]                                                     // keepalived.conf(5), notify_deleted: DELETED instead of FAULT
    [InlineData(false, false, "FAULT", "notify_fault: /f|notify: /any own INSTANCE VI_1 FAULT 100")]
    [InlineData(true, false, "DELETED", "notify: /any own INSTANCE VI_1 DELETED 100")]
    [InlineData(true, true, "DELETED", "notify_deleted: /gone|notify: /any own INSTANCE VI_1 DELETED 100")]
    public void An_instance_that_a_reload_removes_is_told_of_as_it_asks_for(bool tells, bool script, string state, string scripts)
    {
        InstanceRuntime instance = Instance(All with { TellsDeleted = tells, Deleted = script ? Script("/gone") : null });
        StateNotification told = Notifications.OfInstance(instance, To(VrrpPhase.Initialize) with { Reason = TransitionReason.Removed });
        Assert.Equal(state, told.State);
        Assert.Equal(scripts, string.Join('|', told.Scripts.Select(Text)));
    }

    [Fact]
    public void A_group_has_priority_0()
    {
        var group = new SyncGroupRuntime(new SyncGroupSettings("G 1", default, ["VI_1"], All), [Instance(NotifyScripts.None)]);
        StateNotification told = Notifications.OfGroup(group, VrrpPhase.Backup, VrrpPhase.Master);
        Assert.Equal(["notify_master: /m for 'master'", "notify: /any own GROUP G 1 MASTER 0"], told.Scripts.Select(Text));
    }

    [Fact]
    public void A_lower_priority_is_told_to_its_own_script_only()
    {
        StateNotification told = Notifications.OfLowerPriority(Instance(All));
        Assert.Equal(["notify_master_rx_lower_pri: /lower"], told.Scripts.Select(Text));
        Assert.Equal("MASTER_RX_LOWER_PRI", told.State);
    }

    [Theory]
    [InlineData(VrrpPhase.Master)]
    [InlineData(VrrpPhase.Initialize)]
    public void Without_scripts_there_is_nothing_to_run(VrrpPhase to) => Assert.Empty(Notifications.OfInstance(Instance(NotifyScripts.None), To(to)).Scripts);

    private static VrrpEffect To(VrrpPhase to) => new(VrrpEffectKind.Transition) { From = VrrpPhase.Backup, To = to, Reason = TransitionReason.SyncGroup };

    private static string Text(HookScript script) => $"{script.Keyword}: {string.Join(' ', script.Command)}";

    private static ScriptCommand Script(params string[] command) => new([.. command], default);

    private static InstanceRuntime Instance(NotifyScripts scripts) => new(0, Settings.Instance() with { Notify = scripts });
}
