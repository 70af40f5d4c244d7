using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>
/// The process manager: opens, changes and closes incidents as the nodes' events come in and time passes. What it records, what it remembers and its
/// checkpoint are one transaction, so that a kill at any moment neither loses an incident nor records one twice.
/// </summary>
public sealed class IncidentProjection(NpgsqlEventStore events, IncidentStore store, ContactReader contacts) : IProjection, ISelectiveProjection
{
    private Dictionary<string, Dictionary<string, SubjectFacts>>? _sites;
    private List<(string Site, IReadOnlyDictionary<string, SubjectFacts> Changed)> _pending = [];
    private bool _found;

    public string Name => "KesIncidents";

    public int Version => 1;

    public bool WantsTicks => true;

    /// <summary>All but the windows of inputs and what hooks ask for, which are large and say nothing of incidents, and the incidents themselves.</summary>
    public IReadOnlyList<string> Types { get; } =
    [
        .. EventCatalog.Aliases.Where(alias => !alias.StartsWith("incident_", StringComparison.Ordinal)).Except(["inputs_recorded", "hook_host_called", "hook_started"]),
    ];

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (_pending, _found) = ([], false);
        _sites ??= await store.LoadSubjectsAsync(batch.Connection, stop);
        IReadOnlyList<NodeContact> silent = [.. (await contacts.NowAsync(stop)).Where(contact => !contact.Heard && contact.LastContact is not null)];
        IReadOnlyDictionary<(string, string), ClockBound> clocks = await store.LoadClocksAsync(batch.Connection, stop);
        ILookup<string, RecordedEvent> bySite = batch.Events.ToLookup(e => e.Tenant, StringComparer.Ordinal);
        foreach (string site in _sites.Keys.Union(bySite.Select(group => group.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Dictionary<string, SubjectFacts> before = _sites.GetValueOrDefault(site) ?? [];
            SiteDetection detection = new(site, before, node => clocks.GetValueOrDefault((site, node), ClockBound.Unknown));
            foreach (RecordedEvent recorded in bySite[site])
            {
                detection.Apply(recorded);
            }

            IReadOnlyList<IIncidentEvent> found = detection.Conclude(
                batch.Now, silent.Where(contact => contact.Tenant == site).ToDictionary(contact => contact.Node, contact => contact.LastContact!.Value));
            if (found.Count > 0)
            {
                _found = true;
                await events.AppendAsync(batch.Connection, site, Appends(found, batch.Now), stop);
            }

            await store.SaveSubjectsAsync(batch.Connection, site, detection.Changed, stop);
            _pending.Add((site, detection.Changed));
        }
    }

    public Task CommittedAsync(CancellationToken stop)
    {
        foreach ((string site, IReadOnlyDictionary<string, SubjectFacts> changed) in _pending)
        {
            if (!_sites!.TryGetValue(site, out Dictionary<string, SubjectFacts>? subjects))
            {
                _sites[site] = subjects = new Dictionary<string, SubjectFacts>(StringComparer.Ordinal);
            }

            foreach ((string subject, SubjectFacts facts) in changed)
            {
                if (facts.IsEmpty)
                {
                    subjects.Remove(subject);
                }
                else
                {
                    subjects[subject] = facts;
                }
            }
        }

        _pending = [];
        if (_found)
        {
            events.Announce();
        }

        return Task.CompletedTask;
    }

    public void Forget() => (_sites, _pending) = (null, []);

    /// <exception cref="InvalidOperationException">Always: incidents are facts on record, and folding again would record them twice.</exception>
    public Task ResetAsync(NpgsqlConnection connection, CancellationToken stop) =>
        throw new InvalidOperationException($"{Name} cannot be rebuilt: incidents are on record already; KesIncidentList, the list of them, can");

    private static List<StreamAppend> Appends(IReadOnlyList<IIncidentEvent> found, DateTimeOffset now) =>
    [
        .. found.GroupBy(e => e.Incident, StringComparer.Ordinal).Select(incident => new StreamAppend(
            $"incident/{incident.Key}", [.. incident.Select(e => IncidentRecords.NewEvent(e, now))])),
    ];
}
