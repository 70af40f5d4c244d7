using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>The states of each instance over the incident's time. Pure.</summary>
internal static class StoryLanes
{
    internal static IReadOnlyList<StoryLane> Of(IncidentBundle bundle, Func<RecordedEvent, DateTimeOffset> at)
    {
        RecordedEvent[] all = [.. bundle.Before, .. bundle.Events];
        return
        [
            .. all.Select(e => e.Event).OfType<IInstanceEvent>().Select(e => (e.Node, e.Instance)).Distinct()
                .OrderBy(lane => lane.Node, StringComparer.Ordinal).ThenBy(lane => lane.Instance, StringComparer.Ordinal)
                .Select(lane => new StoryLane(lane.Node, lane.Instance, Segments(bundle, all, lane.Node, lane.Instance, at)))
                .Where(lane => lane.Segments.Count > 0),
        ];
    }

    private static List<StorySegment> Segments(
        IncidentBundle bundle, RecordedEvent[] all, string node, string instance, Func<RecordedEvent, DateTimeOffset> at)
    {
        List<StorySegment> segments = [];
        foreach (RecordedEvent e in all)
        {
            if (State(e.Event, node, instance) is not { } state)
            {
                continue;
            }

            DateTimeOffset moment = Clamp(at(e), bundle);
            if (segments.Count > 0)
            {
                segments[^1] = segments[^1] with { To = moment };
            }

            segments.Add(new StorySegment(moment, bundle.To, state, EventSentence.Of(e)));
        }

        return [.. segments.Where(s => s.To > s.From).SelectMany(s => WithSilence(s, bundle, node))];
    }

    private static MemberPhase? State(object? fact, string node, string instance) => fact switch
    {
        NodeStarted e when e.Node == node => MemberPhase.Initialize,
        NodeStopped e when e.Node == node => MemberPhase.Stopped,
        ITransitionEvent e when e.Node == node && e.Instance == instance => e switch
        {
            InstanceBecameMaster => MemberPhase.Master,
            InstanceBecameBackup => MemberPhase.Backup,
            InstanceEnteredFault => MemberPhase.Fault,
            _ => MemberPhase.Stopped,
        },
        _ => null,
    };

    /// <summary>While the node was not in contact, and has not told of that time later either, its state is not known.</summary>
    private static IEnumerable<StorySegment> WithSilence(StorySegment segment, IncidentBundle bundle, string node)
    {
        if (segment.State == MemberPhase.Stopped)
        {
            return [segment];
        }

        DateTimeOffset told = bundle.Events.Where(e => e.Origin?.Node == node && e.Time <= segment.To).Select(e => e.Time).DefaultIfEmpty(segment.From).Max();
        DateTimeOffset heard = bundle.Contacts.Where(c => c.Node == node && c.From <= segment.To).Select(c => c.To).DefaultIfEmpty(told).Max();
        DateTimeOffset until = told > heard ? told : heard;
        return segment.To - until > IngestLimits.Silence && until > segment.From
            ? [segment with { To = until }, new StorySegment(until, segment.To, MemberPhase.Unknown, null)]
            : [segment];
    }

    private static DateTimeOffset Clamp(DateTimeOffset at, IncidentBundle bundle) => at < bundle.From ? bundle.From : at > bundle.To ? bundle.To : at;
}
