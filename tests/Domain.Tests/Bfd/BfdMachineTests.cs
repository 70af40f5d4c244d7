using Keepalived.Es.Domain.Bfd;

namespace Keepalived.Es.Domain.Tests.Bfd;

public sealed class BfdMachineTests
{
    private const uint Remote = 0xB;

    private static readonly TimeSpan Start = TimeSpan.FromSeconds(100);
    private static readonly BfdConfig Config = new(0xA, Ms(100), Ms(50), Ms(1_000), 3, Passive: false);

    private readonly List<BfdEffect> _effects = [];

    [Theory]                                       // RFC 5880 section 6.8.6: ours, received -> ours, diagnostic
    [InlineData(BfdSessionState.Down, BfdSessionState.AdminDown, BfdSessionState.Down, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.Down, BfdSessionState.Down, BfdSessionState.Init, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.Down, BfdSessionState.Init, BfdSessionState.Up, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.Down, BfdSessionState.Up, BfdSessionState.Down, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.Init, BfdSessionState.AdminDown, BfdSessionState.Down, BfdDiagnostic.NeighborSignaledSessionDown)]
    [InlineData(BfdSessionState.Init, BfdSessionState.Down, BfdSessionState.Init, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.Init, BfdSessionState.Init, BfdSessionState.Up, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.Init, BfdSessionState.Up, BfdSessionState.Up, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.Up, BfdSessionState.AdminDown, BfdSessionState.Down, BfdDiagnostic.NeighborSignaledSessionDown)]
    [InlineData(BfdSessionState.Up, BfdSessionState.Down, BfdSessionState.Down, BfdDiagnostic.NeighborSignaledSessionDown)]
    [InlineData(BfdSessionState.Up, BfdSessionState.Init, BfdSessionState.Up, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.Up, BfdSessionState.Up, BfdSessionState.Up, BfdDiagnostic.None)]
    [InlineData(BfdSessionState.AdminDown, BfdSessionState.Down, BfdSessionState.AdminDown, BfdDiagnostic.AdministrativelyDown)]
    [InlineData(BfdSessionState.AdminDown, BfdSessionState.Up, BfdSessionState.AdminDown, BfdDiagnostic.AdministrativelyDown)]
    [InlineData(BfdSessionState.AdminDown, BfdSessionState.AdminDown, BfdSessionState.AdminDown, BfdDiagnostic.AdministrativelyDown)]
    public void Every_pair_of_states_leads_where_the_RFC_says(BfdSessionState ours, BfdSessionState heard, BfdSessionState expected, BfdDiagnostic diagnostic)
    {
        BfdState state = In(ours);
        state = Receive(state, Heard(heard));
        Assert.Equal((expected, diagnostic), (state.Session, state.Diagnostic));
        Assert.Equal(ours != expected, _effects.Any(effect => effect.Kind == BfdEffectKind.StateChanged));
        Assert.Equal(ours != expected, _effects.Any(effect => effect.Kind == BfdEffectKind.Send));        // section 6.8.7: a change does not wait
    }

    [Theory]                                       // section 6.8.4: remote multiplier, remote Desired Min TX, our Required Min RX -> ms
    [InlineData(3, 100, 50, 300)]
    [InlineData(3, 20, 50, 150)]
    [InlineData(1, 1_000, 10, 1_000)]
    [InlineData(255, 4_000, 10, 1_020_000)]
    public void The_detection_time_is_the_remote_multiplier_times_the_larger_interval(byte multiplier, int desired, int required, int expected)
    {
        BfdConfig config = Config with { MinimumReceive = Ms(required) };
        BfdState state = Receive(In(BfdSessionState.Up), Heard(BfdSessionState.Up) with { DetectMultiplier = multiplier, DesiredMinimumTransmit = (uint)desired * 1_000 }, config);
        Assert.Equal(Ms(expected), state.DetectionTime);
        Assert.Equal(Start + Ms(expected), state.DetectionDeadline);
    }

    [Theory]                                       // section 6.8.7: multiplier, draw -> share of the interval in percent
    [InlineData(3, 0.0, 100)]
    [InlineData(3, 0.5, 87.5)]
    [InlineData(2, 0.999999, 75)]
    [InlineData(1, 0.0, 75)]
    [InlineData(1, 0.999999, 90)]
    public void Jitter_takes_up_to_a_quarter_and_with_a_multiplier_of_1_at_least_a_tenth(byte multiplier, double draw, double expected) =>
        Assert.Equal(expected, BfdTimers.Jittered(Ms(1_000), multiplier, draw) / Ms(10), 3);

