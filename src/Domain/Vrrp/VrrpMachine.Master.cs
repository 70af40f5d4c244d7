namespace Keepalived.Es.Domain.Vrrp;

/// <content>Master (RFC 9568 section 6.4.3).</content>
public static partial class VrrpMachine
{
    /// <summary>The advertisement goes out first, so that a former Master lets go of the addresses before we take them.</summary>
    private static VrrpState BecomeMaster(VrrpConfig config, VrrpState state, TransitionReason reason, TimeSpan now, EffectBuffer effects)
    {
        Advertise(effects, state.Priority);
        effects.Add(new VrrpEffect(VrrpEffectKind.AddAddresses));
        effects.Add(new VrrpEffect(VrrpEffectKind.SendGratuitousArp) { Repeat = config.Garp.MasterRepeat });
        AddTransition(effects, state.Phase, VrrpPhase.Master, reason, default);
        return state with
        {
            Phase = VrrpPhase.Master,
            Deadline = now + config.AdverInterval,
            MasterAdverInterval = config.AdverInterval,
            GarpDeadline = config.Garp.MasterDelay > TimeSpan.Zero ? now + config.Garp.MasterDelay : VrrpState.Never,
            GarpRepeat = config.Garp.MasterRepeat,
            GarpRefreshDeadline = config.Garp.Refresh > TimeSpan.Zero ? now + config.Garp.Refresh : VrrpState.Never,
            Master = state.Source,
            MasterPriority = state.Priority,
            PreemptAt = VrrpState.Never,
            WantsMaster = false,
        };
    }

    private static VrrpState MasterTimers(VrrpConfig config, VrrpState state, TimeSpan now, EffectBuffer effects)
    {
        if (now >= state.Deadline)
        {
            Advertise(effects, state.Priority);
            TimeSpan onTime = state.Deadline + config.AdverInterval;
            state = state with { Deadline = onTime > now ? onTime : now + config.AdverInterval };     // no drift, and no burst after a stall
        }

        if (now >= state.GarpDeadline)
        {
            effects.Add(new VrrpEffect(VrrpEffectKind.SendGratuitousArp) { Repeat = state.GarpRepeat });
            state = state with { GarpDeadline = VrrpState.Never };
        }

        if (now >= state.GarpRefreshDeadline)
        {
            effects.Add(new VrrpEffect(VrrpEffectKind.SendGratuitousArp) { Repeat = config.Garp.RefreshRepeat });
            state = state with { GarpRefreshDeadline = now + config.Garp.Refresh };
        }

        return state;
    }

    private static VrrpState HearAsMaster(VrrpConfig config, VrrpState state, Advertisement heard, TimeSpan now, EffectBuffer effects)
    {
        if (config is { IsOwner: true, OwnerIgnoreAdverts: true })
        {
            return state;
        }

        if (heard.Priority == 0)
        {
            Advertise(effects, state.Priority);
            return state with { Deadline = now + config.AdverInterval, LastHeard = now };
        }

        if (heard.Priority == state.Priority && heard.Source == state.Source)
        {
            effects.Add(new VrrpEffect(VrrpEffectKind.SameAddressHeard) { Cause = heard });
            return state;
        }

        bool wins = heard.Priority > state.Priority || (heard.Priority == state.Priority && heard.Source > state.Source);
        return wins ? Yield(config, state, heard, now, effects) : Insist(config, state, heard, now, effects);
    }

    /// <summary>A Master of lower standing: tell it so, and correct the neighbours' ARP caches, which it may have changed.</summary>
    private static VrrpState Insist(VrrpConfig config, VrrpState state, Advertisement heard, TimeSpan now, EffectBuffer effects)
    {
        if (!config.LowerPriorityNoAdvert)
        {
            Advertise(effects, state.Priority);
        }

        state = state with { LastHeard = now };
        if (config.Garp.LowerPriorityRepeat > 0)
        {
            effects.Add(new VrrpEffect(VrrpEffectKind.SendGratuitousArp) { Repeat = config.Garp.LowerPriorityRepeat });
            if (config.Garp.LowerPriorityDelay > TimeSpan.Zero)
            {
                state = state with { GarpDeadline = now + config.Garp.LowerPriorityDelay, GarpRepeat = config.Garp.LowerPriorityRepeat };
            }
        }

        effects.Add(new VrrpEffect(VrrpEffectKind.LowerPriorityHeard) { Cause = heard });
        return state;
    }

    private static VrrpState Yield(VrrpConfig config, VrrpState state, Advertisement heard, TimeSpan now, EffectBuffer effects)
    {
        if (config.HigherPrioritySendAdvert)
        {
            Advertise(effects, state.Priority);
        }

        TransitionReason reason = heard.Priority > state.Priority
            ? TransitionReason.HigherPriorityAdvertisement
            : TransitionReason.EqualPriorityHigherAddress;
        TimeSpan interval = config.Version == 2 ? config.AdverInterval : heard.AdverInterval;
        return LeaveMaster(config, state, reason, heard, interval, now, effects) with
        {
            Master = heard.Source,
            MasterPriority = heard.Priority,
            LastHeard = now,
            DownTimerBasis = DownTimerBasis.MasterHeard,
        };
    }

    private static VrrpState LeaveMaster(
        VrrpConfig config, VrrpState state, TransitionReason reason, Advertisement cause, TimeSpan interval, TimeSpan now, EffectBuffer effects)
    {
        effects.Add(new VrrpEffect(VrrpEffectKind.RemoveAddresses));
        AddTransition(effects, VrrpPhase.Master, VrrpPhase.Backup, reason, cause);
        return Quiet(state) with
        {
            Phase = VrrpPhase.Backup,
            MasterAdverInterval = interval,
            Deadline = now + VrrpTimers.MasterDownInterval(config, state.Priority, interval),
            DownTimerBasis = DownTimerBasis.Entered,
            Master = RouterAddress.None,
            MasterPriority = 0,
        };
    }

    /// <summary>Somebody else removed an address: put it back without leaving Master, and tell the neighbours.</summary>
    private static VrrpState RestoreAddresses(VrrpConfig config, VrrpState state, EffectBuffer effects)
    {
        effects.Add(new VrrpEffect(VrrpEffectKind.AddAddresses));
        effects.Add(new VrrpEffect(VrrpEffectKind.SendGratuitousArp) { Repeat = config.Garp.MasterRepeat });
        return state;
    }
}
