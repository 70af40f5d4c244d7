using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Export;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>What happened in a stretch of time: a lane for each instance, and the events. The whole question is in the page's address.</summary>
internal static class TimelinePage
{
    private const int Limit = 1_000;

    /// <summary>More lanes than a picture shows well.</summary>
    private const int LaneLimit = 40;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    internal static async Task<IResult> GetAsync(
        string? from, string? to, string? node, string? instance, HttpContext http, AuditReader audit, AccountReader accounts, TimeProvider time,
        CancellationToken stop)
    {
        DateTimeOffset now = time.GetUtcNow();
        Stretch asked = WebParts.Read(from, to, now, Hour);
        (node, instance) = (Text(node), Text(instance));
        (IReadOnlyList<RecordedEvent> events, bool truncated) = await audit.TimelineAsync(new TimelineQuery(asked.From, asked.To, node, instance, Limit), stop);
        StoryLane[] lanes = [.. Lanes(await accounts.ReadAsync(null, node, asked, stop), instance, asked, now)];
        return WebAnswer.Page("Timeline", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Timeline</h1>
            {WebParts.StretchForm("/timeline", asked, Markup.Of($"""
            <label>Node <input name="node" value="{node}" size="14"></label><label>Instance <input name="instance" value="{instance}" size="14"></label>
            """))}
            <p class="steps">{Move("← Earlier", asked, -asked.Length, node, instance)} {Move("Later →", asked, asked.Length, node, instance)} {Move("Link to this", asked, TimeSpan.Zero, node, instance)}</p>
            {Markup.If(lanes.Length > 0, () => WebParts.Figure(
                LaneCanvas.Draw("Phases of the instances", asked.From, asked.To, lanes[..Math.Min(lanes.Length, LaneLimit)]),
                $"On the control plane's clock{(lanes.Length > LaneLimit ? $"; the first {LaneLimit} of {lanes.Length} instances: name a node to see others" : "")}."))}
            {(events.Count == 0 ? Markup.Of($"<p>No event in this time.</p>")
                : Table(truncated ? $"The latest {Limit} events; earlier ones were left out" : "Events in the order of causes, by the nodes' clocks", events.Select(TimelineEntry.Of)))}
            """));
    }

    internal static Markup Table(string caption, IEnumerable<TimelineEntry> entries) => WebParts.Table(
        caption, ["Time (UTC)", "Node", "Event", "Position"], entries.Select(e => (IReadOnlyList<Markup>)
        [
            WebParts.Time(e.Time), WebParts.Node(e.Node, e.Time), WebParts.Cell(e.Text), Markup.Of($"""<a href="/board?at={Uri.EscapeDataString(WebParts.Exact(e.Time))}" title="the board at that moment">{e.Position}</a>"""),
        ]));

    private static IEnumerable<StoryLane> Lanes(IEnumerable<NodeAccount> accounts, string? instance, Stretch asked, DateTimeOffset now) =>
        from account in accounts
        from name in InstanceHistory.NamesOf(account)
        where instance is null || name == instance
        let history = InstanceHistory.Of(account, name, asked, now, null)
        where history is not null
        select new StoryLane(account.Node, name, [.. history.Phases.Select(s => new StorySegment(s.From, s.To, s.Phase, s.Why))]);

    private static Markup Move(string words, Stretch asked, TimeSpan by, string? node, string? instance)
    {
        string query = string.Join('&', new[] { ("from", WebParts.Exact(asked.From + by)), ("to", WebParts.Exact(asked.To + by)), ("node", node), ("instance", instance) }
            .Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
        return Markup.Of($"""<a href="/timeline?{query}">{words}</a>""");
    }

    private static string? Text(string? field) => string.IsNullOrWhiteSpace(field) ? null : field.Trim();
}
