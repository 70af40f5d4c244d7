using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>All that the store knows around one transition: what explain and replay work on.</summary>
/// <param name="Subject">The transition; its <see cref="RecordedEvent.Event"/> is an <see cref="ITransitionEvent"/>.</param>
/// <param name="Events">Events of the site from a minute before to a minute after, in causal order.</param>
/// <param name="Configurations">The last <c>instance_configured</c> before it, one for each instance of each node of the site.</param>
/// <param name="LastWords">Before it, of each node its last start or stop, and of each instance its last transition.</param>
/// <param name="Contacts">When the site's nodes were in contact.</param>
/// <param name="Now">The moment of asking: what is recent may not be known yet.</param>
public sealed record AuditContext(
    RecordedEvent Subject, IReadOnlyList<RecordedEvent> Events, IReadOnlyList<RecordedEvent> Configurations,
    IReadOnlyList<RecordedEvent> LastWords,
    IReadOnlyList<ContactInterval> Contacts, DateTimeOffset Now)
{
    /// <summary>How far around the transition the context reaches.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromMinutes(1);

    public ITransitionEvent Transition => (ITransitionEvent)Subject.Event!;

    /// <summary>The recorded inputs in which the transition was decided; null if none were recorded.</summary>
    public InputsRecorded? Window => Events
        .Where(e => IsOurs(e) && e.Event is InputsRecorded window && e.Origin?.Boot == Subject.Origin?.Boot
            && window.Inputs.Any(input => input.At == Transition.At))
        .OrderByDescending(e => Subject.Origin is { } origin && e.CausationId == $"{origin.Node}/{origin.Boot}/{origin.Sequence}")
        .Select(e => (InputsRecorded)e.Event!)
        .FirstOrDefault();

    /// <summary>The configuration that the instance ran with.</summary>
    public InstanceConfigured? Configuration =>
        Configurations.Where(IsOurs).Select(e => e.Event).OfType<InstanceConfigured>().LastOrDefault();

    /// <summary>The node that owns a router's address on this virtual router; null if none is known to.</summary>
    public string? NodeAt(Domain.Vrrp.RouterAddress address) => Configurations
        .Select(e => e.Event).OfType<InstanceConfigured>().FirstOrDefault(e => e.Source == address)?.Node;

    /// <summary>The other nodes that run the same virtual router, with their instance's name.</summary>
    public IReadOnlyList<InstanceConfigured> Peers =>
    [
        .. Configurations.Select(e => e.Event).OfType<InstanceConfigured>()
            .Where(e => e.Node != Transition.Node && e.Config.Vrid == Transition.Vrid && Configuration is { } own
                && e.Source.IsIPv4 == own.Source.IsIPv4)
            .OrderBy(e => e.Node, StringComparer.Ordinal),
    ];

    /// <summary>Wall time, by the node's clock, of a monotonic moment of the node.</summary>
    public DateTimeOffset WallOf(TimeSpan mono) => Subject.Time - (Transition.At - mono);

    internal bool IsOurs(RecordedEvent e) => e.Event is IInstanceEvent i && i.Node == Transition.Node && i.Instance == Transition.Instance;
}
