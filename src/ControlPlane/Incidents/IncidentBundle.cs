using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>How a node's clock stood, as measured last before the incident's end.</summary>
/// <param name="Offset">The node's clock minus the control plane's.</param>
public sealed record NodeClock(string Node, TimeSpan Offset, TimeSpan Bound)
{
    internal static NodeClock Of(string node, ClockBound clock) => new(node, clock.Offset, clock.Bound);
}

/// <summary>Everything on record about one incident: what a report, a replay and a trial under another configuration work on, here or on another machine.</summary>
/// <param name="Format">Always <see cref="CurrentFormat"/>.</param>
/// <param name="From">A minute before the incident's start.</param>
/// <param name="To">A minute after its end, or the moment of asking.</param>
/// <param name="Before">What held at <paramref name="From"/>: of each stream its last start, configuration, transition and priority.</param>
/// <param name="Events">Events of its nodes between the two, in causal order: hybrid clock, node, sequence.</param>
/// <param name="Truncated">There were more events than <see cref="EventLimit"/>; the latest are missing.</param>
public sealed record IncidentBundle(
    string Format, IncidentView Incident, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<RecordedEvent> Before, IReadOnlyList<RecordedEvent> Events,
    bool Truncated, IReadOnlyList<ContactInterval> Contacts, IReadOnlyList<NodeClock> Clocks)
{
    public const string CurrentFormat = "keepalived-es/incident/1";

    public const int EventLimit = 50_000;

    /// <summary>How far around the incident the events reach.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromMinutes(1);
}
