using Keepalived.Es.ControlPlane.Replay;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>Gives the recorded inputs of one boot to the machine again; it must decide as recorded. Pure; keeps little for each instance.</summary>
/// <param name="unknownUntil">Monotonic time up to which transitions may be missing; null: none is.</param>
internal sealed class DecisionCheck(TimeSpan? unknownUntil, VerifyCounts counts)
{
    private readonly Dictionary<string, Followed> _instances = new(StringComparer.Ordinal);
    private TimeSpan _unknownUntil = unknownUntil ?? TimeSpan.MinValue;

    /// <summary>An instance's configuration from before the first record.</summary>
    internal void Configure(InstanceConfigured configured) => Of(configured.Instance).Config = configured.Config;

    /// <param name="place">Where the record stands, for a difference.</param>
    internal VerifyDifference? Next(NodeRecord record, VerifyDifference place)
    {
        switch (record.Type is "instance_configured" or "inputs_recorded" or "events_lost" || record.Type.StartsWith("instance_", StringComparison.Ordinal)
            ? EventCatalog.Deserialize(record.Type, record.Data) : null)
        {
            case EventsLost:
                _unknownUntil = record.Mono;
                return null;
            case InstanceConfigured configured:
                Followed changed = Of(configured.Instance);
                VerifyDifference? before = Decide(changed);
                changed.Config = configured.Config;
                return before;
            case ITransitionEvent transition:
                Followed moved = Of(transition.Instance);
                VerifyDifference? difference = moved.Pending is { } pending && transition.At > pending.Window.Inputs[^1].At ? Decide(moved) : null;
                moved.Transitions.Add(transition);
                return difference;
            case InputsRecorded { Inputs.Count: > 0 } window:
                Followed followed = Of(window.Instance);
                VerifyDifference? former = followed.Pending is null || followed.Pending.Window.Inputs[^1].At == window.Inputs[^1].At ? null : Decide(followed);
                Keep(followed, window, place);
                return former;
            default:
                return null;
        }
    }

    /// <summary>Decides what still waits: no further record comes.</summary>
    internal VerifyDifference? End() => _instances.Values.Select(Decide).FirstOrDefault(difference => difference is not null);

    /// <summary>One step may make two transitions, each recorded with a window: only when the next input is known all are on record.</summary>
    private void Keep(Followed followed, InputsRecorded window, VerifyDifference place)
    {
        if (followed.Config is null || window.Inputs[0].At <= _unknownUntil)
        {
            counts.Undecided++;
            return;
        }

        followed.Pending = new Waiting(followed.Config, window, place);
    }

    private VerifyDifference? Decide(Followed followed)
    {
        if (followed.Pending is not { } pending)
        {
            return null;
        }

        (InputsRecorded window, followed.Pending) = (pending.Window, null);
        (TimeSpan first, TimeSpan last) = (window.Inputs[0].At, window.Inputs[^1].At);
        followed.Transitions.RemoveAll(transition => transition.At < first);
        List<ITransitionEvent> recorded = [.. followed.Transitions.Where(transition => transition.At <= last)];
        counts.Decisions++;
        return IncidentReplay.Window(pending.Config, window, recorded, _ => default).FirstOrDefault(step => step.Difference is not null) is { } step
            ? pending.Place with { What = $"{window.Instance} decides as recorded", Expected = step.Text, Found = step.Difference! }
            : null;
    }

    private Followed Of(string instance)
    {
        if (!_instances.TryGetValue(instance, out Followed? followed))
        {
            _instances[instance] = followed = new Followed();
        }

        return followed;
    }

    private sealed record Waiting(VrrpConfig Config, InputsRecorded Window, VerifyDifference Place);

    private sealed class Followed
    {
        internal VrrpConfig? Config { get; set; }

        internal Waiting? Pending { get; set; }

        internal List<ITransitionEvent> Transitions { get; } = [];
    }
}
