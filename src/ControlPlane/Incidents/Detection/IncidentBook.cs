using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>Compares what the detectors see with the incidents on record, and says what is to be recorded. Pure.</summary>
public static class IncidentBook
{
    /// <param name="site">The tenant; makes ids of several sites differ.</param>
    /// <param name="subject">Such as <c>VRID 51</c>.</param>
    /// <param name="known">Incidents of the subject on record.</param>
    /// <param name="findings">All that the detectors see now.</param>
    /// <returns>What is open, and what is closed and can still be seen: once the facts behind it are forgotten, it cannot be found again.</returns>
    public static (ImmutableList<KnownIncident> Known, IReadOnlyList<IIncidentEvent> Events) Compare(
        string site, string subject, ImmutableList<KnownIncident> known, IEnumerable<Finding> findings, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(findings);
        List<IIncidentEvent> events = [];
        List<KnownIncident> rest = [.. known];
        ImmutableList<KnownIncident>.Builder after = ImmutableList.CreateBuilder<KnownIncident>();
        foreach (Finding finding in findings.OrderBy(f => f.Facts.Start).ThenBy(f => f.Kind))
        {
            int index = rest.FindIndex(incident => Matches(incident, finding));
            if (index < 0)
            {
                after.Add(Open(site, subject, finding, events));
                continue;
            }

            after.Add(Continue(rest[index], finding.Facts, events));
            rest.RemoveAt(index);
        }

        foreach (KnownIncident incident in rest.Where(incident => incident.IsOpen))
        {
            Continue(incident, incident.Facts with { End = now }, events);
        }

        return (after.ToImmutable(), events);
    }

    /// <summary>
    /// What is found again is the incident on record, going on: nobody was Master, every daemon was stopped, one was started, and still nobody is; or a
    /// clock's bound grew and shrank. An incident is opened once.
    /// </summary>
    /// <param name="onRecord">Ids of incidents that were opened before.</param>
    public static IReadOnlyList<IIncidentEvent> GoOn(IReadOnlyList<IIncidentEvent> found, IReadOnlySet<string> onRecord)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(onRecord);
        HashSet<string> again = [.. found.OfType<IncidentOpened>().Select(opened => opened.Incident).Where(onRecord.Contains)];
        return
        [
            .. found.Where(e => e is not IncidentClosed || !again.Contains(e.Incident))
                .Select(e => e is IncidentOpened opened && again.Contains(opened.Incident) ? new IncidentChanged(opened.Incident, opened.Facts) : e),
        ];
    }

    private static bool Matches(KnownIncident incident, Finding finding) =>
        incident.Kind == finding.Kind && incident.Key == finding.Key
        && (incident.Facts.Start == finding.Facts.Start
            || (finding.Facts.End ?? DateTimeOffset.MaxValue) >= incident.Facts.Start && finding.Facts.Start <= (incident.Facts.End ?? DateTimeOffset.MaxValue));

    private static KnownIncident Open(string site, string subject, Finding finding, List<IIncidentEvent> events)
    {
        string id = IdOf(site, subject, finding);
        events.Add(new IncidentOpened(id, finding.Kind, subject, finding.Facts));
        if (finding.Facts.End is not null)
        {
            events.Add(new IncidentClosed(id, finding.Facts));
        }

        return new KnownIncident(id, finding.Kind, finding.Key, finding.Facts);
    }

    private static KnownIncident Continue(KnownIncident incident, IncidentFacts facts, List<IIncidentEvent> events)
    {
        if (!Same(incident.Facts, facts))
        {
            events.Add(incident.IsOpen && facts.End is not null ? new IncidentClosed(incident.Id, facts) : new IncidentChanged(incident.Id, facts));
            return incident with { Facts = facts };
        }

        return incident;
    }

    private static bool Same(IncidentFacts one, IncidentFacts other) =>
        one.Severity == other.Severity && one.Start == other.Start && one.End == other.End && one.Outage == other.Outage && one.Cause == other.Cause
        && one.Nodes.SequenceEqual(other.Nodes) && one.Addresses.SequenceEqual(other.Addresses) && one.Evidence.SequenceEqual(other.Evidence);

    private static string IdOf(string site, string subject, Finding finding)
    {
        string of = $"{site}|{subject}|{finding.Kind}|{finding.Key}|{string.Join(',', finding.Facts.Evidence)}|{finding.Facts.Start.UtcTicks}";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(of)))[..6];
        return string.Create(CultureInfo.InvariantCulture, $"{finding.Facts.Start.UtcDateTime:yyyyMMdd-HHmmss}-{Slug(finding.Kind)}-{hash}");
    }

    /// <summary><c>TwoMasters</c> as <c>two-masters</c>.</summary>
    public static string Slug(IncidentKind kind) =>
        string.Concat(kind.ToString().Select((letter, i) => char.IsUpper(letter) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(letter) : letter.ToString()));
}