    [Fact]
    public void While_not_up_a_second_lies_between_packets_and_the_neighbor_is_told_so()      // section 6.8.3
    {
        BfdState state = Step(default, BfdInputKind.Start);
        BfdPacket sent = Assert.Single(_effects).Packet;
        Assert.Equal((BfdSessionState.Down, 1_000_000u, 50_000u, 0u), (sent.State, sent.DesiredMinimumTransmit, sent.RequiredMinimumReceive, sent.YourDiscriminator));
        Assert.Equal(Start + Ms(1_000), state.NextTransmit);
    }

    [Fact]
    public void Up_starts_a_poll_sequence_that_a_final_ends()            // sections 6.5 and 6.8.3
    {
        BfdState state = Receive(In(BfdSessionState.Init), Heard(BfdSessionState.Up));
        Assert.Equal([BfdEffectKind.StateChanged, BfdEffectKind.PollStarted, BfdEffectKind.Send], _effects.Select(effect => effect.Kind));
        Assert.Equal((true, false, 100_000u), (_effects[2].Packet.Poll, _effects[2].Packet.Final, _effects[2].Packet.DesiredMinimumTransmit));
        Assert.Equal(Start + Ms(100), state.NextTransmit);               // a shorter interval may be used at once
        state = Receive(state, Heard(BfdSessionState.Up) with { Final = true });
        Assert.False(state.IsPolling);
    }

    [Fact]
    public void A_longer_interval_waits_for_the_end_of_the_poll_sequence()       // section 6.8.3
    {
        BfdConfig config = Config with { MinimumTransmit = Ms(5_000) };
        BfdState state = Receive(In(BfdSessionState.Init), Heard(BfdSessionState.Up), config);
        Assert.Equal((5_000_000u, Start + Ms(1_000)), (_effects[^1].Packet.DesiredMinimumTransmit, state.NextTransmit));
        state = Receive(state, Heard(BfdSessionState.Up) with { Final = true }, config);
        Assert.Equal(Start + Ms(5_000), state.NextTransmit);
    }

    [Theory]                                       // section 6.8.7: at once, in every state, never together with Poll
    [InlineData(BfdSessionState.Up, BfdSessionState.Up)]
    [InlineData(BfdSessionState.Init, BfdSessionState.Up)]
    [InlineData(BfdSessionState.Down, BfdSessionState.Down)]
    [InlineData(BfdSessionState.AdminDown, BfdSessionState.Down)]
    public void Poll_is_answered_with_final(BfdSessionState ours, BfdSessionState heard)
    {
        BfdState state = Receive(In(ours), Heard(heard) with { Poll = true });
        BfdPacket answer = Assert.Single(_effects, effect => effect.Kind == BfdEffectKind.Send).Packet;
        Assert.Equal((true, false, state.Session), (answer.Final, answer.Poll, answer.State));
    }

    [Theory]                                       // section 6.8.7: the remote Required Min RX in ms -> the next packet in ms; -1: none
    [InlineData(50, 100)]
    [InlineData(100, 100)]
    [InlineData(400, 400)]
    [InlineData(0, -1)]
    public void The_neighbor_is_sent_no_more_than_it_bears(int required, int expected)
    {
        BfdState state = Receive(In(BfdSessionState.Up), Heard(BfdSessionState.Up) with { RequiredMinimumReceive = (uint)required * 1_000 });
        Assert.Equal(expected < 0 ? BfdState.Never : Start + Ms(expected), state.NextTransmit);
    }

    [Fact]
    public void A_neighbor_that_wanted_nothing_is_sent_packets_again_when_it_is_lost()
    {
        BfdState state = Receive(In(BfdSessionState.Up), Heard(BfdSessionState.Up) with { RequiredMinimumReceive = 0 });
        state = Step(state, BfdInputKind.DeadlineReached, state.DetectionDeadline);
        Assert.Equal(BfdSessionState.Down, Assert.Single(_effects, effect => effect.Kind == BfdEffectKind.Send).Packet.State);
        Assert.NotEqual(BfdState.Never, state.NextTransmit);
    }

    [Fact]
    public void Demand_mode_of_the_neighbor_stops_periodic_packets_but_not_a_poll()         // sections 6.6 and 6.8.7
    {
        BfdState state = Receive(In(BfdSessionState.Up), Heard(BfdSessionState.Up) with { Demand = true });
        Assert.Equal(BfdState.Never, state.NextTransmit);
        state = Receive(In(BfdSessionState.Init), Heard(BfdSessionState.Up) with { Demand = true });
        Assert.Equal((true, Start + Ms(100)), (state.IsPolling, state.NextTransmit));
    }

