using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>Keeps one row for each incident, folded from its stream.</summary>
public sealed class IncidentListProjection(IncidentListStore rows) : ISelectiveProjection
{
    public string Name => "KesIncidentList";

    public int Version => 1;

    public bool WantsTicks => false;

    public IReadOnlyList<string> Types { get; } = [.. EventCatalog.Aliases.Where(alias => alias.StartsWith("incident_", StringComparison.Ordinal))];

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ILookup<(string Tenant, string Id), RecordedEvent> incidents = batch.Events.Where(e => e.Event is IIncidentEvent)
            .ToLookup(e => (e.Tenant, ((IIncidentEvent)e.Event!).Incident));
        if (incidents.Count == 0)
        {
            return;
        }

        IReadOnlyDictionary<(string, string), IncidentView> known = await rows.LoadAsync(batch.Connection, [.. incidents.Select(group => group.Key)], stop);
        await rows.SaveAsync(
            batch.Connection, [.. incidents.Select(group => group.Aggregate(known.GetValueOrDefault(group.Key), IncidentView.Apply)).OfType<IncidentView>()], stop);
    }

    public Task CommittedAsync(CancellationToken stop) => Task.CompletedTask;

    public void Forget()
    {
    }

    public Task ResetAsync(NpgsqlConnection connection, CancellationToken stop) => rows.ClearAsync(connection, stop);
}
