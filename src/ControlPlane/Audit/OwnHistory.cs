using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>What the node itself had heard and seen before it decided.</summary>
internal static class OwnHistory
{
    internal static IEnumerable<ExplanationStep> Before(AuditContext context) =>
        Noticed(context).Concat(Heard(context)).OrderBy(step => step.At);

    /// <summary>A router by its address and, if we know it, its node.</summary>
    internal static string Router(AuditContext context, RouterAddress address) =>
        context.NodeAt(address) is { } node ? $"{address} ({node})" : address.ToString();

    /// <summary>The last priority 0 that was heard in the recorded window; null if none was.</summary>
    internal static RecordedInput? Resignation(AuditContext context)
    {
        RecordedInput[] resignations = [.. Advertisements(context).Where(input => input.Input.Advertisement.Priority == 0)];
        return resignations.Length == 0 ? null : resignations[^1];
    }

    private static IEnumerable<ExplanationStep> Noticed(AuditContext context)
    {
        foreach (RecordedEvent e in context.Events.Where(e => IsBefore(context, e)))
        {
            bool ours = e.Event is PriorityChanged or AdvertisementsRejected or TimerLate or LowerPriorityMasterHeard or AddressLost;
            bool nodes = e.Event is INodeEvent { Node: var node } and (LinkChanged or ConfigurationLoaded or NodeStarted or NodeStopped or EventsLost or ClockStepped or TrackScriptChanged)
                && node == context.Transition.Node;
            if (ours && context.IsOurs(e) || nodes)
            {
                yield return Step(context, e.Time, Sentence(EventSentence.Of(e)), e.Position);
            }
        }
    }

    private static IEnumerable<ExplanationStep> Heard(AuditContext context)
    {
        if (context.Transition is not InstanceBecameMaster master)
        {
            yield break;
        }

        if (master.LastHeard is not { } last)
        {
            yield return Step(context, context.Subject.Time, "No advertisement of another router had been heard.", null);
            yield break;
        }

        foreach (ExplanationStep gap in Gaps(context, master, last))
        {
            yield return gap;
        }

        yield return Step(
            context, context.WallOf(last),
            $"The last advertisement was heard from {Router(context, master.LastMaster)} at priority {master.LastMasterPriority}.", null);
        if (Resignation(context) is { } resignation)
        {
            yield return Step(
                context, context.WallOf(resignation.At),
                $"{Router(context, resignation.Input.Advertisement.Source)} resigned: it announced priority 0.", null);
        }
    }

    private static IEnumerable<ExplanationStep> Gaps(AuditContext context, InstanceBecameMaster master, TimeSpan last)
    {
        RecordedEvent? digested = context.Events.LastOrDefault(
            e => IsBefore(context, e) && context.IsOurs(e) && e.Event is AdvertisementDigest digest && digest.Peer == master.LastMaster);
        if (digested?.Event is AdvertisementDigest { MaxGap: { } largest } quiet)
        {
            yield return Step(
                context, context.WallOf(quiet.To),
                $"In {Durations.Text(quiet.To - quiet.From)} until then {Router(context, quiet.Peer)} was heard {quiet.Count} times, " +
                $"at most {Durations.Text(largest)} apart.",
                digested.Position);
        }

        TimeSpan[] heard = [.. Advertisements(context)
            .Where(input => input.Input.Advertisement.Source == master.LastMaster && input.At <= last).Select(input => input.At)];
        if (heard.Length > 1)
        {
            TimeSpan[] gaps = [.. heard.Zip(heard.Skip(1), (one, next) => next - one)];
            yield return Step(
                context, context.WallOf(heard[0]),
                $"From then on {heard.Length} advertisements of it came {Apart(gaps.Min(), gaps.Max())} apart.", null);
        }
    }

    private static string Apart(TimeSpan least, TimeSpan most) =>
        Durations.Text(least) == Durations.Text(most) ? Durations.Text(most) : $"{Durations.Text(least)} to {Durations.Text(most)}";

    private static IEnumerable<RecordedInput> Advertisements(AuditContext context) =>
        context.Window?.Inputs.Where(input => input.Input.Kind == VrrpInputKind.AdvertisementReceived
            && input.At <= context.Transition.At) ?? [];

    private static bool IsBefore(AuditContext context, RecordedEvent e) =>
        e.Origin is { } at && context.Subject.Origin is { } ours && at.Node == ours.Node && at.Boot == ours.Boot
            && at.Sequence < ours.Sequence;

    private static ExplanationStep Step(AuditContext context, DateTimeOffset at, string text, long? position) =>
        new(ExplanationPart.Before, at, $"{text.TrimEnd('.')}, {Durations.Around(at - context.Subject.Time)}.", position);

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
