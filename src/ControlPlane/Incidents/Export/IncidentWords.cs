using System.Globalization;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents.Detection;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>What every report says of an incident. Times are UTC. Pure.</summary>
public static class IncidentWords
{
    /// <summary>"fail-over of VRID 51".</summary>
    public static string Title(IncidentView incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return $"{IncidentBook.Slug(incident.Kind)} of {incident.Subject}";
    }

    /// <summary>What is to be said of any incident, as name and value.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(IncidentView incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        yield return ("Incident", incident.Id);
        yield return ("Severity", incident.Facts.Severity.ToString());
        yield return ("Start", Moment(incident.Facts.Start, incident.Facts.Uncertainty));
        yield return ("End", incident.Facts.End is { } end ? $"{Moment(end, incident.Facts.Uncertainty)}, after {Durations.Text(end - incident.Facts.Start)}" : "it lasts");
        if (incident.Facts.Outage is { } outage)
        {
            yield return ("Outage", outage == TimeSpan.Zero ? "none" : $"at most {Durations.Text(outage)}");
        }

        yield return ("Site", incident.Site);
        yield return ("Nodes", string.Join(", ", incident.Facts.Nodes));
        if (incident.Facts.Addresses.Count > 0)
        {
            yield return ("Addresses", string.Join(", ", incident.Facts.Addresses));
        }

        yield return ("Acknowledged", incident.AcknowledgedBy is { } by ? $"by {by}" : "by nobody yet");
        yield return ("Assigned", incident.AssignedTo is { } to ? $"to {to}" : "to nobody");
    }

    /// <summary>"14:01:00.000".</summary>
    internal static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Moment(DateTimeOffset at, TimeSpan uncertainty) =>
        $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC{(uncertainty > TimeSpan.Zero ? $" ±{Durations.Text(uncertainty)}" : "")}";
}
