namespace Keepalived.Es.Domain.Bfd;

/// <summary>One BFD session in asynchronous mode (RFC 5880 section 6.8), without echo, demand mode of its own and authentication. Pure.</summary>
public static class BfdMachine
{
    /// <summary>Advances one session by one input. Pure: equal arguments give equal results and equal effects.</summary>
    /// <param name="config">The session.</param>
    /// <param name="state">The state before.</param>
    /// <param name="input">What happened.</param>
    /// <param name="now">Monotonic time since boot.</param>
    /// <param name="effects">Effects are added here, in the order in which they are to be executed; the caller owns and clears it.</param>
    public static BfdState Step(BfdConfig config, in BfdState state, in BfdInput input, TimeSpan now, List<BfdEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(effects);
        switch (input.Kind)
        {
            case BfdInputKind.Start:
                return Start(config, in input, now, effects);
            case BfdInputKind.DeadlineReached:
                return ReachDeadline(config, in state, in input, now, effects);
            case BfdInputKind.PacketReceived:
                return Receive(config, in state, in input, now, effects);
            case BfdInputKind.Disabled when state.Session != BfdSessionState.AdminDown:
                BfdState disabled = Enter(config, in state, BfdSessionState.AdminDown, BfdDiagnostic.AdministrativelyDown, effects);
                return Transmit(config, in disabled, input.Draw, now, effects);
            default:
                return state;
        }
    }

    private static BfdState Start(BfdConfig config, in BfdInput input, TimeSpan now, List<BfdEffect> effects)
    {
        BfdState started = BfdState.Initial with { DesiredTransmit = config.IdleTransmit };
        return Transmit(config, in started, input.Draw, now, effects);
    }

    private static BfdState ReachDeadline(BfdConfig config, in BfdState state, in BfdInput input, TimeSpan now, List<BfdEffect> effects)
    {
        BfdState next = state;
        if (now >= state.DetectionDeadline)
        {
            next = Lose(config, in next, now, effects);
        }

        return now >= next.NextTransmit || next.Session != state.Session ? Transmit(config, in next, input.Draw, now, effects) : next;
    }

    /// <summary>Section 6.8.4. What the neighbor wanted is forgotten: when it returns it knows nothing of us either (section 6.8.1, bfd.RemoteDiscr).</summary>
    private static BfdState Lose(BfdConfig config, in BfdState state, TimeSpan now, List<BfdEffect> effects)
    {
        BfdState lost = state;
        if (state.Session is BfdSessionState.Init or BfdSessionState.Up)
        {
            effects.Add(new BfdEffect(BfdEffectKind.DetectionExpired, DetectionTime: state.DetectionTime, Overdue: now - state.DetectionDeadline));
            lost = Enter(config, in state, BfdSessionState.Down, BfdDiagnostic.ControlDetectionTimeExpired, effects);
        }

        lost = lost with
        {
            RemoteDiscriminator = 0,
            RemoteState = BfdSessionState.Down,
            RemoteDemand = false,
            RemoteMinimumReceive = BfdState.Initial.RemoteMinimumReceive,
            DetectionDeadline = BfdState.Never,
        };
        return state.RemoteMinimumReceive == TimeSpan.Zero ? lost with { NextTransmit = now } : lost;
    }

    /// <summary>Section 6.8.6, from where the packet has been given to this session.</summary>
    private static BfdState Receive(BfdConfig config, in BfdState state, in BfdInput input, TimeSpan now, List<BfdEffect> effects)
    {
        BfdPacket packet = input.Packet;
        TimeSpan before = BfdTimers.TransmitInterval(in state);
        BfdState next = state with
        {
            RemoteDiscriminator = packet.MyDiscriminator,
            RemoteState = packet.State,
            RemoteDiagnostic = packet.Diagnostic,
            RemoteDemand = packet.Demand,
            RemoteMinimumReceive = TimeSpan.FromMicroseconds(packet.RequiredMinimumReceive),
            DetectionTime = BfdTimers.DetectionTime(config, in packet),
        };
        if (packet.Final && state.IsPolling)
        {
            next = next with { IsPolling = false, DesiredTransmit = BfdTimers.Desired(config, state.Session) };
        }

        next = next with { DetectionDeadline = now + next.DetectionTime };
        if (state.Session != BfdSessionState.AdminDown)
        {
            next = Follow(config, in next, packet.State, effects);
        }

        bool differs = next.Session != state.Session;
        if (packet.Poll)
        {
            Answer(config, in next, effects);
        }

        if (differs && !packet.Poll)
        {
            return Transmit(config, in next, input.Draw, now, effects);       // section 6.8.7: a change of state does not wait
        }

        return BfdTimers.TransmitInterval(in next) != before || MaySend(config, in next) != MaySend(config, in state)
            ? Reschedule(config, in next, input.Draw, now)
            : next;
    }

