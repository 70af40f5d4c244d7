using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Incidents.Export;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>One incident: its story, what people said of it, and what can be done with it.</summary>
internal static class IncidentPage
{
    internal static async Task<IResult> GetAsync(
        string id, HttpContext http, IncidentListStore incidents, BundleReader bundles, TimeProvider time, CancellationToken stop)
    {
        IncidentBundle bundle = await BundleAsync(id, incidents, bundles, time, stop);
        IncidentView incident = bundle.Incident;
        WebSession session = WebParts.SessionOf(http);
        string path = $"/incidents/{Uri.EscapeDataString(incident.Id)}";
        return WebAnswer.Page(IncidentWords.Title(incident), session, Markup.Of($"""
            {new Markup(HtmlReport.Body(IncidentStory.Of(bundle)))}
            <h2>What to do</h2>
            <div class="forms">{Form(path, session, "Acknowledge", Markup.Of($"""<input type="hidden" name="acknowledge" value="true">"""))}
            {Form(path, session, "Assign", Markup.Of($"""<label>To <input name="assign" required maxlength="128"></label>"""))}
            {Form(path, session, "Write a note", Markup.Of($"""<label>Note <textarea name="text" required maxlength="4096" rows="2"></textarea></label>"""))}</div>
            <h2>Look closer</h2>
            <ul><li><a href="{path}/replay">Replay it</a>: the recorded inputs through the machines again</li>
            <li><a href="{path}/what-if">Try another setting</a>: the same world under another configuration</li>
            <li><a href="/board?at={Uri.EscapeDataString(WebParts.Exact(incident.Facts.Start))}">The board at its start</a></li>
            <li><a href="/timeline?from={Uri.EscapeDataString(WebParts.Exact(bundle.From))}&amp;to={Uri.EscapeDataString(WebParts.Exact(bundle.To))}">Timeline of all nodes</a></li>
            <li>Nodes: {Markup.Join(incident.Facts.Nodes.Select(node => Markup.Of($"{WebParts.Node(node, incident.Facts.Start)} ")))}</li>
            {Markup.If(incident.Facts.Addresses.Count > 0, () => Markup.Of($"<li>Addresses: {WebParts.Addresses(incident.Facts.Addresses)}</li>"))}
            <li>Export: {Markup.Join(IncidentExport.Formats.Select(format => Markup.Of($"""<a href="{path}/export?format={format}" download>{format}</a> """)))}</li></ul>
            """));
    }

    internal static async Task<IResult> PostAsync(
        string id, HttpContext http, IncidentListStore incidents, IEventStore events, TimeProvider time, CancellationToken stop)
    {
        IFormCollection form = await http.Request.ReadFormAsync(stop);
        IncidentRemark remark = new(form["by"].ToString().Trim(), Text(form["text"]), form["acknowledge"] == "true", Text(form["assign"]));
        if (IncidentEndpoints.Problem(remark) is { Length: > 0 } problem)
        {
            throw new ViewException(problem, missing: false);
        }

        IncidentView incident = await FindAsync(id, incidents, stop);
        await IncidentEndpoints.AppendAsync(incident, remark, events, time.GetUtcNow(), stop);
        return Results.Redirect($"/incidents/{Uri.EscapeDataString(incident.Id)}");
    }

    internal static async Task<IResult> ExportAsync(
        string id, string? format, IncidentListStore incidents, BundleReader bundles, TimeProvider time, CancellationToken stop)
    {
        if (format is null || !IncidentExport.Formats.Contains(format))
        {
            throw new ViewException($"format '{format}': {string.Join(", ", IncidentExport.Formats)} are known", missing: false);
        }

        IncidentBundle bundle = await BundleAsync(id, incidents, bundles, time, stop);
        string extension = format == "trace" ? "trace.json" : format;
        return Results.File(
            System.Text.Encoding.UTF8.GetBytes(IncidentExport.Write(format, bundle)), "application/octet-stream", $"{bundle.Incident.Id}.{extension}");
    }

    internal static async Task<IncidentBundle> BundleAsync(
        string id, IncidentListStore incidents, BundleReader bundles, TimeProvider time, CancellationToken stop) =>
        await bundles.ReadAsync(await FindAsync(id, incidents, stop), time.GetUtcNow(), stop);

    private static async Task<IncidentView> FindAsync(string id, IncidentListStore incidents, CancellationToken stop)
    {
        (IncidentView? incident, IReadOnlyList<string> candidates) = await incidents.FindAsync(id, stop);
        return incident ?? throw new ViewException(candidates.Count == 0
            ? $"incident '{id}' is not on record"
            : $"incident '{id}': several begin so: {string.Join(", ", candidates)}");
    }

    private static Markup Form(string path, WebSession session, string button, Markup fields) => Markup.Of($"""
        <form method="post" action="{path}"><input type="hidden" name="form" value="{session.FormToken}">{fields}
        <label>By <input name="by" required maxlength="128" size="12" autocomplete="username"></label><button>{button}</button></form>
        """);

    private static string? Text(string? field) => string.IsNullOrWhiteSpace(field) ? null : field.Trim();
}
