using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>
/// The process manager: opens, changes and closes incidents as the nodes' events come in and time passes. What it records, what it remembers and its
/// checkpoint are one transaction, so that a kill at any moment neither loses an incident nor records one twice.
/// </summary>
/// <remarks>
/// Of a tenant that is leaving it still sees to the events that are there, until the move is sealed; what has arrived with a tenant was seen to at the source.
/// </remarks>
public sealed class IncidentProjection(NpgsqlEventStore events, IncidentStore store, ContactReader contacts, TenantRegister tenants) : ISelectiveProjection
{
    /// <summary>Name of the projection.</summary>
    public const string ProjectionName = "KesIncidents";

    /// <summary>How often contacts and clocks are read, and what depends on time alone is looked at: below a tick, above the pages of a storm.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Nodes of a tenant that has just come find their way by then: until then nobody is silent, and time alone changes nothing.</summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromMinutes(1);

    private IReadOnlyList<TenantPlace>? _places;
    private Dictionary<string, Dictionary<string, SubjectFacts>>? _sites;
    private List<(string Site, IReadOnlyDictionary<string, SubjectFacts> Changed)> _pending = [];
    private bool _found;
    private Look? _look;

    public string Name => ProjectionName;

    public int Version => 1;

    public bool WantsTicks => true;

    public IReadOnlyList<string> Types => Signs.Types;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (_pending, _found) = ([], false);
        IReadOnlyList<TenantPlace> places = await tenants.HoldAsync(batch.Connection, stop);
        _sites = _sites is null || _places?.SequenceEqual(places) != true ? await store.LoadSubjectsAsync(batch.Connection, stop) : _sites;
        _places = places;
        bool looks = _look is not { } known || (batch.Now - known.At).Duration() >= BetweenLooks;
        _look = looks ? await LookAsync(batch, stop) : _look;
        Look look = _look!;
        ILookup<string, RecordedEvent> bySite = batch.Events.ToLookup(e => e.Tenant, StringComparer.Ordinal);
        IEnumerable<string> sites = bySite.Select(group => group.Key);
        foreach (string site in (looks ? sites.Union(_sites.Keys, StringComparer.Ordinal) : sites).Order(StringComparer.Ordinal))
        {
            TenantPlace place = places.FirstOrDefault(place => place.Site == site) ?? TenantPlace.Native(site);
            if (!place.IsShown || place.Sealed is not null)
            {
                continue;
            }

            bool waits = place.State == TenantState.Leaving || batch.Now - place.Since < Arrival;
            Dictionary<string, SubjectFacts> before = _sites.GetValueOrDefault(site) ?? [];
            SiteDetection detection = new(site, before, node => look.Clocks.GetValueOrDefault((site, node), ClockBound.Unknown));
            foreach (RecordedEvent recorded in bySite[site].Where(e => e.Position > place.CopiedTo))
            {
                detection.Apply(recorded);
            }

            IReadOnlyList<IIncidentEvent> found = detection.Conclude(
                batch.Now,
                look.Silent[site].Where(_ => !waits).ToDictionary(contact => contact.Node, contact => contact.LastContact!.Value, StringComparer.Ordinal),
                looks && !waits);
            if (found.Count > 0)
            {
                _found = true;
                await TenantRegister.LetInAsync(batch.Connection, place.Move, stop);
                string[] opened = [.. found.OfType<IncidentOpened>().Select(e => e.Incident)];
                found = opened.Length == 0 ? found : IncidentBook.GoOn(found, await store.OnRecordAsync(batch.Connection, site, opened, stop));
                await events.AppendAsync(batch.Connection, site, Appends(found, batch.Now), stop);
            }

            _pending.Add((site, detection.Changed));
        }

        await store.SaveSubjectsAsync(
            batch.Connection, [.. _pending.SelectMany(site => site.Changed.Select(pair => (site.Site, pair.Key, pair.Value)))], stop);
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

    public void Forget() => (_places, _sites, _pending, _look) = (null, null, [], null);

    /// <exception cref="InvalidOperationException">Always: incidents are facts on record, and folding again would record them twice.</exception>
    public Task ResetAsync(NpgsqlConnection connection, CancellationToken stop) =>
        throw new InvalidOperationException($"{Name} cannot be rebuilt: incidents are on record already; KesIncidentList, the list of them, can");

    private async Task<Look> LookAsync(ProjectionBatch batch, CancellationToken stop) => new(
        batch.Now,
        (await contacts.NowAsync(stop)).Where(contact => !contact.Heard && contact.LastContact is not null).ToLookup(c => c.Tenant, StringComparer.Ordinal),
        await store.LoadClocksAsync(batch.Connection, stop));

    private static List<StreamAppend> Appends(IReadOnlyList<IIncidentEvent> found, DateTimeOffset now) =>
    [
        .. found.GroupBy(e => e.Incident, StringComparer.Ordinal).Select(incident => new StreamAppend(
            $"incident/{incident.Key}", [.. incident.Select(e => IncidentRecords.NewEvent(e, now))])),
    ];

    /// <summary>What is known beside the events.</summary>
    /// <param name="Silent">Nodes that are silent, by site.</param>
    private sealed record Look(DateTimeOffset At, ILookup<string, NodeContact> Silent, IReadOnlyDictionary<(string, string), ClockBound> Clocks);
}
