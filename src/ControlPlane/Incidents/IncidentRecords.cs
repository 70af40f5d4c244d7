using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>Events of incidents as the store takes them.</summary>
internal static class IncidentRecords
{
    internal static NewEvent NewEvent(IIncidentEvent e, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), EventCatalog.AliasOf(e), JsonbText.Clean(EventCatalog.Serialize(e).GetRawText()), now, CorrelationId: e.Incident);
}
