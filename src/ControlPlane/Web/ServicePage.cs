using Keepalived.Es.ControlPlane.Incidents.Export;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>A virtual server: how its real servers and its quorum stood over time.</summary>
internal static class ServicePage
{
    private const int FactLimit = 500;

    internal static async Task<IResult> GetAsync(
        string service, string? from, string? to, string? server, string? site, HttpContext http, ViewReader views, TimeProvider time, CancellationToken stop)
    {
        Stretch asked = WebParts.Read(from, to, time.GetUtcNow(), Api.ViewEndpoints.DefaultStretch);
        string? only = string.IsNullOrWhiteSpace(server) ? null : server.Trim();
        ServiceHistory history = await views.HealthAsync(site, null, service, only, asked, FactLimit, stop);
        StoryLane[] lanes =
        [
            .. history.Stretches.GroupBy(s => (s.Node, s.Server)).Select(lane => new StoryLane(
                lane.Key.Node, lane.Key.Server ?? "quorum", [.. lane.Select(s => new StorySegment(s.From, s.To, Colour(s.State), $"{ViewWords.Health(s)} {s.Cause}", ViewWords.Health(s)))])),
        ];
        return WebAnswer.Page($"Virtual server {history.Service}", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Virtual server {history.Service}</h1>
            {WebParts.StretchForm($"/services/{Uri.EscapeDataString(service)}", asked,
                Markup.Of($"""<label>Real server <input name="server" value="{only}" size="22"></label>{NodePages.SiteField(site)}"""))}
            {WebParts.Figure(LaneCanvas.Draw($"Health of {history.Service}", asked.From, asked.To, lanes),
                "On the control plane's clock. The table below says the same.")}
            {WebParts.Table("Health", ["Node", "Server", "From (UTC)", "For", "State", "Weight", "Because"], history.Stretches.Select(s => (IReadOnlyList<Markup>)
            [
                WebParts.Node(s.Node), WebParts.Cell(s.Server ?? "quorum"), WebParts.Time(s.From), WebParts.Span(s.To - s.From),
                WebParts.Badge($"{Colour(s.State)}", ViewWords.Health(s)), WebParts.Cell(s.Weight is { } weight ? $"{weight}" : ""), WebParts.Cell(s.Cause ?? ""),
            ]))}
            {TimelinePage.Table(history.Truncated ? $"The latest {FactLimit} records" : "Records, by the nodes' clocks", history.Facts)}
            """));
    }

    private static MemberPhase Colour(HealthState state) => state switch
    {
        HealthState.Up => MemberPhase.Master,
        HealthState.Down => MemberPhase.Fault,
        HealthState.Drained => MemberPhase.Stopped,
        _ => MemberPhase.Unknown,
    };
}
