using System.Threading.Channels;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Incidents.Hooks;

/// <summary>What hooks have still to be run for: a row for each event of an incident, written with the projection's checkpoint.</summary>
public sealed class DueIncidentHooks(string schema, TenantRegister tenants) : IProjection, ISelectiveProjection
{
    /// <summary>Older events are history: nobody is called for them, such as when hooks are configured for the first time.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(15);

    private readonly Channel<bool> _filled = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public string Name => "KesIncidentHooks";

    public int Version => 1;

    public bool WantsTicks => false;

    public IReadOnlyList<string> Types { get; } = ["incident_opened", "incident_changed", "incident_closed"];

    /// <summary>Completes when there may be something, and after a while in any case.</summary>
    public async Task WaitAsync(TimeSpan patience, CancellationToken stop)
    {
        Task<bool> filled = _filled.Reader.WaitToReadAsync(stop).AsTask();
        await Task.WhenAny(filled, Task.Delay(patience, stop));
        _filled.Reader.TryRead(out _);
    }

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        IReadOnlyList<TenantPlace> places = await tenants.HoldAsync(batch.Connection, stop);
        RecordedEvent[] fresh = [.. batch.Events.Where(e => batch.Now - e.Time < Fresh && !IsCopy(e, places))];
        await using NpgsqlCommand command = new(
            $"insert into {schema}.kes_incident_hooks (seq_id, tenant, incident, type) select * from unnest($1, $2, $3, $4) on conflict do nothing", batch.Connection);
        command.Parameters.AddWithValue(Array.ConvertAll(fresh, e => e.Position));
        command.Parameters.AddWithValue(Array.ConvertAll(fresh, e => e.Tenant));
        command.Parameters.AddWithValue(Array.ConvertAll(fresh, e => ((IIncidentEvent)e.Event!).Incident));
        command.Parameters.AddWithValue(Array.ConvertAll(fresh, e => e.Type));
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>The source of a move has run the hooks for what it recorded.</summary>
    private static bool IsCopy(RecordedEvent e, IReadOnlyList<TenantPlace> places) =>
        places.FirstOrDefault(place => place.Site == e.Tenant) is { } place && (place.State == TenantState.Arriving || e.Position <= place.CopiedTo);

    public Task CommittedAsync(CancellationToken stop)
    {
        _filled.Writer.TryWrite(true);
        return Task.CompletedTask;
    }

    public void Forget()
    {
    }

    public async Task ResetAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"delete from {schema}.kes_incident_hooks", connection);
        await command.ExecuteNonQueryAsync(stop);
    }
}
