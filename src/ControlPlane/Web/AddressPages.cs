using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents.Export;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>Virtual addresses: who answered when, and how long nobody did.</summary>
internal static class AddressPages
{
    private static readonly string[] Columns = ["Site", "Address", "Over", "One Master", "One known", "Several", "None", "Unknown", "Share with one Master"];

    internal static async Task<IResult> ListAsync(
        string? from, string? to, string? site, HttpContext http, ViewReader views, TimeProvider time, CancellationToken stop)
    {
        Stretch asked = WebParts.Read(from, to, time.GetUtcNow(), Api.ViewEndpoints.DefaultStretch);
        IReadOnlyList<Availability> found = await views.AvailabilityAsync(site, null, asked, stop);
        string query = $"?from={Uri.EscapeDataString(WebParts.Exact(asked.From))}&to={Uri.EscapeDataString(WebParts.Exact(asked.To))}";
        return WebAnswer.Page("Addresses", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Availability of the virtual addresses</h1>
            {WebParts.StretchForm("/addresses", asked, NodePages.SiteField(site))}
            {(found.Count == 0
                ? Markup.Of($"<p>No node had a virtual address configured in this time.</p>")
                : WebParts.Table("Availability", Columns, found.Select(a => Row(a, query))))}
            """));
    }

    internal static async Task<IResult> GetAsync(
        string address, string? from, string? to, string? site, HttpContext http, ViewReader views, TimeProvider time, CancellationToken stop)
    {
        Stretch asked = WebParts.Read(from, to, time.GetUtcNow(), Api.ViewEndpoints.DefaultStretch);
        AddressHistory history = await views.AddressAsync(site, address, asked, stop);
        StoryLane[] lanes =
        [
            .. history.Members.Select(m => new StoryLane(
                m.Node, "", [.. m.Phases.Select(s => new StorySegment(s.From, s.To, s.Phase, ViewWords.Why(s, WebParts.Moment)))])),
        ];
        return WebAnswer.Page($"Address {history.Address}", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Who answered for {history.Address}</h1>
            {WebParts.StretchForm($"/addresses/{Uri.EscapeDataString(history.Address)}", asked, NodePages.SiteField(site))}
            {WebParts.Figure(LaneCanvas.Draw($"Phases of the nodes that have {history.Address}", asked.From, asked.To, lanes),
                $"On the control plane's clock; two nodes' moments may differ by {Durations.Text(history.Uncertainty)}. The tables below say the same.")}
            {WebParts.Table("Who answered", ["From (UTC)", "For", "Verdict", "Who", "Silent"], history.Stretches.Select(s => (IReadOnlyList<Markup>)
            [
                WebParts.Time(s.From), WebParts.Span(s.To - s.From),
                WebParts.Badge(s.WithinUncertainty ? $"{RouterVerdict.Unknown}" : $"{s.Verdict}", s.WithinUncertainty ? "order not known" : ViewWords.Verdict(s.Verdict)),
                WebParts.Cell(ViewWords.Answer(s)), WebParts.Cell(string.Join(", ", s.Silent)),
            ]))}
            {WebParts.Table("Availability", Columns, [Row(history.Availability, "")])}
            """));
    }

    private static IReadOnlyList<Markup> Row(Availability a, string query) =>
    [
        WebParts.Cell(WebParts.Site(a.Site)), Markup.Of($"""<a href="/addresses/{Uri.EscapeDataString(a.Address)}{query}">{a.Address}</a>"""),
        .. new[] { a.Length, a.OneMaster, a.OneMasterKnown, a.SeveralMasters, a.NoMaster, a.Unknown }.Select(span => WebParts.Span(span)),
        WebParts.Cell(ViewWords.Share(a)),
    ];
}
