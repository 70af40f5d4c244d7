namespace Keepalived.Es.Domain.Vrrp;

/// <summary>
/// The VRRP state machine (RFC 3768, RFC 9568), with keepalived's behaviour where it differs. One implementation serves the daemon,
/// the replay and the simulation.
/// </summary>
public static partial class VrrpMachine
{
    /// <summary>The state of an instance before <see cref="VrrpInputKind.Startup"/>.</summary>
    public static VrrpState Initial(VrrpConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new VrrpState { Priority = config.Priority, MasterAdverInterval = config.AdverInterval };
    }

    /// <summary>Advances one instance by one input. Pure: equal arguments give equal results and equal effects.</summary>
    /// <param name="config">The instance's configuration.</param>
    /// <param name="state">The state before.</param>
    /// <param name="input">What happened.</param>
    /// <param name="now">Monotonic time since boot.</param>
    /// <param name="effects">Effects are added here, in the order in which they are to be executed.</param>
    /// <returns>The state after. A pair of phase and input that is not listed is discarded (RFC 9568 section 6.4).</returns>
    public static VrrpState Step(VrrpConfig config, VrrpState state, in VrrpInput input, TimeSpan now, EffectBuffer effects)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(effects);
        return (state.Phase, input.Kind) switch
        {
            (VrrpPhase.Initialize, VrrpInputKind.Startup) => Start(config, state, in input, now, effects),
            (VrrpPhase.Initialize, VrrpInputKind.DeadlineReached) when now >= state.Deadline => Begin(config, state, now, effects),
            (VrrpPhase.Initialize, VrrpInputKind.EnvironmentChanged) => ChangeWhileWaiting(config, state, in input, now, effects),

            (VrrpPhase.Backup, VrrpInputKind.AdvertisementReceived) => HearAsBackup(config, state, input.Advertisement, now),
            (VrrpPhase.Backup, VrrpInputKind.DeadlineReached) when now >= state.Deadline => MasterDown(config, state, now, effects),
            (VrrpPhase.Backup, VrrpInputKind.SyncToMaster) => BecomeMaster(config, state, ReasonOf(state, TransitionReason.SyncGroup), now, effects),
            (VrrpPhase.Backup, VrrpInputKind.SyncToBackup) => state with { WantsMaster = false },

            (VrrpPhase.Master, VrrpInputKind.AdvertisementReceived) => HearAsMaster(config, state, input.Advertisement, now, effects),
            (VrrpPhase.Master, VrrpInputKind.DeadlineReached) => MasterTimers(config, state, now, effects),
            (VrrpPhase.Master, VrrpInputKind.SyncToBackup) =>
                LeaveMaster(config, state, TransitionReason.SyncGroup, default, config.AdverInterval, now, effects),
            (VrrpPhase.Master, VrrpInputKind.AddressLost) => RestoreAddresses(config, state, effects),

            (VrrpPhase.Backup or VrrpPhase.Master or VrrpPhase.Fault, VrrpInputKind.EnvironmentChanged) =>
                ChangeEnvironment(config, state, in input, now, effects),
            (_, VrrpInputKind.PriorityChanged) => ChangePriority(config, state, input.Priority, now, effects),
            (_, VrrpInputKind.Reconfigured) => Reconfigure(config, state, in input, now, effects),
            (VrrpPhase.Initialize, VrrpInputKind.Shutdown or VrrpInputKind.Removed) => state with { Deadline = VrrpState.Never, Faults = FaultReasons.None },
            (_, VrrpInputKind.Shutdown) => Stop(config, state, TransitionReason.Shutdown, effects),
            (_, VrrpInputKind.Removed) => Stop(config, state, TransitionReason.Removed, effects),
            _ => state,
        };
    }

    private static VrrpState Start(VrrpConfig config, VrrpState state, in VrrpInput input, TimeSpan now, EffectBuffer effects)
    {
        effects.Add(new VrrpEffect(VrrpEffectKind.RemoveAddresses));     // left-overs of a daemon that was killed
        state = state with { Source = input.Source, Faults = input.Faults };
        return config.StartupDelay > TimeSpan.Zero
            ? state with { Deadline = now + config.StartupDelay }
            : Begin(config, state, now, effects);
    }

    /// <summary>The start-up delay may still run; what was held back for a tracker's first result begins as soon as there is one.</summary>
    private static VrrpState ChangeWhileWaiting(VrrpConfig config, VrrpState state, in VrrpInput input, TimeSpan now, EffectBuffer effects)
    {
        bool heldBack = state.Deadline == VrrpState.Never && state.Faults.HasFlag(FaultReasons.TrackerPending);
        state = state with { Source = input.Source, Faults = input.Faults };
        return heldBack ? Begin(config, state, now, effects) : state;
    }

    private static VrrpState Begin(VrrpConfig config, VrrpState state, TimeSpan now, EffectBuffer effects)
    {
        if (state.Faults.HasFlag(FaultReasons.TrackerPending))
        {
            return state with { Deadline = VrrpState.Never };
        }

        if (state.Faults != FaultReasons.None)
        {
            return EnterFault(state, state.Faults, effects);
        }

        if (config is { IsOwner: true, StartAsMaster: true, InSyncGroup: false })
        {
            return BecomeMaster(config, state, TransitionReason.AddressOwner, now, effects);
        }

        return EnterBackup(config, state, TransitionReason.Started, now, effects);
    }

    /// <summary>To Backup from Initialize or Fault: nothing has been heard, a full Master_Down_Interval runs. An owner that starts as Master does not wait.</summary>
    private static VrrpState EnterBackup(VrrpConfig config, VrrpState state, TransitionReason reason, TimeSpan now, EffectBuffer effects)
    {
        AddTransition(effects, state.Phase, VrrpPhase.Backup, reason, default);
        bool owner = config is { IsOwner: true, StartAsMaster: true };
        return state with
        {
            Phase = VrrpPhase.Backup,
            MasterAdverInterval = config.AdverInterval,
            Deadline = owner ? now : now + VrrpTimers.MasterDownInterval(config, state.Priority, config.AdverInterval),
            DownTimerBasis = DownTimerBasis.Entered,
            Master = RouterAddress.None,
            MasterPriority = 0,
            PreemptAt = VrrpState.Never,
            WantsMaster = false,
        };
    }

    private static VrrpState EnterFault(VrrpState state, FaultReasons faults, EffectBuffer effects)
    {
        if (state.Phase == VrrpPhase.Master)
        {
            Advertise(effects, priority: 0);
            effects.Add(new VrrpEffect(VrrpEffectKind.RemoveAddresses));
        }

        AddTransition(effects, state.Phase, VrrpPhase.Fault, TransitionReason.FaultDetected, default);
        return Quiet(state) with { Phase = VrrpPhase.Fault, Faults = faults };
    }

    private static VrrpState ChangeEnvironment(VrrpConfig config, VrrpState state, in VrrpInput input, TimeSpan now, EffectBuffer effects)
    {
        bool wasFaulty = state.Phase == VrrpPhase.Fault;
        bool isFaulty = (wasFaulty ? input.Faults : input.Faults & ~FaultReasons.TrackerPending) != FaultReasons.None;
        VrrpState changed = state with { Source = input.Source, Faults = input.Faults };
        return (wasFaulty, isFaulty) switch
        {
            (false, true) => EnterFault(state, input.Faults, effects) with { Source = input.Source },
            (true, false) => EnterBackup(config, changed, TransitionReason.FaultCleared, now, effects),
            _ => changed,
        };
    }

    /// <summary>A new effective priority. A Backup's timer shifts by the difference of the skews; a Master tells it with the next advertisement.</summary>
    private static VrrpState ChangePriority(VrrpConfig config, VrrpState state, byte priority, TimeSpan now, EffectBuffer effects)
    {
        if (config.IsOwner || priority == state.Priority || priority is 0 or 255)
        {
            return state;
        }

        effects.Add(new VrrpEffect(VrrpEffectKind.PriorityChanged) { Priority = priority });
        if (state.Phase != VrrpPhase.Backup)
        {
            return state with { Priority = priority };
        }

        TimeSpan shift = VrrpTimers.SkewTime(config.Version, priority, state.MasterAdverInterval)
            - VrrpTimers.SkewTime(config.Version, state.Priority, state.MasterAdverInterval);
        TimeSpan deadline = state.Deadline + shift;
        return state with { Priority = priority, Deadline = deadline > now ? deadline : now };
    }

    private static VrrpState Stop(VrrpConfig config, VrrpState state, TransitionReason reason, EffectBuffer effects)
    {
        if (state.Phase == VrrpPhase.Master)
        {
            Advertise(effects, priority: 0);
            effects.Add(new VrrpEffect(VrrpEffectKind.RemoveAddresses));
        }

        AddTransition(effects, state.Phase, VrrpPhase.Initialize, reason, default);
        return Initial(config) with { Source = state.Source };
    }

    /// <summary>No timer runs.</summary>
    private static VrrpState Quiet(VrrpState state) => state with
    {
        Deadline = VrrpState.Never,
        GarpDeadline = VrrpState.Never,
        GarpRefreshDeadline = VrrpState.Never,
        PreemptAt = VrrpState.Never,
        WantsMaster = false,
    };

    private static void Advertise(EffectBuffer effects, byte priority) =>
        effects.Add(new VrrpEffect(VrrpEffectKind.SendAdvertisement) { Priority = priority });

    private static void AddTransition(EffectBuffer effects, VrrpPhase from, VrrpPhase to, TransitionReason reason, Advertisement cause) =>
        effects.Add(new VrrpEffect(VrrpEffectKind.Transition) { From = from, To = to, Reason = reason, Cause = cause });
}
