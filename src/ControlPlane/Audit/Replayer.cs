using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>A decision of the machine.</summary>
/// <param name="At">Monotonic time since boot.</param>
public sealed record ReplayedDecision(VrrpPhase From, VrrpPhase To, TransitionReason Reason, TimeSpan At);

/// <summary>Outcome of a replay.</summary>
/// <param name="Same">The machine of this program decides as the node did.</param>
/// <param name="Difference">The first difference; null when there is none.</param>
/// <param name="Inputs">How many recorded inputs were replayed.</param>
/// <param name="Truncated">The window does not reach back to the start of the instance; it begins with the state recorded then.</param>
public sealed record ReplayResult(
    long Position, string Node, string Instance, bool Same, string? Difference, ReplayedDecision Recorded,
    IReadOnlyList<ReplayedDecision> Decided, int Inputs,
    bool Truncated);

/// <summary>Runs the machine again over the recorded inputs of a transition. Pure.</summary>
public static class Replayer
{
    /// <returns>Null when the inputs or the configuration were not recorded.</returns>
    public static ReplayResult? Replay(AuditContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Window is not { } window || context.Configuration is not { Config: var config })
        {
            return null;
        }

        ITransitionEvent e = context.Transition;
        ReplayedDecision recorded = new(e.From, e.After(), e.Reason, e.At);
        (IReadOnlyList<ReplayedDecision> decided, VrrpState end) = Run(config, window);
        string? difference = Difference(recorded, decided) ?? Difference(window.After, end);
        return new ReplayResult(
            context.Subject.Position, e.Node, e.Instance, difference is null, difference, recorded, decided, window.Inputs.Count,
            window.Truncated);
    }

    private static (IReadOnlyList<ReplayedDecision> Decided, VrrpState End) Run(VrrpConfig config, InputsRecorded window)
    {
        List<ReplayedDecision> decided = [];
        EffectBuffer effects = new();
        VrrpState state = window.Before;
        foreach (RecordedInput recorded in window.Inputs)
        {
            effects.Clear();
            VrrpInput input = recorded.Input;
            state = VrrpMachine.Step(config, state, in input, recorded.At, effects);
            foreach (VrrpEffect effect in effects.Items)
            {
                if (effect.Kind == VrrpEffectKind.Transition)
                {
                    decided.Add(new ReplayedDecision(effect.From, effect.To, effect.Reason, recorded.At));
                }
            }
        }

        return (decided, state);
    }

    private static string? Difference(ReplayedDecision recorded, IReadOnlyList<ReplayedDecision> decided)
    {
        if (decided.Contains(recorded))
        {
            return null;
        }

        ReplayedDecision? instead = decided.FirstOrDefault(decision => decision.At == recorded.At) ?? (decided.Count > 0 ? decided[^1]
            : null);
        return $"recorded {Text(recorded)}; the machine decides {(instead is null ? "nothing" : Text(instead))}";
    }

    private static string? Difference(VrrpState recorded, VrrpState end) =>
        recorded == end
            ? null
            : $"the decision is the same, the state after the last input is not: recorded {recorded}; the machine ends in {end}";

    private static string Text(ReplayedDecision decision) =>
        $"{EventSentence.PhaseName(decision.From)} -> {EventSentence.PhaseName(decision.To)} ({decision.Reason}) at {decision.At:c}";
}