    /// <summary>The state machine of section 6.2, in the words of section 6.8.6.</summary>
    private static BfdState Follow(BfdConfig config, in BfdState state, BfdSessionState remote, List<BfdEffect> effects) => (state.Session, remote) switch
    {
        (not BfdSessionState.Down, BfdSessionState.AdminDown) => Enter(config, in state, BfdSessionState.Down, BfdDiagnostic.NeighborSignaledSessionDown, effects),
        (BfdSessionState.Down, BfdSessionState.Down) => Enter(config, in state, BfdSessionState.Init, state.Diagnostic, effects),
        (BfdSessionState.Down, BfdSessionState.Init) => Enter(config, in state, BfdSessionState.Up, state.Diagnostic, effects),
        (BfdSessionState.Init, BfdSessionState.Init or BfdSessionState.Up) => Enter(config, in state, BfdSessionState.Up, state.Diagnostic, effects),
        (BfdSessionState.Up, BfdSessionState.Down) => Enter(config, in state, BfdSessionState.Down, BfdDiagnostic.NeighborSignaledSessionDown, effects),
        _ => state,
    };

    /// <summary>
    /// Up changes Desired Min TX, which a Poll Sequence confirms (section 6.8.3); a longer interval waits for that. Out of Up the slow interval holds at once:
    /// no neighbor keeps a session whose other end says that it is down.
    /// </summary>
    private static BfdState Enter(BfdConfig config, in BfdState state, BfdSessionState to, BfdDiagnostic diagnostic, List<BfdEffect> effects)
    {
        bool isUp = to == BfdSessionState.Up;
        effects.Add(new BfdEffect(
            BfdEffectKind.StateChanged, From: state.Session, To: to, Diagnostic: diagnostic, RemoteState: state.RemoteState, RemoteDiagnostic: state.RemoteDiagnostic));
        bool polls = isUp && config.MinimumTransmit != config.IdleTransmit;
        if (polls)
        {
            effects.Add(new BfdEffect(BfdEffectKind.PollStarted));
        }

        TimeSpan desired = BfdTimers.Desired(config, to);
        return state with
        {
            Session = to,
            Diagnostic = diagnostic,
            IsPolling = polls,
            DesiredTransmit = polls && desired > state.DesiredTransmit ? state.DesiredTransmit : desired,
        };
    }

    /// <summary>Section 6.8.7: at once, whatever the timers say, and never with Poll.</summary>
    private static void Answer(BfdConfig config, in BfdState state, List<BfdEffect> effects) =>
        effects.Add(new BfdEffect(BfdEffectKind.Send, Describe(config, in state) with { Final = true, Poll = false }));

    private static BfdState Transmit(BfdConfig config, in BfdState state, double draw, TimeSpan now, List<BfdEffect> effects)
    {
        if (!MaySend(config, in state))
        {
            return state with { NextTransmit = BfdState.Never };
        }

        effects.Add(new BfdEffect(BfdEffectKind.Send, Describe(config, in state)));
        return state with { LastTransmit = now, NextTransmit = now + BfdTimers.Jittered(BfdTimers.TransmitInterval(in state), config.DetectMultiplier, draw) };
    }

    /// <summary>Another interval counts from the last packet, not from now.</summary>
    private static BfdState Reschedule(BfdConfig config, in BfdState state, double draw, TimeSpan now)
    {
        if (!MaySend(config, in state))
        {
            return state with { NextTransmit = BfdState.Never };
        }

        TimeSpan due = state.LastTransmit + BfdTimers.Jittered(BfdTimers.TransmitInterval(in state), config.DetectMultiplier, draw);
        return state with { NextTransmit = due > now ? due : now };
    }

    /// <summary>The cases of section 6.8.7 in which no periodic packet goes out.</summary>
    private static bool MaySend(BfdConfig config, in BfdState state) =>
        !(config.Passive && state.RemoteDiscriminator == 0)
        && state.RemoteMinimumReceive > TimeSpan.Zero
        && !(state.RemoteDemand && state.Session == BfdSessionState.Up && state.RemoteState == BfdSessionState.Up && !state.IsPolling);

    private static BfdPacket Describe(BfdConfig config, in BfdState state) => new(
        state.Session,
        state.Diagnostic,
        state.IsPolling,
        Final: false,
        Demand: false,
        config.DetectMultiplier,
        config.Discriminator,
        state.RemoteDiscriminator,
        BfdTimers.Microseconds(BfdTimers.Desired(config, state.Session)),
        BfdTimers.Microseconds(config.MinimumReceive));
}
