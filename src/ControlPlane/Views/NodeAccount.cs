using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>From the first record of one start of a daemon to its last so far, by the node's clock.</summary>
public sealed record BootSpan(string Boot, DateTimeOffset First, DateTimeOffset Last);

/// <summary>All that one node told of a stretch of time, and what is known of its silence.</summary>
/// <param name="Before">What it had said last when the stretch begins.</param>
/// <param name="Events">What it said afterwards that changes its state, in its order.</param>
/// <param name="Contacts">When it was in contact, by the control plane's clock.</param>
/// <param name="Boots">Starts of its daemon that touch the stretch.</param>
/// <param name="Clock">How its clock stands to the control plane's.</param>
public sealed record NodeAccount(
    NodeState Before, IReadOnlyList<RecordedEvent> Events, IReadOnlyList<ContactInterval> Contacts, IReadOnlyList<BootSpan> Boots, ClockBound Clock)
{
    public string Site => Before.Tenant;

    public string Node => Before.Node;
}
