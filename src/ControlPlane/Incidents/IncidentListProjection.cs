using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>Keeps one row for each incident, folded from its stream.</summary>
public sealed class IncidentListProjection(IncidentListStore rows) : IProjection, ISelectiveProjection
{
    public string Name => "KesIncidentList";

    public int Version => 1;

    public bool WantsTicks => false;

    public IReadOnlyList<string> Types { get; } = [.. EventCatalog.Aliases.Where(alias => alias.StartsWith("incident_", StringComparison.Ordinal))];

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (IGrouping<(string Tenant, string), RecordedEvent> incident in batch.Events.Where(e => e.Event is IIncidentEvent)
            .GroupBy(e => (e.Tenant, ((IIncidentEvent)e.Event!).Incident)))
        {
            IncidentView? view = await rows.FindAsync(batch.Connection, incident.Key.Tenant, incident.Key.Item2, stop);
            view = incident.Aggregate(view, IncidentView.Apply);
            if (view is not null)
            {
                await rows.SaveAsync(batch.Connection, view, stop);
            }
        }
    }

    public Task CommittedAsync(CancellationToken stop) => Task.CompletedTask;

    public void Forget()
    {
    }

    public Task ResetAsync(NpgsqlConnection connection, CancellationToken stop) => rows.ClearAsync(connection, stop);
}
