namespace Keepalived.Es.Domain.Health;

/// <summary>
/// When one check asks, and what an answer means (keepalived.conf(5)): <c>retry</c> further tries after a failure, <c>delay_before_retry</c> apart, before it
/// is down; up again by the first round that succeeds, or by <c>rise</c> of them. The first try of all counts at once. Pure.
/// </summary>
public static class CheckMachine
{
    /// <param name="config">The check.</param>
    /// <param name="now">Monotonic time since boot.</param>
    /// <param name="offset">When the first try is due, within <c>warmup</c>; drawn by the shell.</param>
    public static CheckState Initial(CheckConfig config, TimeSpan now, TimeSpan offset)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new CheckState(config.Alpha ? CheckStatus.Down : CheckStatus.Up, CheckPhase.Waiting, now + offset, 0, 0, 0, false);
    }

    /// <summary>Advances one check by one input. Equal arguments give equal results.</summary>
    public static CheckState Step(CheckConfig config, in CheckState state, CheckInputKind input, TimeSpan now, out CheckEffect effect)
    {
        ArgumentNullException.ThrowIfNull(config);
        effect = CheckEffect.None;
        switch (state.Phase, input)
        {
            case (CheckPhase.Waiting, CheckInputKind.DeadlineReached) when now >= state.Deadline:
                effect = CheckEffect.Ask;
                return state with { Phase = CheckPhase.Asking, Deadline = CheckState.Never };
            case (CheckPhase.Asking, CheckInputKind.Succeeded):
                return Succeed(config, in state, now, out effect);
            case (CheckPhase.Asking, CheckInputKind.Failed):
                return Fail(config, in state, now, out effect);
            case (CheckPhase.Asking, CheckInputKind.NotTried):
                return Wait(in state, now + Shorter(config.Timing.DelayBeforeRetry, config.Timing.DelayLoop));
            case (not CheckPhase.Suspended, CheckInputKind.Suspended):
                effect = state.Phase == CheckPhase.Asking ? CheckEffect.Abandon : CheckEffect.None;
                return state with { Phase = CheckPhase.Suspended, Deadline = CheckState.Never };
            case (CheckPhase.Suspended, CheckInputKind.Resumed):
                return Wait(in state, now) with { Failures = 0, Successes = 0, Step = 0 };
            default:
                return state;                                    // an answer that nobody waits for any more, a deadline that has moved
        }
    }

    private static CheckState Succeed(CheckConfig config, in CheckState state, TimeSpan now, out CheckEffect effect)
    {
        effect = CheckEffect.None;
        bool roundEnds = state.Step + 1 >= config.Steps;
        bool recovering = state.Status == CheckStatus.Down || !state.HasRun;
        TimeSpan next = now + (config.FastRecovery && recovering && !roundEnds ? TimeSpan.Zero : config.Timing.DelayLoop);
        CheckState after = Wait(in state, next) with { Failures = 0, Step = roundEnds ? 0 : state.Step + 1, HasRun = state.HasRun || roundEnds };
        if (state.Status == CheckStatus.Up)
        {
            return after;
        }

        if (state.Failures > 0)
        {
            return after with { Step = 0 };                      // the url that failed works again: now all of them, from the first
        }

        if (!roundEnds)
        {
            return after;
        }

        if (state.Successes + 1 < config.Timing.Rise)
        {
            return after with { Successes = state.Successes + 1 };
        }

        effect = CheckEffect.WentUp;
        return after with { Status = CheckStatus.Up, Successes = 0 };
    }

    private static CheckState Fail(CheckConfig config, in CheckState state, TimeSpan now, out CheckEffect effect)
    {
        effect = CheckEffect.None;
        if (state.Status == CheckStatus.Down)
        {
            effect = state.HasRun ? CheckEffect.None : CheckEffect.StayedDown;
            return Wait(in state, now + config.DelayWhileDown) with { Failures = config.Steps > 1 ? 1 : 0, Successes = 0, HasRun = true };
        }

        if (state.HasRun && state.Failures < config.Timing.Retry)
        {
            return Wait(in state, now + config.Timing.DelayBeforeRetry) with { Failures = state.Failures + 1 };
        }

        effect = CheckEffect.WentDown;
        return Wait(in state, now + config.DelayWhileDown) with
        {
            Status = CheckStatus.Down,
            Failures = config.Steps > 1 ? 1 : 0,
            Successes = 0,
            HasRun = true,
        };
    }

    private static CheckState Wait(in CheckState state, TimeSpan deadline) => state with { Phase = CheckPhase.Waiting, Deadline = deadline };

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one > TimeSpan.Zero && one < other ? one : other;
}
