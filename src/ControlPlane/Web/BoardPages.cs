using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>The board, live and as of any moment.</summary>
internal static class BoardPages
{
    /// <summary>Open incidents on top of it.</summary>
    private const int OpenLimit = 20;

    /// <summary>A browser without script loads the board again so often, in seconds.</summary>
    private const int Refresh = 5;

    internal static async Task<IResult> LiveAsync(
        HttpContext http, BoardStore board, ContactReader contacts, IncidentListStore incidents, TimeProvider time, CancellationToken stop)
    {
        Markup content = await NowAsync(board, contacts, incidents, time, stop);
        return WebAnswer.Page("Board", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Board <span id="live" class="hint" role="status"></span></h1><div id="board" data-live="/board/live">{content}</div>
            """), refresh: Refresh);
    }

    internal static async Task<IResult> FragmentAsync(
        BoardStore board, ContactReader contacts, IncidentListStore incidents, TimeProvider time, CancellationToken stop) =>
        WebAnswer.Html((await NowAsync(board, contacts, incidents, time, stop)).Html);

    internal static async Task<IResult> AtAsync(
        HttpContext http, string? at, AuditReader audit, TransitionReader transitions, TimeProvider time, CancellationToken stop)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset moment = string.IsNullOrWhiteSpace(at) ? now : WebParts.Read(at, now);
        BoardView view = await audit.BoardAtAsync(moment, stop);
        (DateTimeOffset? before, DateTimeOffset? after) = await transitions.AroundAsync(moment, stop);
        return WebAnswer.Page($"Board as of {WebParts.Moment(moment)}", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Board as of {WebParts.Moment(moment)} UTC</h1>
            <form method="get" action="/board"><label>As of (UTC) <input name="at" value="{WebParts.Exact(moment)}" size="30"></label><button>Show</button></form>
            <p class="steps">{Step("← Previous transition", before)} {Step("Next transition →", after)} <a href="/">Now</a></p>
            {BoardParts.Of(view, moment)}
            """));
    }

    private static async Task<Markup> NowAsync(BoardStore board, ContactReader contacts, IncidentListStore incidents, TimeProvider time, CancellationToken stop)
    {
        (IReadOnlyList<NodeState> nodes, _) = await board.LoadAsync(stop);
        BoardView view = BoardComposer.Compose(nodes, await contacts.NowAsync(stop), time.GetUtcNow());
        IReadOnlyList<IncidentView> open = await incidents.ListAsync(new IncidentQuery(null, null, true, null, null, null, OpenLimit), stop);
        return Markup.Of($"""
            <p class="hint">As of {WebParts.Time(view.AsOf)} UTC</p>
            {(open.Count == 0 ? Markup.Of($"<p>No incident is open.</p>") : IncidentListPage.Table("Open incidents", open, view.AsOf))}
            {BoardParts.Of(view, null)}
            """);
    }

    private static Markup Step(string words, DateTimeOffset? at) => at is { } moment
        ? Markup.Of($"""<a href="/board?at={Uri.EscapeDataString(WebParts.Exact(moment))}">{words}</a>""")
        : Markup.Of($"""<span class="hint">{words}: none</span>""");
}
