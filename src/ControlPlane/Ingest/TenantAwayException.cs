using Keepalived.Es.ControlPlane.Tenants;

namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>The node's site does not live here, or is on the way: 308 or 503. Nothing was stored.</summary>
public sealed class TenantAwayException(TenantPlace place) : IngestRefusedException(place.State == TenantState.Moved
    ? new IngestRefusal(308, $"{place.Text}: send it there, and name that address in node.yaml", Place: place.Place)
    : new IngestRefusal(503, $"{place.Text}; send it again"));
