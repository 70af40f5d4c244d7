using Keepalived.Es.Domain.Vrrp;
using static Keepalived.Es.Domain.Tests.Vrrp.VrrpFixture;

namespace Keepalived.Es.Domain.Tests.Vrrp;

/// <summary>A reload as keepalived.conf(5) and keepalived(8), signal HUP, have it: an instance goes on in its state, what has changed takes effect at once.</summary>
public sealed class ReloadTests
{
    [Fact]
    public void A_master_stays_master_and_advertises_at_once_in_the_new_rhythm()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master);
        VrrpState before = fixture.State;
        VrrpConfig config = Default(priority: 120) with { AdverInterval = TimeSpan.FromSeconds(3) };
        Step(config, fixture, out VrrpState after, out VrrpEffect[] effects);
        Assert.Equal([VrrpEffectKind.PriorityChanged, VrrpEffectKind.SendAdvertisement, VrrpEffectKind.AddAddresses], effects.Select(effect => effect.Kind));
        Assert.Equal(120, effects[1].Priority);
        Assert.Equal((VrrpPhase.Master, fixture.Now + TimeSpan.FromSeconds(3), (byte)120), (after.Phase, after.Deadline, after.Priority));
        Assert.Equal(before.GarpDeadline, after.GarpDeadline);   // a burst that is due stays due
    }

    [Fact]
    public void Only_new_addresses_are_followed_by_gratuitous_arp()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master);
        Step(Default(), fixture, out _, out VrrpEffect[] same);
        Assert.DoesNotContain(same, effect => effect.Kind == VrrpEffectKind.SendGratuitousArp);
        Step(Default(), fixture, out VrrpState after, out VrrpEffect[] more, hasNewAddresses: true);
        VrrpEffect garp = Assert.Single(more, effect => effect.Kind == VrrpEffectKind.SendGratuitousArp);
        Assert.Equal((true, 5), (garp.NewOnly, garp.Repeat));
        Assert.Equal(fixture.Now + TimeSpan.FromSeconds(5), after.GarpDeadline);
    }

    [Theory]                       // garp_master_refresh before and after, seconds -> next refresh after the reload, "-" = none
    [InlineData(0, 60, "60")]
    [InlineData(60, 0, "-")]
    [InlineData(60, 10, "10")]     // sooner
    [InlineData(10, 60, "10")]     // what was due stays due
    public void A_changed_refresh_takes_effect(int before, int after, string expected)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master, Default() with { Garp = new GratuitousArpSchedule(Refresh: TimeSpan.FromSeconds(before)) });
        Step(Default() with { Garp = new GratuitousArpSchedule(Refresh: TimeSpan.FromSeconds(after)) }, fixture, out VrrpState state, out _);
        Assert.Equal(expected, state.GarpRefreshDeadline == VrrpState.Never ? "-" : $"{(state.GarpRefreshDeadline - fixture.Now).TotalSeconds:0}");
    }

    [Theory]                       // Backup, heard the Master 0.5 s ago, RFC 9568 section 6.1: priority and interval after -> rest of the timer in ms
    [InlineData(2, 100, 1, 3109)]  // nothing changed: 3 s and 0.609 s less 0.5 s, it just goes on
    [InlineData(2, 200, 1, 2718)]  // skew 0.219 s
    [InlineData(2, 100, 2, 6109)]  // version 2 goes by its own interval
    [InlineData(3, 100, 2, 3109)]  // version 3 by the learned one
    [InlineData(3, 200, 2, 2718)]
    public void A_backups_timer_shifts_by_what_changes_of_it(byte version, byte priority, int interval, int expectedMs)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Backup, Default(version)).Hear(Higher, 250).Feed(VrrpInput.Environment(Self, FaultReasons.None), afterSeconds: 0.5);
        Step(Default(version, priority) with { AdverInterval = TimeSpan.FromSeconds(interval) }, fixture, out VrrpState state, out _);
        Assert.Equal(VrrpPhase.Backup, state.Phase);
        Assert.Equal(expectedMs, (int)(state.Deadline - fixture.Now).TotalMilliseconds);
        Assert.Equal((Higher, (byte)250), (state.Master, state.MasterPriority));
    }

    [Fact]
    public void A_backup_that_is_reloaded_again_and_again_still_takes_over()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Backup);
        TimeSpan deadline = fixture.State.Deadline;
        for (int i = 0; i < 50; i++)
        {
            Step(fixture.Config, fixture, out VrrpState state, out VrrpEffect[] effects);
            Assert.Empty(effects);
            Assert.Equal(deadline, state.Deadline);
        }
    }

    [Theory]                       // preempt_delay that runs, keepalived.conf(5): seconds after -> wait left, "-" = none runs
    [InlineData(true, 300, "100")]
    [InlineData(true, 20, "20")]
    [InlineData(true, 0, "0")]
    [InlineData(false, 0, "-")]    // nopreempt
    public void A_running_preempt_delay_becomes_shorter_and_never_longer(bool preempt, int delay, string expected)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Backup, Default() with { PreemptDelay = TimeSpan.FromSeconds(100) }).Hear(Lower, 50);
        Step(Default(preempt: preempt) with { PreemptDelay = TimeSpan.FromSeconds(delay) }, fixture, out VrrpState state, out _);
        Assert.Equal(expected, state.PreemptAt == VrrpState.Never ? "-" : $"{(state.PreemptAt - fixture.Now).TotalSeconds:0}");
    }

    [Theory]                       // faults with the new configuration (source address, trackers) -> where it goes
    [InlineData(VrrpPhase.Master, FaultReasons.Tracker, VrrpPhase.Fault)]
    [InlineData(VrrpPhase.Backup, FaultReasons.NoSourceAddress, VrrpPhase.Fault)]
    [InlineData(VrrpPhase.Fault, FaultReasons.None, VrrpPhase.Backup)]
    [InlineData(VrrpPhase.Fault, FaultReasons.InterfaceDown, VrrpPhase.Fault)]
    [InlineData(VrrpPhase.Master, FaultReasons.TrackerPending, VrrpPhase.Master)]     // a new script takes nobody down before its first result
    [InlineData(VrrpPhase.Backup, FaultReasons.TrackerPending, VrrpPhase.Backup)]
    [InlineData(VrrpPhase.Fault, FaultReasons.TrackerPending, VrrpPhase.Fault)]       // and lets nobody up
    public void Faults_are_counted_anew(VrrpPhase phase, FaultReasons faults, VrrpPhase expected)
    {
        VrrpFixture fixture = InPhase(phase);
        Step(Default(), fixture, out VrrpState state, out VrrpEffect[] effects, faults);
        Assert.Equal(expected, state.Phase);
        Assert.Equal(phase == VrrpPhase.Master && expected == VrrpPhase.Fault, effects.Any(effect => effect is { Kind: VrrpEffectKind.SendAdvertisement, Priority: 0 }));
    }

    [Theory]                       // a pending script's result, fed to an instance that a reload did not take down
    [InlineData(FaultReasons.None, VrrpPhase.Master)]
    [InlineData(FaultReasons.Tracker, VrrpPhase.Fault)]
    public void The_first_result_of_a_new_script_decides(FaultReasons result, VrrpPhase expected)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master).Feed(VrrpInput.Environment(Self, FaultReasons.TrackerPending));
        Assert.Equal(VrrpPhase.Master, fixture.State.Phase);
        Assert.Equal(expected, fixture.Feed(VrrpInput.Environment(Self, result)).State.Phase);
    }

    [Theory]                       // keepalived: a removed Master sends priority 0 and takes its addresses off
    [InlineData(VrrpPhase.Master, "SendAdvertisement RemoveAddresses Transition")]
    [InlineData(VrrpPhase.Backup, "Transition")]
    [InlineData(VrrpPhase.Fault, "Transition")]
    [InlineData(VrrpPhase.Initialize, "")]
    public void A_removed_instance_resigns(VrrpPhase phase, string expected)
    {
        VrrpFixture fixture = InPhase(phase).Feed(new VrrpInput(VrrpInputKind.Removed));
        Assert.Equal(expected, string.Join(' ', fixture.Kinds));
        Assert.Equal(VrrpPhase.Initialize, fixture.State.Phase);
        Assert.All(fixture.Effects.Where(effect => effect.Kind == VrrpEffectKind.Transition), effect => Assert.Equal(TransitionReason.Removed, effect.Reason));
    }

    [Theory]                       // members after a reload: M Master, B Backup, m and b the same but started by it -> what a Master must do
    [InlineData("MM", null)]
    [InlineData("BB", null)]
    [InlineData("MB", VrrpInputKind.SyncToBackup)]
    [InlineData("Mb", null)]       // it follows when its timer fires
    [InlineData("MBb", VrrpInputKind.SyncToBackup)]
    public void A_group_that_a_reload_has_put_together_comes_into_one_state(string members, VrrpInputKind? expected)
    {
        VrrpState[] states = [.. members.Select(member => new VrrpState { Phase = char.ToUpperInvariant(member) == 'M' ? VrrpPhase.Master : VrrpPhase.Backup })];
        Assert.Equal(expected, SyncGroupMachine.Settle(states, [.. members.Select(char.IsAsciiLetterLower)]));
    }

    private static void Step(
        VrrpConfig config, VrrpFixture fixture, out VrrpState after, out VrrpEffect[] effects, FaultReasons faults = FaultReasons.None, bool hasNewAddresses = false)
    {
        var buffer = new EffectBuffer();
        VrrpState before = fixture.State;
        after = VrrpMachine.Step(
            config, before, VrrpInput.Reconfigured(fixture.Config, config, in before, Self, faults, config.Priority, hasNewAddresses), fixture.Now, buffer);
        effects = buffer.Items.ToArray();
    }
}
