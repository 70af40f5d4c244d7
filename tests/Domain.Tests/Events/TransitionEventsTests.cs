using System.Diagnostics;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Events;

public sealed class TransitionEventsTests
{
    private static readonly RouterAddress Own = RouterAddress.Parse("192.0.2.1");
    private static readonly RouterAddress Peer = RouterAddress.Parse("192.0.2.2");
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(1_000);
    private static readonly VrrpConfig Config = new() { Instance = "VI_1", Vrid = 51, Priority = 100 };

    [Fact]
    public void To_Master_after_silence_it_says_whom_it_heard_last_when_and_when_the_timer_was_due()
    {
        VrrpState backup = Run(VrrpInput.Startup(Own), VrrpInput.Heard(Peer, 150, TimeSpan.FromSeconds(1)));
        TimeSpan late = backup.Deadline + TimeSpan.FromMilliseconds(3);
        Assert.Equal(
            new InstanceBecameMaster("node-a", "VI_1", 51, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, 100, late, Peer, 150, Now, backup.Deadline),
            Transition(backup, VrrpInput.Deadline(), late));
    }

    [Fact]
    public void To_Master_as_owner_nobody_was_heard_and_no_timer_decided()
    {
        VrrpConfig owner = Config with { Priority = 255, StartAsMaster = true };
        Assert.Equal(
            new InstanceBecameMaster("node-a", "VI_1", 51, VrrpPhase.Initialize, TransitionReason.AddressOwner, 255, Now, RouterAddress.None, 0, null, null),
            Transition(VrrpMachine.Initial(owner), VrrpInput.Startup(Own), Now, owner));
    }

    [Fact]
    public void To_Backup_it_says_whose_advertisement_it_was()
    {
        VrrpState master = Master();
        Assert.Equal(
            new InstanceBecameBackup("node-a", "VI_1", 51, VrrpPhase.Master, TransitionReason.HigherPriorityAdvertisement, 100, Now, Peer, 200),
            Transition(master, VrrpInput.Heard(Peer, 200, TimeSpan.FromSeconds(1)), Now));
        Assert.Equal(
            new InstanceBecameBackup("node-a", "VI_1", 51, VrrpPhase.Initialize, TransitionReason.Started, 100, Now, RouterAddress.None, 0),
            Transition(VrrpMachine.Initial(Config), VrrpInput.Startup(Own), Now));
    }

    [Fact]
    public void To_Fault_it_says_why() => Assert.Equal(
        new InstanceEnteredFault("node-a", "VI_1", 51, VrrpPhase.Master, TransitionReason.FaultDetected, 100, Now, FaultReasons.InterfaceDown),
        Transition(Master(), VrrpInput.Environment(Own, FaultReasons.InterfaceDown), Now));

    [Fact]
    public void At_the_stop_it_says_what_it_was() => Assert.Equal(
        new InstanceStopped("node-a", "VI_1", 51, VrrpPhase.Master, TransitionReason.Shutdown, 100, Now),
        Transition(Master(), new VrrpInput(VrrpInputKind.Shutdown), Now));

    [Fact]
    public void Every_phase_has_its_event()
    {
        foreach (VrrpPhase to in Enum.GetValues<VrrpPhase>())
        {
            var effect = new VrrpEffect(VrrpEffectKind.Transition) { From = VrrpPhase.Backup, To = to };
            ITransitionEvent made = TransitionEvents.From("node-a", Config, new VrrpState(), new VrrpState(), in effect, Now);
            Assert.Equal(("VI_1", (byte)51, VrrpPhase.Backup, Now), (made.Instance, made.Vrid, made.From, made.At));
        }

        var wrong = new VrrpEffect(VrrpEffectKind.Transition) { To = (VrrpPhase)9 };
        Assert.Throws<UnreachableException>(() => TransitionEvents.From("node-a", Config, new VrrpState(), new VrrpState(), in wrong, Now));
    }

    private static VrrpState Run(params VrrpInput[] inputs) =>
        inputs.Aggregate(VrrpMachine.Initial(Config), (state, input) => VrrpMachine.Step(Config, state, in input, Now, new EffectBuffer()));

    private static VrrpState Master()
    {
        VrrpState backup = Run(VrrpInput.Startup(Own));
        return VrrpMachine.Step(Config, backup, VrrpInput.Deadline(), backup.Deadline, new EffectBuffer());
    }

    private static ITransitionEvent Transition(VrrpState before, VrrpInput input, TimeSpan now, VrrpConfig? config = null)
    {
        var effects = new EffectBuffer();
        VrrpState after = VrrpMachine.Step(config ?? Config, before, in input, now, effects);
        VrrpEffect transition = effects.Items.ToArray().Single(effect => effect.Kind == VrrpEffectKind.Transition);
        return TransitionEvents.From("node-a", config ?? Config, in before, in after, in transition, now);
    }
}