    [Fact]
    public void Silence_for_the_detection_time_takes_the_session_down_and_forgets_the_neighbor()        // sections 6.8.1 and 6.8.4
    {
        BfdState state = Receive(In(BfdSessionState.Up), Heard(BfdSessionState.Up));
        TimeSpan late = state.DetectionDeadline + Ms(2);
        Assert.Equal(BfdSessionState.Up, Step(state, BfdInputKind.DeadlineReached, state.DetectionDeadline - TimeSpan.FromTicks(1)).Session);
        _effects.Clear();
        state = Step(state, BfdInputKind.DeadlineReached, late);
        Assert.Equal((BfdSessionState.Down, BfdDiagnostic.ControlDetectionTimeExpired, 0u, BfdState.Never), (state.Session, state.Diagnostic, state.RemoteDiscriminator, state.DetectionDeadline));
        Assert.Equal([BfdEffectKind.DetectionExpired, BfdEffectKind.StateChanged, BfdEffectKind.Send], _effects.Select(effect => effect.Kind));
        Assert.Equal((Ms(300), Ms(2)), (_effects[0].DetectionTime, _effects[0].Overdue));
        Assert.Equal(BfdSessionState.Up, _effects[1].RemoteState);
        Assert.Equal((1_000_000u, BfdDiagnostic.ControlDetectionTimeExpired), (_effects[2].Packet.DesiredMinimumTransmit, _effects[2].Packet.Diagnostic));
    }

    [Fact]
    public void A_passive_session_sends_nothing_until_the_neighbor_is_heard_and_again_after_it_is_lost()       // section 6.1 and 6.8.7
    {
        BfdConfig passive = Config with { Passive = true };
        BfdState state = BfdMachine.Step(passive, default, new BfdInput(BfdInputKind.Start, 0), Start, _effects);
        Assert.Equal((0, BfdState.Never), (_effects.Count, state.NextDeadline));
        state = Receive(state, Heard(BfdSessionState.Down) with { YourDiscriminator = 0 }, passive);
        Assert.Equal(BfdSessionState.Init, Assert.Single(_effects, effect => effect.Kind == BfdEffectKind.Send).Packet.State);
        _effects.Clear();
        state = BfdMachine.Step(passive, in state, new BfdInput(BfdInputKind.DeadlineReached, 0), state.DetectionDeadline, _effects);
        Assert.DoesNotContain(_effects, effect => effect.Kind == BfdEffectKind.Send);
        Assert.Equal((BfdSessionState.Down, BfdState.Never), (state.Session, state.NextDeadline));
    }

    [Fact]
    public void The_operator_s_end_is_told_at_once()                     // section 6.8.16
    {
        BfdState state = Step(In(BfdSessionState.Up), BfdInputKind.Disabled);
        BfdPacket sent = Assert.Single(_effects, effect => effect.Kind == BfdEffectKind.Send).Packet;
        Assert.Equal((BfdSessionState.AdminDown, BfdDiagnostic.AdministrativelyDown), (sent.State, sent.Diagnostic));
        _effects.Clear();
        Assert.Equal(state, Step(state, BfdInputKind.Disabled));
        Assert.Empty(_effects);
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static BfdPacket Heard(BfdSessionState state) => new(state, BfdDiagnostic.None, false, false, false, 3, Remote, Config.Discriminator, 100_000, 50_000);

    /// <summary>A session that has heard its neighbor, at <see cref="Start"/>.</summary>
    private BfdState In(BfdSessionState wanted)
    {
        BfdState state = Step(default, BfdInputKind.Start);
        state = wanted switch
        {
            BfdSessionState.Init => Receive(state, Heard(BfdSessionState.Down)),
            BfdSessionState.Up => Receive(Receive(state, Heard(BfdSessionState.Init)), Heard(BfdSessionState.Up) with { Final = true }),
            BfdSessionState.AdminDown => Step(state, BfdInputKind.Disabled),
            _ => state,
        };
        _effects.Clear();
        return state;
    }

    private BfdState Step(in BfdState state, BfdInputKind kind, TimeSpan? now = null)
    {
        _effects.Clear();
        return BfdMachine.Step(Config, in state, new BfdInput(kind, 0), now ?? Start, _effects);
    }

    private BfdState Receive(in BfdState state, in BfdPacket packet, BfdConfig? config = null)
    {
        _effects.Clear();
        return BfdMachine.Step(config ?? Config, in state, new BfdInput(BfdInputKind.PacketReceived, 0, packet), Start, _effects);
    }
}
