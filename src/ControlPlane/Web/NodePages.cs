using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents.Export;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>A node, its configuration, and one of its instances.</summary>
internal static class NodePages
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    internal static async Task<IResult> GetAsync(
        string node, string? at, string? site, string? config, HttpContext http, ViewReader views, TimeProvider time, CancellationToken stop)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset moment = string.IsNullOrWhiteSpace(at) ? now : WebParts.Read(at, now);
        NodeSheet sheet = await views.NodeAsync(site, node, moment, config == "true", stop);
        string path = $"/nodes/{Uri.EscapeDataString(node)}";
        string query = $"at={Uri.EscapeDataString(WebParts.Exact(moment))}{(site is null ? "" : $"&site={Uri.EscapeDataString(site)}")}";
        return WebAnswer.Page($"Node {node}", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Node {node}</h1>
            <form method="get" action="{path}"><label>As of (UTC) <input name="at" value="{WebParts.Exact(moment)}" size="30"></label>{SiteField(site)}<button>Show</button></form>
            {WebParts.Facts(ViewWords.Facts(sheet, WebParts.Moment))}
            <p class="steps"><a href="{path}?{query}&amp;config=true#configuration">Text of the configuration</a> <a href="{path}/configuration">How it changed</a>
            <a href="/runs?node={Uri.EscapeDataString(node)}">Hooks it ran</a>
            <a href="/timeline?node={Uri.EscapeDataString(node)}">Its timeline</a>
            <a href="/incidents?node={Uri.EscapeDataString(node)}">Its incidents</a></p>
            {WebParts.Table("Instances",
                ["Instance", "VRID", "Interface", "Addresses", "Phase", "Since (UTC)", "Priority", "Because"], sheet.Instances.Select(i => (IReadOnlyList<Markup>)
            [
                WebParts.Instance(node, i.Instance), WebParts.Cell(i.Vrid), WebParts.Cell(i.Interface), WebParts.Addresses(i.Addresses),
                WebParts.Phase(i.Phase, i.LastSaid), WebParts.Time(i.Since), WebParts.Cell(i.Priority), WebParts.Cell(EventSentence.Reason(i.Reason)),
            ]))}
            {List("Virtual servers", sheet.Services.Select(s =>
                Markup.Of($"""<a href="/services/{Uri.EscapeDataString(s.Service)}">{s.Label} {s.Service}</a>""")))}
            {List("Warnings", sheet.Configuration?.Warnings.Select(WebParts.Cell) ?? [])}
            {Markup.If(sheet.Configuration?.Text is not null, () => Markup.Of($"""<h2 id="configuration">Configuration</h2><pre>{sheet.Configuration!.Text}</pre>"""))}
            """));
    }

    internal static async Task<IResult> ConfigurationAsync(
        string node, string? from, string? to, string? site, HttpContext http, ViewReader views, TimeProvider time, CancellationToken stop)
    {
        Stretch asked = WebParts.Read(from, to, time.GetUtcNow(), Month);
        ConfigurationHistory history = await views.ConfigurationAsync(site, node, asked, withDifference: true, stop);
        return WebAnswer.Page($"Configuration of {node}", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Configuration of {WebParts.Node(node)}</h1>
            {WebParts.StretchForm($"/nodes/{Uri.EscapeDataString(node)}/configuration", asked, SiteField(site))}
            {Markup.If(history.Changes.Count == 0, () => Markup.Of($"<p>Nothing in this time.</p>"))}
            {Markup.Join(history.Changes.Reverse().Select(Change))}
            """));
    }

    internal static async Task<IResult> InstanceAsync(
        string node, string instance, string? from, string? to, string? site, HttpContext http, ViewReader views, TimeProvider time, CancellationToken stop)
    {
        Stretch asked = WebParts.Read(from, to, time.GetUtcNow(), Api.ViewEndpoints.DefaultStretch);
        InstanceHistory history = await views.InstanceAsync(site, node, instance, asked, stop);
        StoryLane lane = new(node, instance, [.. history.Phases.Select(s => new StorySegment(s.From, s.To, s.Phase, ViewWords.Why(s, WebParts.Moment)))]);
        return WebAnswer.Page($"{instance} on {node}", WebParts.SessionOf(http), Markup.Of($"""
            <h1>{instance} on {WebParts.Node(node)}</h1>
            {WebParts.StretchForm($"/instances/{Uri.EscapeDataString(node)}/{Uri.EscapeDataString(instance)}", asked, SiteField(site))}
            {WebParts.Figure(LaneCanvas.Draw($"Phases of {instance} on {node}", asked.From, asked.To, [lane]),
                $"On the control plane's clock; {ViewWords.Clock(history.Clock)}. The table below says the same.")}
            {WebParts.Table("Phases", ["From (UTC)", "For", "Phase", "Because"], history.Phases.Select(s => (IReadOnlyList<Markup>)
            [
                WebParts.Time(s.From), WebParts.Span(s.To - s.From), WebParts.Phase(s.Phase, s.LastSaid), WebParts.Cell(ViewWords.Why(s, WebParts.Moment)),
            ]))}
            {WebParts.Table("Priority", ["From (UTC)", "Priority", "Base", "Contributions"], history.Priorities.Select(p => (IReadOnlyList<Markup>)
            [
                WebParts.Time(p.At), WebParts.Cell(p.Priority), WebParts.Cell(p.Base is { } configured ? $"{configured}" : "-"), WebParts.Cell(ViewWords.Contributions(p)),
            ]))}
            """));
    }

    /// <summary>Keeps the site in the page's address.</summary>
    internal static Markup SiteField(string? site) => site is null ? Markup.Empty : Markup.Of($"""<input type="hidden" name="site" value="{site}">""");

    private static Markup List(string heading, IEnumerable<Markup> items) => Markup.Join(items.Select(item => Markup.Of($"<li>{item}</li>"))) is { Html.Length: > 0 } list
        ? Markup.Of($"<h2>{heading}</h2><ul>{list}</ul>")
        : Markup.Empty;

    private static Markup Change(ConfigurationChange change) => Markup.Of($"""
        <section><h2>{WebParts.Time(change.At)} {ViewWords.Change(change)}</h2>
        {Markup.If(change.Notes.Count > 0, () => Markup.Of($"<ul>{Markup.Join(change.Notes.Select(note => Markup.Of($"<li>{note}</li>")))}</ul>"))}
        {Difference(change.Difference)}</section>
        """);

    private static Markup Difference(string? text) => text switch
    {
        null => Markup.Empty,
        "" => Markup.Of($"<p>The text is the same.</p>"),
        _ => Markup.Of($"<pre>{Markup.Join(text.TrimEnd().Split('\n').Select(Line))}</pre>"),
    };

    private static Markup Line(string line) => line switch
    {
        ['+', ..] => Markup.Of($"<ins>{line}</ins>\n"),
        ['-', ..] => Markup.Of($"<del>{line}</del>\n"),
        _ => Markup.Of($"{line}\n"),
    };
}
