using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>Tells why a transition happened, from the records around it. Pure.</summary>
public static class Explainer
{
    public static Explanation Explain(AuditContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ITransitionEvent e = context.Transition;
        IReadOnlyList<PeerFinding> peers = PeerFindings.Of(context);
        string headline = $"{e.Node}: {EventSentence.Of(context.Subject)} (VRID {e.Vrid}, from {EventSentence.PhaseName(e.From)}, priority {e.Priority})";
        return new Explanation(
            context.Subject.Position, context.Subject.Id, context.Subject.Time, context.Subject.Tenant, e.Node, e.Instance, e.Vrid,
            headline,
            [.. OwnHistory.Before(context), .. Decision(context), .. peers.SelectMany(peer => peer.Steps), .. Aftermath.Of(context)],
            Conclusion(context, peers));
    }

    private static IEnumerable<ExplanationStep> Decision(AuditContext context)
    {
        ITransitionEvent e = context.Transition;
        if (e is InstanceBecameMaster { Due: { } due } master)
        {
            (TimeSpan? start, string what) = master.Reason == TransitionReason.MasterResigned
                && OwnHistory.Resignation(context) is { } resigned
                ? (resigned.At, "the resignation")
                : (master.LastHeard, "that advertisement");
            string basis = start is { } from ? $", {Durations.Text(due - from)} after {what}" : "";
            TimeSpan late = e.At - due;
            string fired = late < TimeSpan.Zero ? $"it fired {Durations.Text(late)} early" : $"it fired {Durations.Text(late)} later";
            yield return new ExplanationStep(ExplanationPart.Decision, context.WallOf(due),
                $"The Master-down timer was due{basis}; {fired}.");
        }

        if (e is InstanceBecameBackup { Peer: var peer } backup && peer != RouterAddress.None)
        {
            yield return new ExplanationStep(
                ExplanationPart.Decision, context.Subject.Time,
                $"An advertisement of {OwnHistory.Router(context, peer)} at priority {backup.PeerPriority} arrived; our own priority was {e.Priority}.",
                context.Subject.Position);
        }

        if (e is InstanceEnteredFault fault)
        {
            yield return new ExplanationStep(
                ExplanationPart.Decision, context.Subject.Time, $"It may not take part: {fault.Faults}.", context.Subject.Position);
        }
    }

    private static string Conclusion(AuditContext context, IReadOnlyList<PeerFinding> peers)
    {
        ITransitionEvent e = context.Transition;
        if (e is not InstanceBecameMaster master)
        {
            return $"{e.Node} left {EventSentence.PhaseName(e.From)} because {EventSentence.Reason(e.Reason)}.";
        }

        PeerFinding? last = peers.FirstOrDefault(peer => peer.Node == context.NodeAt(master.LastMaster));
        return (master.Reason, last) switch
        {
            (TransitionReason.PreemptedLowerPriority, _) =>
                $"{e.Node} took over because its priority {e.Priority} is above the Master's {master.LastMasterPriority}.",
            (_, { Fate: PeerFate.Stopped }) => $"{last.Node} was stopped in good order, and {e.Node} took over.",
            (_, { Fate: PeerFate.Faulty }) => $"{last.Node} withdrew because of a fault, and {e.Node} took over.",
            (_, { Fate: PeerFate.Restarted }) =>
                $"{last.Node} ended without a word and was started again: it was killed or it crashed, and {e.Node} took over.",
            (_, { Fate: PeerFate.Silent }) =>
                $"{last.Node} fell silent without stopping in good order: it was killed, it crashed or its network failed, and {e.Node} took over.",
            (_, { Fate: PeerFate.StillMaster }) =>
                $"{last.Node} was alive and stayed MASTER: its advertisements did not reach {e.Node}, and for a time there were two Masters.",
            (_, { Fate: PeerFate.TooEarly }) => $"{last.Node} was not heard since, but it is too early to call it silent.",
            (_, { Fate: PeerFate.Yielded }) => $"{last.Node} gave up MASTER, and {e.Node} took over.",
            (_, null) when master.LastHeard is null =>
                $"No Master was heard, and {e.Node} became one because {EventSentence.Reason(e.Reason)}.",
            _ => $"{e.Node} took over because {EventSentence.Reason(e.Reason)}; the records do not tell more about the Master before.",
        };
    }
}
