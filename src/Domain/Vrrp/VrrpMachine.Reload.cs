namespace Keepalived.Es.Domain.Vrrp;

/// <content>A reload (keepalived.conf(5)): the instance goes on in its state, and what has changed takes effect at once.</content>
public static partial class VrrpMachine
{
    private static VrrpState Reconfigure(VrrpConfig config, VrrpState state, in VrrpInput input, TimeSpan now, EffectBuffer effects)
    {
        if (input.Priority != state.Priority)
        {
            effects.Add(new VrrpEffect(VrrpEffectKind.PriorityChanged) { Priority = input.Priority });
        }

        VrrpState renewed = state with { Priority = input.Priority, WantsMaster = state.WantsMaster && config.InSyncGroup };
        return state.Phase switch
        {
            VrrpPhase.Initialize => ChangeWhileWaiting(config, renewed, in input, now, effects),
            VrrpPhase.Fault => ChangeEnvironment(config, renewed, in input, now, effects),
            VrrpPhase.Master when IsTakenDown(in input) => ChangeEnvironment(config, renewed, in input, now, effects),
            VrrpPhase.Master => StayMaster(config, renewed, in input, now, effects),
            _ => ChangeEnvironment(config, StayBackup(config, renewed, in input, now), in input, now, effects),
        };
    }

    private static bool IsTakenDown(in VrrpInput input) => (input.Faults & ~FaultReasons.TrackerPending) != FaultReasons.None;

    /// <summary>It tells everybody at once what holds now: a Backup learns a longer interval before it would miss an advertisement.</summary>
    private static VrrpState StayMaster(VrrpConfig config, VrrpState state, in VrrpInput input, TimeSpan now, EffectBuffer effects)
    {
        state = state with { Source = input.Source, Faults = input.Faults };
        Advertise(effects, state.Priority);
        effects.Add(new VrrpEffect(VrrpEffectKind.AddAddresses));
        GratuitousArpSchedule garp = config.Garp;
        if (input.HasNewAddresses)
        {
            effects.Add(new VrrpEffect(VrrpEffectKind.SendGratuitousArp) { Repeat = garp.MasterRepeat, NewOnly = true });
            state = garp.MasterDelay > TimeSpan.Zero ? state with { GarpDeadline = now + garp.MasterDelay, GarpRepeat = garp.MasterRepeat } : state;
        }

        TimeSpan refresh = garp.Refresh > TimeSpan.Zero ? now + garp.Refresh : VrrpState.Never;
        return state with
        {
            Deadline = now + config.AdverInterval,
            MasterAdverInterval = config.AdverInterval,
            GarpRefreshDeadline = garp.Refresh > TimeSpan.Zero && state.GarpRefreshDeadline < refresh ? state.GarpRefreshDeadline : refresh,
            Master = input.Source,
            MasterPriority = state.Priority,
        };
    }

    /// <summary>The Master-down timer goes on from where it is, longer or shorter by what the new configuration makes of it.</summary>
    private static VrrpState StayBackup(VrrpConfig config, VrrpState state, in VrrpInput input, TimeSpan now)
    {
        TimeSpan deadline = state.Deadline + input.TimerShift;
        TimeSpan preemptAt = config.Preempt && state.PreemptAt != VrrpState.Never ? Earlier(state.PreemptAt, now + config.PreemptDelay) : VrrpState.Never;
        return state with
        {
            Deadline = deadline > now ? deadline : now,
            MasterAdverInterval = VrrpTimers.MasterIntervalAfter(config, in state),
            PreemptAt = preemptAt,
        };
    }

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
