using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>One step of an incident's replay.</summary>
/// <param name="At">On the control plane's clock.</param>
/// <param name="IsDecision">The machine changed its phase; else it only took an input.</param>
/// <param name="Difference">What the record says otherwise; null: the same.</param>
public sealed record ReplayStep(DateTimeOffset At, string Node, string Instance, string Text, bool IsDecision, string? Difference);

/// <summary>All nodes of an incident side by side on one clock, their recorded inputs through the machines again.</summary>
/// <param name="Steps">By time.</param>
/// <param name="Decisions">How many transitions were replayed.</param>
/// <param name="Differences">How many of them the record tells otherwise, or has and the machines do not make.</param>
public sealed record ReplayedIncident(string Incident, IReadOnlyList<ReplayStep> Steps, int Inputs, int Decisions, int Differences)
{
    public bool Same => Differences == 0;
}

/// <summary>Replays an incident. Pure.</summary>
public static class IncidentReplay
{
    public static ReplayedIncident Run(IncidentBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        Dictionary<string, TimeSpan> offsets = bundle.Clocks.ToDictionary(clock => clock.Node, clock => clock.Offset, StringComparer.Ordinal);
        List<ReplayStep> steps = [];
        int inputs = 0;
        RecordedEvent[] all = [.. bundle.Before, .. bundle.Events];
        foreach (RecordedEvent e in bundle.Events.Where(e => e.Event is InputsRecorded && e.Origin is not null))
        {
            InputsRecorded window = (InputsRecorded)e.Event!;
            if (Configuration(all, e, window) is { } config)
            {
                TimeSpan offset = offsets.GetValueOrDefault(window.Node);
                DateTimeOffset At(TimeSpan mono) => e.Time - (e.Origin!.Mono - mono) - offset;
                steps.AddRange(Window(config, window, Recorded(all, e, window), At));
                inputs += window.Inputs.Count;
            }
        }

        ReplayStep[] sorted = [.. steps.OrderBy(step => step.At)];
        return new ReplayedIncident(bundle.Incident.Id, sorted, inputs, sorted.Count(s => s.IsDecision), sorted.Count(s => s.Difference is not null));
    }

    internal static IEnumerable<ReplayStep> Window(
        VrrpConfig config, InputsRecorded window, List<ITransitionEvent> recorded, Func<TimeSpan, DateTimeOffset> at)
    {
        EffectBuffer effects = new();
        VrrpState state = window.Before;
        foreach (RecordedInput input in window.Inputs)
        {
            effects.Clear();
            VrrpInput given = input.Input;
            state = VrrpMachine.Step(config, state, in given, input.At, effects);
            if (InputWords(given) is { } words)
            {
                yield return new ReplayStep(at(input.At), window.Node, window.Instance, words, false, null);
            }

            foreach (VrrpEffect effect in effects.Items.ToArray().Where(effect => effect.Kind == VrrpEffectKind.Transition))
            {
                int index = recorded.FindIndex(e => e.At == input.At && e.From == effect.From && e.Reason == effect.Reason && e.After() == effect.To);
                if (index >= 0)
                {
                    recorded.RemoveAt(index);
                }

                yield return new ReplayStep(
                    at(input.At), window.Node, window.Instance,
                    $"{EventSentence.PhaseName(effect.From)} -> {EventSentence.PhaseName(effect.To)}: {EventSentence.Reason(effect.Reason)}", true,
                    index >= 0 ? null : "the record has no such transition");
            }
        }

        foreach (ITransitionEvent missing in recorded)
        {
            yield return new ReplayStep(
                at(missing.At), window.Node, window.Instance, "the machine stays as it is", true,
                $"recorded is {EventSentence.PhaseName(missing.From)} -> {EventSentence.PhaseName(missing.After())}: {EventSentence.Reason(missing.Reason)}");
        }

        if (state != window.After)
        {
            yield return new ReplayStep(
                at(window.Inputs.Count == 0 ? TimeSpan.Zero : window.Inputs[^1].At), window.Node, window.Instance, "the state after the last input", false,
                $"recorded is {window.After}; the machine ends in {state}");
        }
    }

    /// <summary>The transitions on record that the window's inputs decided.</summary>
    private static List<ITransitionEvent> Recorded(RecordedEvent[] all, RecordedEvent e, InputsRecorded window) => window.Inputs.Count == 0 ? [] :
    [
        .. all.Where(other => other.Origin?.Boot == e.Origin!.Boot).Select(other => other.Event).OfType<ITransitionEvent>()
            .Where(t => t.Node == window.Node && t.Instance == window.Instance && t.At >= window.Inputs[0].At && t.At <= window.Inputs[^1].At),
    ];

    /// <summary>In force for the window.</summary>
    internal static VrrpConfig? Configuration(RecordedEvent[] all, RecordedEvent e, InputsRecorded window) => all
        .Where(other => other.Origin?.Boot == e.Origin!.Boot && other.Origin.Sequence < e.Origin.Sequence)
        .Select(other => other.Event).OfType<InstanceConfigured>().LastOrDefault(c => c.Node == window.Node && c.Instance == window.Instance)?.Config;

    private static string? InputWords(VrrpInput input) => input.Kind switch
    {
        VrrpInputKind.AdvertisementReceived => $"hears {input.Advertisement.Source} at priority {input.Advertisement.Priority}",
        VrrpInputKind.EnvironmentChanged => input.Faults == FaultReasons.None ? "no fault is left" : $"faults: {input.Faults}",
        VrrpInputKind.PriorityChanged => $"its priority becomes {input.Priority}",
        VrrpInputKind.Startup => "starts",
        VrrpInputKind.Shutdown => "is stopped",
        VrrpInputKind.Reconfigured => "is reloaded",
        VrrpInputKind.Removed => "is removed by a reload",
        VrrpInputKind.SyncToMaster => "its sync group becomes Master",
        VrrpInputKind.SyncToBackup => "its sync group becomes Backup",
        VrrpInputKind.AddressLost => "somebody removed a virtual address",
        _ => null,
    };
}
