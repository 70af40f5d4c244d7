using MediatR;

namespace Keepalived.Es.ControlPlane.Incidents.Hooks;

/// <summary>An incident was opened, changed or closed, and that is committed. Published at least once, in the order of the store; after a kill again.</summary>
/// <param name="Position">Of the event.</param>
/// <param name="On"><c>incident_opened</c>, <c>incident_changed</c> or <c>incident_closed</c>.</param>
/// <param name="Incident">As it stands when it is published.</param>
public sealed record IncidentHappened(long Position, string On, IncidentView Incident) : INotification;
