using Keepalived.Es.Domain.Vrrp;
using static Keepalived.Es.Domain.Tests.Vrrp.VrrpFixture;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Domain.Tests.Vrrp;

public sealed class VrrpMachineTests
{
    [Theory]                       // RFC 9568 section 6.4.1; keepalived: only priority 255 with state MASTER does not wait
    [InlineData(255, true, VrrpPhase.Master, TransitionReason.AddressOwner)]
    [InlineData(255, false, VrrpPhase.Backup, TransitionReason.Started)]
    [InlineData(254, true, VrrpPhase.Backup, TransitionReason.Started)]
    [InlineData(100, false, VrrpPhase.Backup, TransitionReason.Started)]
    public void Startup_leads_to(byte priority, bool startAsMaster, VrrpPhase phase, TransitionReason reason)
    {
        var fixture = new VrrpFixture(Default(priority: priority) with { StartAsMaster = startAsMaster });
        fixture.Feed(VrrpInput.Startup(Self));
        Assert.Equal(phase, fixture.State.Phase);
        Assert.Equal(reason, fixture.Effects[^1].Reason);
        Assert.Equal(VrrpEffectKind.RemoveAddresses, fixture.Kinds[0]);
    }

    [Fact]
    public void Startup_on_a_dead_link_is_a_fault_and_sends_nothing()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Fault);
        Assert.Equal([VrrpEffectKind.RemoveAddresses, VrrpEffectKind.Transition], fixture.Kinds);
        Assert.Equal(VrrpState.Never, fixture.State.NextDeadline);
    }

    [Theory]                                                     // keepalived.conf(5), vrrp_script: the first result decides
    [InlineData(FaultReasons.None, VrrpPhase.Backup)]
    [InlineData(FaultReasons.Tracker, VrrpPhase.Fault)]
    [InlineData(FaultReasons.TrackerPending, VrrpPhase.Initialize)]
    public void A_tracker_without_a_result_holds_the_instance_back_in_silence(FaultReasons first, VrrpPhase phase)
    {
        var fixture = new VrrpFixture();
        fixture.Feed(VrrpInput.Startup(Self, FaultReasons.TrackerPending));
        Assert.Equal([VrrpEffectKind.RemoveAddresses], fixture.Kinds);
        Assert.Equal((VrrpPhase.Initialize, VrrpState.Never), (fixture.State.Phase, fixture.State.NextDeadline));
        Assert.Empty(fixture.Hear(Higher, 200, afterSeconds: 1).Effects);
        Assert.Equal(phase, fixture.Feed(VrrpInput.Environment(Self, first)).State.Phase);
    }

    [Fact]
    public void An_instance_that_is_held_back_is_stopped_for_good()
    {
        var fixture = new VrrpFixture();
        fixture.Feed(VrrpInput.Startup(Self, FaultReasons.TrackerPending)).Feed(new VrrpInput(VrrpInputKind.Shutdown));
        Assert.Equal(VrrpPhase.Initialize, fixture.Feed(VrrpInput.Environment(Self, FaultReasons.None)).State.Phase);
    }

    [Fact]
    public void Startup_delay_holds_everything_back()
    {
        var fixture = new VrrpFixture(Default() with { StartupDelay = TimeSpan.FromSeconds(10) });
        fixture.Feed(VrrpInput.Startup(Self)).Hear(Higher, 200, afterSeconds: 1);
        Assert.Equal((VrrpPhase.Initialize, Start + TimeSpan.FromSeconds(10)), (fixture.State.Phase, fixture.State.Deadline));
        fixture.FireDeadline();
        Assert.Equal((VrrpPhase.Backup, fixture.Now + TimeSpan.FromSeconds(3.609375)), (fixture.State.Phase, fixture.State.Deadline));
    }

    [Theory]                       // Backup, 1 s interval (RFC 9568 section 6.4.2). priority, preempt, heard -> timer ms from the advertisement, "-" = unchanged
    [InlineData(100, true, 101, "3609.375")]
    [InlineData(100, true, 100, "3609.375")]                     // equal priority: accepted
    [InlineData(100, true, 99, "-")]                             // lower, we preempt: discarded
    [InlineData(100, false, 99, "3609.375")]                     // lower, no preemption: accepted
    [InlineData(100, true, 0, "609.375")]                        // Master resigns: wait Skew_Time only
    [InlineData(100, false, 0, "609.375")]
    public void Backup_restarts_the_master_down_timer(byte priority, bool preempt, byte heard, string expected)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Backup, Default(priority: priority, preempt: preempt));
        TimeSpan before = fixture.State.Deadline;
        fixture.Hear(Higher, heard, afterSeconds: 0.5);
        TimeSpan wanted = expected == "-" ? before : fixture.Now + TimeSpan.FromMilliseconds(double.Parse(expected));
        Assert.Equal(wanted, fixture.State.Deadline);
        Assert.Empty(fixture.Effects);
    }

    [Theory]                       // RFC 9568 section 6.4.2: version 3 learns the Master's interval; version 2 keeps its own
    [InlineData(2, 3609.375)]
    [InlineData(3, 1804.6875)]
    public void Backup_takes_the_interval_of(byte version, double expectedMs)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Backup, Default(version));
        fixture.Feed(VrrpInput.Heard(Higher, 200, TimeSpan.FromMilliseconds(500)));
        Assert.Equal(fixture.Now + TimeSpan.FromMilliseconds(expectedMs), fixture.State.Deadline);
    }

    [Theory]                       // the reason that the audit will give
    [InlineData(new byte[] { 101 }, TransitionReason.MasterDownTimerExpired)]
    [InlineData(new byte[] { 101, 0 }, TransitionReason.MasterResigned)]
    [InlineData(new byte[] { 99 }, TransitionReason.PreemptedLowerPriority)]
    [InlineData(new byte[0], TransitionReason.MasterDownTimerExpired)]
    public void Backup_becomes_master_and_says_why(byte[] heard, TransitionReason reason)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Backup);
        foreach (byte priority in heard)
        {
            fixture.Hear(Higher, priority);
        }

        fixture.FireDeadline();
        Assert.Equal(
            [VrrpEffectKind.SendAdvertisement, VrrpEffectKind.AddAddresses, VrrpEffectKind.SendGratuitousArp, VrrpEffectKind.Transition],
            fixture.Kinds);
        Assert.Equal((VrrpPhase.Backup, VrrpPhase.Master, reason), (fixture.Effects[^1].From, fixture.Effects[^1].To, fixture.Effects[^1].Reason));
        Assert.Equal((100, 5), (fixture.Effects[0].Priority, fixture.Effects[2].Repeat));
    }

    [Fact]
    public void A_deadline_input_before_its_time_changes_nothing()
    {
        foreach (VrrpPhase phase in Enum.GetValues<VrrpPhase>())
        {
            VrrpFixture fixture = InPhase(phase);
            VrrpState before = fixture.State;
            fixture.Feed(VrrpInput.Deadline(), afterSeconds: 0.25);
            Assert.Equal(before, fixture.State);
            Assert.Empty(fixture.Effects);
        }
    }

    [Fact]                         // keepalived.conf(5) preempt_delay: from the first lower advertisement, cancelled by one as high as ours
    public void Preempt_delay_runs_from_the_first_lower_advertisement()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Backup, Default() with { PreemptDelay = TimeSpan.FromSeconds(5) });
        fixture.Hear(Lower, 50);
        TimeSpan end = fixture.Now + TimeSpan.FromSeconds(5);
        Assert.Equal(end, fixture.State.PreemptAt);
        fixture.Hear(Lower, 50, afterSeconds: 4.9);
        Assert.Equal(fixture.Now + TimeSpan.FromSeconds(3.609375), fixture.State.Deadline);
        TimeSpan running = fixture.State.Deadline;
        fixture.Hear(Lower, 50, afterSeconds: 0.2);
        Assert.Equal((running, end), (fixture.State.Deadline, fixture.State.PreemptAt));
        fixture.Hear(Higher, 100);
        Assert.Equal(VrrpState.Never, fixture.State.PreemptAt);
    }

    [Theory]                       // RFC 9568 section 6.4.3, as Master of priority 100 at 192.0.2.10
    [InlineData("192.0.2.11", 0, VrrpPhase.Master, TransitionReason.None)]
    [InlineData("192.0.2.11", 99, VrrpPhase.Master, TransitionReason.None)]
    [InlineData("192.0.2.9", 100, VrrpPhase.Master, TransitionReason.None)]
    [InlineData("192.0.2.11", 100, VrrpPhase.Backup, TransitionReason.EqualPriorityHigherAddress)]
    [InlineData("192.0.2.9", 101, VrrpPhase.Backup, TransitionReason.HigherPriorityAdvertisement)]
    public void Master_hears(string source, byte priority, VrrpPhase phase, TransitionReason reason)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master);
        fixture.Hear(RouterAddress.Parse(source), priority, afterSeconds: 0.5);
        Assert.Equal(phase, fixture.State.Phase);
        if (phase == VrrpPhase.Backup)
        {
            Assert.Equal([VrrpEffectKind.RemoveAddresses, VrrpEffectKind.Transition], fixture.Kinds);
            Assert.Equal((reason, priority), (fixture.Effects[^1].Reason, fixture.Effects[^1].Cause.Priority));
            Assert.Equal(fixture.Now + TimeSpan.FromSeconds(3.609375), fixture.State.NextDeadline);
        }
        else
        {
            Assert.Equal(VrrpEffectKind.SendAdvertisement, fixture.Kinds[0]);
        }
    }

    [Fact]                         // RFC 9568 section 6.4.3: priority 0 restarts the Adver_Timer; a lower priority does not
    public void Master_answers_a_resignation_and_starts_its_timer_anew()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master);
        TimeSpan before = fixture.State.Deadline;
        fixture.Hear(Lower, 99, afterSeconds: 0.5);
        Assert.Equal(before, fixture.State.Deadline);
        fixture.Hear(Higher, 0);
        Assert.Equal(fixture.Now + Second, fixture.State.Deadline);
    }

    [Theory]                       // keepalived.conf(5) lower_prio_no_advert, garp_lower_prio_*
    [InlineData(false, 5, new[] { VrrpEffectKind.SendAdvertisement, VrrpEffectKind.SendGratuitousArp, VrrpEffectKind.LowerPriorityHeard })]
    [InlineData(true, 5, new[] { VrrpEffectKind.SendGratuitousArp, VrrpEffectKind.LowerPriorityHeard })]
    [InlineData(false, 0, new[] { VrrpEffectKind.SendAdvertisement, VrrpEffectKind.LowerPriorityHeard })]
    public void Master_insists_against_a_lower_priority(bool noAdvert, int repeat, VrrpEffectKind[] expected)
    {
        VrrpConfig config = Default() with
        {
            LowerPriorityNoAdvert = noAdvert,
            Garp = GratuitousArpSchedule.Default with { LowerPriorityRepeat = repeat },
        };
        Assert.Equal(expected, InPhase(VrrpPhase.Master, config).Hear(Lower, 50).Kinds);
    }

    [Fact]
    public void Master_that_hears_itself_stays_and_says_so() =>
        Assert.Equal([VrrpEffectKind.SameAddressHeard], InPhase(VrrpPhase.Master).Hear(Self, 100).Kinds);

    [Fact]                         // keepalived.conf(5) higher_prio_send_advert
    public void A_losing_master_may_send_one_last_advertisement()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master, Default() with { HigherPrioritySendAdvert = true }).Hear(Higher, 200);
        Assert.Equal([VrrpEffectKind.SendAdvertisement, VrrpEffectKind.RemoveAddresses, VrrpEffectKind.Transition], fixture.Kinds);
    }

    [Theory]
    [InlineData(VrrpPhase.Backup)]
    [InlineData(VrrpPhase.Master)]
    public void An_owner_may_ignore_all_advertisements(VrrpPhase phase)
    {
        VrrpConfig config = Default(priority: 255) with { OwnerIgnoreAdverts = true, StartAsMaster = false };
        VrrpFixture fixture = InPhase(phase, config);
        VrrpState before = fixture.State;
        Assert.Empty(fixture.Hear(Higher, 255).Effects);
        Assert.Equal(before, fixture.State);
    }

    [Fact]
    public void Advertisements_keep_their_rhythm_and_a_stall_sends_one_not_many()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master);
        TimeSpan due = fixture.State.Deadline;
        fixture.Feed(VrrpInput.Deadline(), afterSeconds: 1.004);
        Assert.Equal((1, due + Second), (fixture.Effects.Length, fixture.State.Deadline));
        fixture.Feed(VrrpInput.Deadline(), afterSeconds: 3.5);
        Assert.Equal((1, fixture.Now + Second), (fixture.Effects.Length, fixture.State.Deadline));
    }

    [Fact]                         // keepalived.conf(5) garp_master_delay, garp_master_refresh
    public void Gratuitous_arp_is_repeated_once_and_then_refreshed()
    {
        VrrpConfig config = Default() with
        {
            AdverInterval = TimeSpan.FromSeconds(100),
            Garp = GratuitousArpSchedule.Default with { MasterDelay = Second * 5, Refresh = Second * 20, RefreshRepeat = 2 },
        };
        VrrpFixture fixture = InPhase(VrrpPhase.Master, config);
        TimeSpan master = fixture.Now;
        Assert.Equal((Second * 5, 5), (fixture.FireDeadline().Now - master, fixture.Effects.Single().Repeat));
        Assert.Equal((Second * 20, 2), (fixture.FireDeadline().Now - master, fixture.Effects.Single().Repeat));
        Assert.Equal((Second * 40, 2), (fixture.FireDeadline().Now - master, fixture.Effects.Single().Repeat));
    }

    [Fact]
    public void Master_entering_fault_resigns_and_lets_go_before_it_says_so()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master).Feed(VrrpInput.Environment(Self, FaultReasons.InterfaceDown));
        Assert.Equal([VrrpEffectKind.SendAdvertisement, VrrpEffectKind.RemoveAddresses, VrrpEffectKind.Transition], fixture.Kinds);
        Assert.Equal((0, VrrpPhase.Fault), (fixture.Effects[0].Priority, fixture.State.Phase));
        Assert.Equal(VrrpState.Never, fixture.State.NextDeadline);
    }

    [Fact]
    public void Fault_ends_only_when_the_last_reason_is_gone()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Fault).Feed(VrrpInput.Environment(Self, FaultReasons.InterfaceDown | FaultReasons.NoSourceAddress));
        Assert.Empty(fixture.Feed(VrrpInput.Environment(Self, FaultReasons.NoSourceAddress)).Effects);
        fixture.Feed(VrrpInput.Environment(Higher, FaultReasons.None));
        Assert.Equal((VrrpPhase.Backup, Higher), (fixture.State.Phase, fixture.State.Source));
        Assert.Equal(TransitionReason.FaultCleared, fixture.Effects.Single().Reason);
        Assert.Equal(fixture.Now + TimeSpan.FromSeconds(3.609375), fixture.State.Deadline);
    }

    [Theory]                       // vrrp-semantics: the timer shifts by the difference of the skews
    [InlineData(100, 80, 78.125)]
    [InlineData(100, 120, -78.125)]
    public void Backup_shifts_its_timer_with_its_priority(byte from, byte to, double shiftMs)
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Backup, Default(priority: from));
        TimeSpan before = fixture.State.Deadline;
        fixture.Feed(VrrpInput.SetPriority(to));
        Assert.Equal((before + TimeSpan.FromMilliseconds(shiftMs), to), (fixture.State.Deadline, fixture.State.Priority));
        Assert.Equal([VrrpEffectKind.PriorityChanged], fixture.Kinds);
    }

    [Fact]
    public void An_owner_is_immune_to_weights() =>
        Assert.Empty(InPhase(VrrpPhase.Backup, Default(priority: 255)).Feed(VrrpInput.SetPriority(10)).Effects);

    [Theory]
    [InlineData(VrrpPhase.Master, new[] { VrrpEffectKind.SendAdvertisement, VrrpEffectKind.RemoveAddresses, VrrpEffectKind.Transition })]
    [InlineData(VrrpPhase.Backup, new[] { VrrpEffectKind.Transition })]
    [InlineData(VrrpPhase.Fault, new[] { VrrpEffectKind.Transition })]
    [InlineData(VrrpPhase.Initialize, new VrrpEffectKind[0])]
    public void Shutdown_from(VrrpPhase phase, VrrpEffectKind[] expected)
    {
        VrrpFixture fixture = InPhase(phase).Feed(new VrrpInput(VrrpInputKind.Shutdown));
        Assert.Equal(expected, fixture.Kinds);
        Assert.Equal((VrrpPhase.Initialize, VrrpState.Never), (fixture.State.Phase, fixture.State.NextDeadline));
        Assert.True(phase != VrrpPhase.Master || fixture.Effects[0].Priority == 0);
    }

    [Fact]
    public void An_address_taken_by_somebody_else_is_put_back_without_leaving_master()
    {
        VrrpFixture fixture = InPhase(VrrpPhase.Master).Feed(new VrrpInput(VrrpInputKind.AddressLost));
        Assert.Equal([VrrpEffectKind.AddAddresses, VrrpEffectKind.SendGratuitousArp], fixture.Kinds);
    }

    [Fact]                         // RFC 9568 section 6.4: what a state does not list is discarded
    public void Every_other_pair_of_phase_and_input_changes_nothing()
    {
        (VrrpPhase, VrrpInputKind)[] discarded =
        [
            (VrrpPhase.Initialize, VrrpInputKind.AdvertisementReceived), (VrrpPhase.Initialize, VrrpInputKind.SyncToMaster),
            (VrrpPhase.Initialize, VrrpInputKind.SyncToBackup), (VrrpPhase.Initialize, VrrpInputKind.AddressLost),
            (VrrpPhase.Backup, VrrpInputKind.Startup), (VrrpPhase.Backup, VrrpInputKind.AddressLost),
            (VrrpPhase.Master, VrrpInputKind.Startup), (VrrpPhase.Master, VrrpInputKind.SyncToMaster),
            (VrrpPhase.Fault, VrrpInputKind.Startup), (VrrpPhase.Fault, VrrpInputKind.DeadlineReached),
            (VrrpPhase.Fault, VrrpInputKind.AdvertisementReceived), (VrrpPhase.Fault, VrrpInputKind.SyncToMaster),
            (VrrpPhase.Fault, VrrpInputKind.SyncToBackup), (VrrpPhase.Fault, VrrpInputKind.AddressLost),
        ];
        foreach ((VrrpPhase phase, VrrpInputKind kind) in discarded)
        {
            VrrpFixture fixture = InPhase(phase);
            VrrpState before = fixture.State;
            fixture.Feed(new VrrpInput(kind) { Advertisement = new Advertisement(Higher, 200, Second) });
            Assert.True(before == fixture.State && fixture.Effects.Length == 0, $"{phase} {kind}");
        }
    }

    [Fact]
    public void The_steady_path_allocates_nothing()
    {
        VrrpConfig config = Default();
        var effects = new EffectBuffer();
        VrrpState master = InPhase(VrrpPhase.Master).State;
        VrrpState backup = InPhase(VrrpPhase.Backup).State;
        TimeSpan now = master.Deadline;
        Allocations.None(() =>
        {
            for (int round = 0; round < 10_000; round++)
            {
                now += Second;
                effects.Clear();
                master = VrrpMachine.Step(config, master, VrrpInput.Deadline(), now, effects);
                backup = VrrpMachine.Step(config, backup, VrrpInput.Heard(Higher, 200, Second), now, effects);
            }
        });
        Assert.Equal((VrrpPhase.Master, VrrpPhase.Backup), (master.Phase, backup.Phase));
    }
}
