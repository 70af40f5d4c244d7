using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Tests.Audit;

/// <summary>The recorded windows are made by the machine itself, so these tests hold for whatever it decides.</summary>
public sealed class ReplayTests
{
    private static readonly TimeSpan Start = NodeScript.Mono(0);

    [Fact]
    public void What_the_machine_decided_it_decides_again()
    {
        if (Play(Failover.Config(100)) is not { } played)
        {
            Assert.Skip("the machine makes no transition from these inputs");
            return;
        }

        ReplayResult replay = Replayer.Replay(Recorded(played, played.Decision, played.After))!;
        Assert.True(replay.Same, replay.Difference);
        Assert.Equal(played.Decision, replay.Recorded);
        Assert.Equal(played.Inputs.Count, replay.Inputs);
    }

    [Fact]
    public void Another_reason_another_moment_or_another_end_is_a_difference()
    {
        if (Play(Failover.Config(100)) is not { } played)
        {
            Assert.Skip("the machine makes no transition from these inputs");
            return;
        }

        ReplayResult reason = Replayer.Replay(Recorded(played, played.Decision with { Reason = TransitionReason.SyncGroup },
            played.After))!;
        Assert.Contains("SyncGroup", reason.Difference, StringComparison.Ordinal);
        ReplayResult end = Replayer.Replay(Recorded(played, played.Decision, played.After with { Priority = 7 }))!;
        Assert.StartsWith("the decision is the same, the state after the last input is not", end.Difference, StringComparison.Ordinal);
        Assert.False(reason.Same || end.Same);
    }

    [Fact]
    public void A_decision_that_the_machine_does_not_make_is_a_difference()
    {
        VrrpState before = VrrpMachine.Initial(Failover.Config(100));
        Played nothing = new(before, [new RecordedInput(Start, new VrrpInput(VrrpInputKind.AddressLost))], before, Decision(Start));
        ReplayResult replay = Replayer.Replay(Recorded(nothing, nothing.Decision, before))!;
        Assert.False(replay.Same);
        Assert.StartsWith("recorded BACKUP -> MASTER (MasterDownTimerExpired) at ", replay.Difference, StringComparison.Ordinal);
        Assert.EndsWith("the machine decides nothing", replay.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_recorded_inputs_there_is_no_replay() =>
        Assert.Null(Replayer.Replay(Failover.Context([Failover.NodeA(), WithoutWindow()], [])));

    private sealed record Played(VrrpState Before, IReadOnlyList<RecordedInput> Inputs, VrrpState After, ReplayedDecision Decision);

    /// <summary>Start, two advertisements of a higher router, then every deadline that the state names, until it becomes Master.</summary>
    private static Played? Play(VrrpConfig config)
    {
        EffectBuffer effects = new();
        List<RecordedInput> inputs = [];
        VrrpState before = VrrpMachine.Initial(config);
        VrrpState state = before;
        ReplayedDecision? Feed(TimeSpan at, VrrpInput input)
        {
            inputs.Add(new RecordedInput(at, input));
            effects.Clear();
            state = VrrpMachine.Step(config, state, in input, at, effects);
            foreach (VrrpEffect effect in effects.Items)
            {
                if (effect is { Kind: VrrpEffectKind.Transition, To: VrrpPhase.Master })
                {
                    return new ReplayedDecision(effect.From, effect.To, effect.Reason, at);
                }
            }

            return null;
        }

        Feed(Start, VrrpInput.Startup(Failover.SourceB));
        Feed(Start + TimeSpan.FromSeconds(1), VrrpInput.Heard(Failover.SourceA, 150, TimeSpan.FromSeconds(1)));
        Feed(Start + TimeSpan.FromSeconds(2), VrrpInput.Heard(Failover.SourceA, 150, TimeSpan.FromSeconds(1)));
        for (int i = 0; i < 5 && state.NextDeadline != VrrpState.Never; i++)
        {
            if (Feed(state.NextDeadline, VrrpInput.Deadline()) is { } decision)
            {
                return new Played(before, inputs, state, decision);
            }
        }

        return null;
    }

    private static ReplayedDecision Decision(TimeSpan at) =>
        new(VrrpPhase.Backup, VrrpPhase.Master, TransitionReason.MasterDownTimerExpired, at);

    private static AuditContext Recorded(Played played, ReplayedDecision decision, VrrpState after)
    {
        NodeScript b = new("node-b", "boot-b");
        b.Add(0, Failover.Configured("node-b", Failover.SourceB, 100));
        double second = (decision.At - Start).TotalSeconds;
        long master = b.Add(second, new InstanceBecameMaster(
            "node-b", Failover.Instance, 51, decision.From, decision.Reason, 100, decision.At, Failover.SourceA, 150, null, null));
        b.Add(second, new InputsRecorded("node-b", Failover.Instance, played.Before, played.Inputs, after, false), master);
        return Failover.Context([b], []);
    }

    private static NodeScript WithoutWindow()
    {
        NodeScript b = new("node-b", "boot-b");
        b.Add(0, Failover.Configured("node-b", Failover.SourceB, 100));
        b.Add(60, new InstanceBecameMaster(
            "node-b", Failover.Instance, 51, VrrpPhase.Backup, TransitionReason.MasterDownTimerExpired, 100, NodeScript.Mono(60),
            Failover.SourceA, 150, null, null));
        return b;
    }
}
