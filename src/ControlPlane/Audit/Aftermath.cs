using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>What followed from a transition on the same node.</summary>
internal static class Aftermath
{
    internal static IEnumerable<ExplanationStep> Of(AuditContext context)
    {
        if (context.Subject.Origin is not { } origin)
        {
            yield break;
        }

        List<RecordedEvent> later =
        [
            .. context.Events.Where(e => e.Origin is { } at && at.Node == origin.Node && at.Boot == origin.Boot
                && at.Sequence > origin.Sequence)
                .OrderBy(e => e.Origin!.Sequence),
        ];
        HashSet<string> caused = [Name(origin)];
        foreach (RecordedEvent e in later)
        {
            bool follows = e.CausationId is { } cause && caused.Contains(cause);
            if (follows)
            {
                caused.Add(Name(e.Origin!));
            }

            if ((follows || Concerns(context, e)) && e.Event is not (InputsRecorded or AdvertisementDigest))
            {
                yield return new ExplanationStep(
                    ExplanationPart.After, e.Time, $"{EventSentence.Of(e)}, {Durations.Around(e.Time - context.Subject.Time)}.",
                    e.Position);
            }

            if (e.Event is ITransitionEvent && context.IsOurs(e))
            {
                yield break;
            }
        }
    }

    private static string Name(RecordedOrigin origin) => $"{origin.Node}/{origin.Boot}/{origin.Sequence}";

    private static bool Concerns(AuditContext context, RecordedEvent e) => e.Event switch
    {
        IInstanceEvent => context.IsOurs(e),
        IHookEvent hook => hook.Hook.EndsWith($" {context.Transition.Instance}", StringComparison.Ordinal),
        _ => false,
    };
}
