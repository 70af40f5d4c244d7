namespace Keepalived.Es.Domain.Vrrp;

/// <content>Backup (RFC 9568 section 6.4.2).</content>
public static partial class VrrpMachine
{
    private static VrrpState HearAsBackup(VrrpConfig config, VrrpState state, Advertisement heard, TimeSpan now)
    {
        if (config is { IsOwner: true, OwnerIgnoreAdverts: true })
        {
            return state;
        }

        if (heard.Priority == 0)
        {
            return state with
            {
                Deadline = now + VrrpTimers.SkewTime(config.Version, state.Priority, state.MasterAdverInterval),
                DownTimerBasis = DownTimerBasis.Resigned,
                Master = heard.Source,
                MasterPriority = 0,
                LastHeard = now,
            };
        }

        state = state with { Master = heard.Source, MasterPriority = heard.Priority, LastHeard = now };
        if (heard.Priority >= state.Priority)
        {
            return Follow(config, state, heard, now) with { PreemptAt = VrrpState.Never };
        }

        if (!config.Preempt)
        {
            return Follow(config, state, heard, now);
        }

        TimeSpan preemptAt = state.PreemptAt == VrrpState.Never ? now + config.PreemptDelay : state.PreemptAt;
        return now < preemptAt
            ? Follow(config, state, heard, now) with { PreemptAt = preemptAt }
            : state with { PreemptAt = preemptAt, DownTimerBasis = DownTimerBasis.LowerPriorityDiscarded };
    }

    /// <summary>Accepts the Master: its timer starts anew, with its own interval in version 3.</summary>
    private static VrrpState Follow(VrrpConfig config, VrrpState state, Advertisement heard, TimeSpan now)
    {
        TimeSpan interval = config.Version == 2 ? config.AdverInterval : heard.AdverInterval;
        return state with
        {
            MasterAdverInterval = interval,
            Deadline = now + VrrpTimers.MasterDownInterval(config, state.Priority, interval),
            DownTimerBasis = DownTimerBasis.MasterHeard,
            WantsMaster = false,
        };
    }

    private static VrrpState MasterDown(VrrpConfig config, VrrpState state, TimeSpan now, EffectBuffer effects)
    {
        if (!config.InSyncGroup)
        {
            TransitionReason reason = ReasonOf(state, config.IsOwner ? TransitionReason.AddressOwner : TransitionReason.MasterDownTimerExpired);
            return BecomeMaster(config, state, reason, now, effects);
        }

        effects.Add(new VrrpEffect(VrrpEffectKind.ConsultSyncGroup));
        return state with
        {
            WantsMaster = true,
            Deadline = now + VrrpTimers.MasterDownInterval(config, state.Priority, state.MasterAdverInterval),
        };
    }

    private static TransitionReason ReasonOf(VrrpState state, TransitionReason otherwise) => state.DownTimerBasis switch
    {
        DownTimerBasis.Resigned => TransitionReason.MasterResigned,
        DownTimerBasis.LowerPriorityDiscarded => TransitionReason.PreemptedLowerPriority,
        DownTimerBasis.MasterHeard => TransitionReason.MasterDownTimerExpired,
        _ => otherwise,
    };
}
