using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>What became of another node, seen from the transition.</summary>
internal enum PeerFate
{
    Alive,
    StillMaster,
    Yielded,
    Stopped,
    Faulty,
    Restarted,
    Silent,
    TooEarly,
}

/// <param name="Steps">Sentences about it, in order of time.</param>
internal sealed record PeerFinding(string Node, PeerFate Fate, IReadOnlyList<ExplanationStep> Steps);

/// <summary>What the other nodes of the virtual router were doing around a transition.</summary>
internal static class PeerFindings
{
    /// <summary>Events of other nodes so long after the transition still belong to it.</summary>
    private static readonly TimeSpan After = TimeSpan.FromSeconds(15);

    internal static IReadOnlyList<PeerFinding> Of(AuditContext context) => [.. context.Peers.Select(peer => Find(context, peer))];

    private static PeerFinding Find(AuditContext context, InstanceConfigured peer)
    {
        List<RecordedEvent> told = [.. context.Events.Where(e => e.Event is INodeEvent { Node: var node } && node == peer.Node
            && IsTelling(e, peer))];
        PeerFate fate = Fate(context, peer, told);
        List<ExplanationStep> steps =
        [
            .. Earlier(context, peer, told)
                .Concat(told.Where(e => e.Time <= context.Subject.Time + After || e.Event is NodeStarted or NodeStopped))
                .Select(e => Step(e.Time, $"{peer.Node}: {EventSentence.Of(e)}, {Durations.Around(e.Time - context.Subject.Time)}.",
                    e.Position)),
        ];
        if (Silence(context, peer.Node, fate) is { } silence)
        {
            steps.Add(silence);
        }

        if (steps.Count == 0)
        {
            steps.Add(Step(null, $"{peer.Node}: was in contact and reported nothing.", null));
        }

        return new PeerFinding(peer.Node, fate, [.. steps.OrderBy(step => step.At)]);
    }

    /// <summary>What it had said last, if that was before the events at hand.</summary>
    private static IEnumerable<RecordedEvent> Earlier(AuditContext context, InstanceConfigured peer, List<RecordedEvent> told) =>
        context.LastWords
            .Where(e => e.Event switch
            {
                NodeStopped stopped => stopped.Node == peer.Node,
                ITransitionEvent transition => transition.Node == peer.Node && transition.Instance == peer.Instance,
                _ => false,
            })
            .Where(e => !told.Exists(known => known.Position == e.Position));

    private static bool IsTelling(RecordedEvent e, InstanceConfigured peer) => e.Event switch
    {
        ITransitionEvent t => t.Instance == peer.Instance,
        LowerPriorityMasterHeard or PriorityChanged or AdvertisementsRejected => ((IInstanceEvent)e.Event).Instance == peer.Instance,
        NodeStarted or NodeStopped or LinkChanged or ConfigurationLoaded or EventsLost or TrackScriptChanged => true,
        _ => false,
    };

    private static PeerFate Fate(AuditContext context, InstanceConfigured peer, List<RecordedEvent> told)
    {
        ITransitionEvent? last = context.LastWords.Select(e => e.Event).OfType<ITransitionEvent>()
            .LastOrDefault(e => e.Node == peer.Node && e.Instance == peer.Instance);
        bool stopped = last is InstanceStopped
            || context.LastWords.Any(e => e.Event is NodeStopped { Node: var node } && node == peer.Node);
        bool restarted = told.Exists(e => e.Event is NodeStarted && e.Time > context.Subject.Time);
        bool saysMore = told.Exists(e => e.Time > context.Subject.Time && e.Event is not NodeStarted);
        return (stopped, last, LastContact(context, peer.Node)) switch
        {
            (true, _, _) => PeerFate.Stopped,
            (_, InstanceEnteredFault, _) => PeerFate.Faulty,
            (_, InstanceBecameBackup, _) => PeerFate.Yielded,
            _ when restarted && !InContactAt(context, peer.Node) => PeerFate.Restarted,
            _ when InContactAt(context, peer.Node) || saysMore => WasMaster(context, peer) ? PeerFate.StillMaster : PeerFate.Alive,
            (_, _, { } contact) when context.Now - contact < IngestLimits.Silence => PeerFate.TooEarly,
            _ => PeerFate.Silent,
        };
    }

    private static bool WasMaster(AuditContext context, InstanceConfigured peer) =>
        context.Transition is InstanceBecameMaster { LastMaster: var master } && master != RouterAddress.None && master == peer.Source;

    private static ExplanationStep? Silence(AuditContext context, string node, PeerFate fate)
    {
        if (fate is not (PeerFate.Silent or PeerFate.Restarted or PeerFate.TooEarly))
        {
            return null;
        }

        return LastContact(context, node) is { } last
            ? Step(last, $"{node}: last in contact {Durations.Around(last - context.Subject.Time)}; no node_stopped is on record.", null)
            : Step(null, $"{node}: not in contact in the minute before; no node_stopped is on record.", null);
    }

    private static bool InContactAt(AuditContext context, string node) =>
        context.Contacts.Any(contact => contact.Node == node && contact.From <= context.Subject.Time && contact.To >= context.Subject.Time);

    private static DateTimeOffset? LastContact(AuditContext context, string node) =>
        context.Contacts.Where(contact => contact.Node == node && contact.From <= context.Subject.Time)
            .Select(contact => (DateTimeOffset?)contact.To).Max();

    private static ExplanationStep Step(DateTimeOffset? at, string text, long? position) => new(ExplanationPart.Others, at, text, position);
}
