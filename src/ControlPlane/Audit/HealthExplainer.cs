using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>Tells why something happened to a virtual or real server, from the records around it. Pure.</summary>
public static class HealthExplainer
{
    /// <param name="subject">An event of a virtual server.</param>
    /// <param name="events">Events of the site around it, in causal order.</param>
    public static Explanation Explain(RecordedEvent subject, IReadOnlyList<RecordedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(events);
        var fact = (IHealthEvent)subject.Event!;
        List<RecordedEvent> ours = [.. events.Where(e => e.Event is IHealthEvent h && h.Node == fact.Node && h.Service == fact.Service)];
        List<RecordedEvent> chain = [.. Causes(subject, events)];
        HashSet<long> told = [.. chain.Select(e => e.Position), subject.Position];
        IEnumerable<ExplanationStep> before = ours
            .Where(e => e.Position < subject.Position && !told.Contains(e.Position) && e.Event is CheckChanged or RealServerUp or RealServerDown or RealServerDrained)
            .Select(e => Step(ExplanationPart.Before, e));
        IEnumerable<ExplanationStep> after = events
            .Where(e => e.Position > subject.Position && (IsCausedBy(e, subject) || (ours.Contains(e) && e.Event is PoolChanged or QuorumGained or QuorumLost)))
            .Select(e => Step(ExplanationPart.After, e));
        List<ExplanationStep> others = [.. Others(subject, fact, events)];
        return new Explanation(
            subject.Position, subject.Id, subject.Time, subject.Tenant, fact.Node, fact.Service, 0, $"{fact.Node}: {EventSentence.Of(subject)}",
            [.. before, .. chain.Select(e => Step(ExplanationPart.Decision, e)), .. others, .. after],
            Conclusion(fact, others.Count));
    }

    /// <summary>What the event names as its cause, and that one's cause, the first first.</summary>
    private static Stack<RecordedEvent> Causes(RecordedEvent subject, IReadOnlyList<RecordedEvent> events)
    {
        var chain = new Stack<RecordedEvent>();
        RecordedEvent? at = CauseOf(subject, events);
        while (at is not null && chain.Count < events.Count)
        {
            chain.Push(at);
            at = CauseOf(at, events);
        }

        return chain;
    }

    private static RecordedEvent? CauseOf(RecordedEvent e, IReadOnlyList<RecordedEvent> events) =>
        e.CausationId is null ? null : events.FirstOrDefault(candidate => candidate.Position != e.Position && IsCausedBy(e, candidate));

    private static bool IsCausedBy(RecordedEvent e, RecordedEvent cause) =>
        cause.Origin is { } origin && e.CausationId == $"{origin.Node}/{origin.Boot}/{origin.Sequence}";

    /// <summary>What other balancers saw of the same real server.</summary>
    private static IEnumerable<ExplanationStep> Others(RecordedEvent subject, IHealthEvent fact, IReadOnlyList<RecordedEvent> events)
    {
        string? server = ServerOf(fact);
        return server is null
            ? []
            : events
                .Where(e => e.Event is (RealServerUp or RealServerDown) and IHealthEvent h && h.Node != fact.Node && ServerOf(h) == server)
                .Select(e => Step(ExplanationPart.Others, e) with { Text = $"{((INodeEvent)e.Event!).Node}: {EventSentence.Of(e)}" });
    }

    private static string? ServerOf(IHealthEvent e) => e switch { RealServerUp u => u.RealServer, RealServerDown d => d.RealServer, _ => null };

    private static ExplanationStep Step(ExplanationPart part, RecordedEvent e) => new(part, e.Time, EventSentence.Of(e) + ".", e.Position);

    private static string Conclusion(IHealthEvent fact, int others) => fact switch
    {
        RealServerDown d => $"{d.RealServer} was taken out of {d.Service} because of {d.Cause}; "
            + (others > 0 ? "other balancers saw it too, so that the server itself is the likely cause." : "no other balancer on record saw the same within the minute."),
        RealServerUp u => $"{u.RealServer} serves {u.Service} again: {u.Cause}.",
        QuorumLost q => $"{q.Service} fell below its quorum: the servers still alive weigh {q.Weight}, {q.Quorum} is wanted.",
        QuorumGained q => $"{q.Service} has enough servers again: they weigh {q.Weight}, {q.Quorum} is wanted.",
        RealServerDrained { Drained: true } d => $"{d.By} asked for it.",
        PoolCorrected => "Another program, or a person with ipvsadm, changes the same table.",
        _ => $"{HealthSentence.Of(fact)}.",
    };
}
