using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Views;
using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>The board for people.</summary>
internal static class BoardText
{
    internal static void Write(CliEnvironment environment, TimeText times, BoardView board)
    {
        environment.Out.WriteLine($"As of {times.Full(board.AsOf)}, position {board.Position}");
        if (board.Nodes.Count == 0)
        {
            environment.Out.WriteLine("No node has reported yet. Enroll one with 'kes nodes enroll NAME'.");
            return;
        }

        Table routers = Tables.Create("Site", "VRID", "Addresses", "Verdict", "Node", "Instance", "Phase", "Since", "Priority", "Because",
            "Word");
        foreach (BoardRouter router in board.Routers)
        {
            foreach ((int index, BoardMember member) in router.Members.Index())
            {
                string[] head = index == 0
                    ? [Site(router.Site), $"{router.Vrid}", string.Join(", ", router.Addresses), ViewWords.Verdict(router.Verdict)]
                    : ["", "", "", ""];
                routers.AddPlainRow([
                    .. head, member.Node, member.Instance, ViewWords.Phase(member.Phase, member.LastSaid), times.Full(member.Since), $"{member.Priority}",
                    EventSentence.Reason(member.Reason),
                    $"{member.Word}"]);
            }
        }

        if (board.Routers.Count > 0)
        {
            routers.Write(environment);
        }

        WriteServices(environment, times, board);
        Table nodes = Tables.Create("Site", "Node", "State", "Since", "Last contact");
        foreach (BoardNode node in board.Nodes)
        {
            nodes.AddPlainRow(
                Site(node.Site), node.Node, node.Silent ? "silent" : node.Stopped ? "stopped" : "running", times.Full(node.Since),
                node.LastContact is { } last ? $"{times.Full(last)} ({Durations.Text(board.AsOf - last)} ago)" : "never");
        }

        nodes.Write(environment);
    }

    private static void WriteServices(CliEnvironment environment, TimeText times, BoardView board)
    {
        if (board.Services.Count == 0)
        {
            return;
        }

        Table services = Tables.Create("Site", "Node", "Virtual server", "Quorum", "Real server", "State", "Weight", "Since", "Because");
        foreach (BoardService service in board.Services)
        {
            ServiceState state = service.State;
            string name = (state.Label is { } label ? $"{label} {state.Service}" : state.Service) + (state.Balanced ? "" : " (NOT BALANCED: no IPVS)");
            string[] head = [Site(service.Site), service.Node + (service.Silent ? " (silent)" : ""), name, Quorum(state)];
            foreach (ServerState server in state.Servers.Values)
            {
                string shown = server.IsDrained ? "drained" : server.IsAlive ? "up" : "DOWN";
                services.AddPlainRow([
                    .. head, server.Label is { } called ? $"{called} {server.Server}" : server.Server, service.Silent ? $"unknown (was {shown})" : shown,
                    $"{server.Weight}", times.Full(server.Since), server.Cause]);
                head = ["", "", "", ""];
            }
        }

        services.Write(environment);
    }

    private static string Quorum(ServiceState state) => state.HasQuorum ? $"{state.Quorum} met"
        : state.SorryServer is { } sorry ? $"{state.Quorum} LOST, {sorry} answers"
        : $"{state.Quorum} LOST";

    internal static string Site(string site) => site == Nodes.NodeRegister.DefaultSite ? "-" : site;
}
