using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Views;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>Incidents, the latest first.</summary>
internal static class IncidentListPage
{
    private const int Limit = 200;

    internal static async Task<IResult> GetAsync(
        HttpContext http, string? open, string? kind, string? node, string? from, string? to, IncidentListStore incidents, TimeProvider time, CancellationToken stop)
    {
        DateTimeOffset now = time.GetUtcNow();
        IncidentKind? wanted = string.IsNullOrEmpty(kind) ? null : Enum.GetValues<IncidentKind>().Cast<IncidentKind?>().FirstOrDefault(k => IncidentBook.Slug(k!.Value) == kind)
            ?? throw new ViewException($"kind '{kind}': {string.Join(", ", Kinds)} are known", missing: false);
        IncidentQuery query = new(
            string.IsNullOrWhiteSpace(from) ? null : WebParts.Read(from, now), string.IsNullOrWhiteSpace(to) ? null : WebParts.Read(to, now), open == "true", wanted,
            string.IsNullOrWhiteSpace(node) ? null : node.Trim(), null, Limit);
        IReadOnlyList<IncidentView> found = await incidents.ListAsync(query, stop);
        return WebAnswer.Page("Incidents", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Incidents</h1>
            <form method="get" action="/incidents">
            <label><input type="checkbox" name="open" value="true"{(open == "true" ? new Markup(" checked") : Markup.Empty)}> only open ones</label>
            <label>Kind <select name="kind"><option value="">any</option>{Markup.Join(Kinds.Select(k => Markup.Of($"""<option{(k == kind ? new Markup(" selected") : Markup.Empty)}>{k}</option>""")))}</select></label>
            <label>Node <input name="node" value="{node}" size="14"></label>
            <label>From (UTC) <input name="from" value="{from}" size="22"></label><label>To <input name="to" value="{to}" size="22"></label><button>Show</button></form>
            {(found.Count == 0 ? Markup.Of($"<p>No incident on record.</p>") : Table(found.Count < Limit ? "Incidents" : $"The latest {Limit} incidents", found, now))}
            """));
    }

    internal static Markup Table(string caption, IReadOnlyList<IncidentView> incidents, DateTimeOffset now) => WebParts.Table(
        caption, ["Start (UTC)", "Incident", "Severity", "Lasted", "Outage", "Nodes", "Cause", "Assigned"],
        incidents.Select(incident => (IReadOnlyList<Markup>)
        [
            WebParts.Time(incident.Facts.Start),
            Markup.Of($"""<a href="/incidents/{Uri.EscapeDataString(incident.Id)}">{IncidentBook.Slug(incident.Kind)} of {incident.Subject}</a>"""),
            WebParts.Badge($"{incident.Facts.Severity}", $"{incident.Facts.Severity}"),
            WebParts.Cell(incident.Facts.End is { } end ? Durations.Text(end - incident.Facts.Start) : $"it lasts, {Durations.Text(now - incident.Facts.Start)} so far"),
            WebParts.Cell(incident.Facts.Outage is { } outage ? outage == TimeSpan.Zero ? "none" : Durations.Text(outage) : ""),
            WebParts.Cell(string.Join(", ", incident.Facts.Nodes)), WebParts.Cell(incident.Facts.Cause),
            WebParts.Cell(incident.AssignedTo is { } to ? $"to {to}" : incident.AcknowledgedBy is { } by ? $"seen by {by}" : ""),
        ]));

    private static IEnumerable<string> Kinds => Enum.GetValues<IncidentKind>().Select(IncidentBook.Slug);
}
