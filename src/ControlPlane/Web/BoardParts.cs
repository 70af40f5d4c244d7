using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>A board as tables: routers with their members, nodes, virtual servers. Pure.</summary>
internal static class BoardParts
{
    /// <param name="at">Links go to this moment; null: to now.</param>
    internal static Markup Of(BoardView board, DateTimeOffset? at) => board.Nodes.Count == 0
        ? Markup.Of($"<p>No node has reported. Enroll one with <code>kes nodes enroll NAME</code>.</p>")
        : Markup.Of($"{Routers(board, at)}{Nodes(board, at)}{Services(board)}");

    private static Markup Routers(BoardView board, DateTimeOffset? at) => Markup.Of($"<h2>Virtual routers</h2>{Markup.Join(board.Routers.Select(router => Markup.Of($"""
        <section class="router">
        <h3>VRID {router.Vrid} {router.Family} {WebParts.Site(router.Site)} {WebParts.Badge($"{router.Verdict}", ViewWords.Verdict(router.Verdict))}</h3>
        <p>{WebParts.Addresses(router.Addresses)}</p>
        {WebParts.Table($"Members of VRID {router.Vrid}",
            ["Node", "Instance", "Phase", "Since (UTC)", "For", "Priority", "Because"], router.Members.Select(m => (IReadOnlyList<Markup>)
        [
            WebParts.Node(m.Node, at), WebParts.Instance(m.Node, m.Instance), WebParts.Phase(m.Phase, m.LastSaid), WebParts.Time(m.Since),
            m.Phase == MemberPhase.Unknown ? Markup.Empty : WebParts.Span(board.AsOf - m.Since), WebParts.Cell(m.Priority),
            WebParts.Cell(m.Phase == MemberPhase.Unknown ? "the node is silent" : EventSentence.Reason(m.Reason)),
        ]), titled: false)}</section>
        """)))}");

    private static Markup Nodes(BoardView board, DateTimeOffset? at) => Markup.Of($"""
        <h2>Nodes</h2>
        {WebParts.Table("Nodes", ["Site", "Node", "State", "Since (UTC)", "Last contact (UTC)"], board.Nodes.Select(n => (IReadOnlyList<Markup>)
        [
            WebParts.Cell(WebParts.Site(n.Site)), WebParts.Node(n.Node, at),
            n.Silent ? WebParts.Badge("Unknown", "UNKNOWN: silent") : n.Stopped ? WebParts.Badge("Stopped", "stopped") : WebParts.Badge("Notice", "running"),
            WebParts.Time(n.Since),
            n.LastContact is { } last ? Markup.Of($"{WebParts.Time(last)} ({Durations.Text(board.AsOf - last)} before)") : WebParts.Cell("never"),
        ]), titled: false)}
        """);

    private static Markup Services(BoardView board) => Markup.If(board.Services.Count > 0, () => Markup.Of($"""
        <h2>Virtual servers</h2>
        {WebParts.Table("Virtual servers",
            ["Node", "Virtual server", "Quorum", "Real server", "State", "Weight", "Since (UTC)", "Because"], board.Services.SelectMany(Rows), titled: false)}
        """));

    private static IEnumerable<IReadOnlyList<Markup>> Rows(BoardService service)
    {
        ServiceState state = service.State;
        string name = $"{state.Label} {state.Service}{(state.Balanced ? "" : " (NOT BALANCED: no IPVS)")}".Trim();
        Markup[] head =
        [
            WebParts.Node(service.Node), Markup.Of($"""<a href="/services/{Uri.EscapeDataString(state.Service)}">{name}</a>"""),
            service.Silent ? WebParts.Badge("Unknown", $"unknown (was {Quorum(state)})") : WebParts.Badge(state.HasQuorum ? "Master" : "Fault", Quorum(state)),
        ];
        foreach (ServerState server in state.Servers.Values)
        {
            string shown = server.IsDrained ? "drained" : server.IsAlive ? "up" : "DOWN";
            yield return
            [
                .. head, WebParts.Cell($"{server.Label} {server.Server}".Trim()),
                service.Silent ? WebParts.Badge("Unknown", $"unknown (was {shown})") : WebParts.Badge(server.IsDrained ? "Stopped" : server.IsAlive ? "Master" : "Fault", shown),
                WebParts.Cell(server.Weight), WebParts.Time(server.Since), WebParts.Cell(server.Cause),
            ];
            head = [Markup.Empty, Markup.Empty, Markup.Empty];
        }
    }

    private static string Quorum(ServiceState state) => state.HasQuorum ? $"{state.Quorum} met"
        : state.SorryServer is { } sorry ? $"{state.Quorum} LOST, {sorry} answers" : $"{state.Quorum} LOST";
}
