using System.CommandLine;
using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Cli;

internal static class StatusCommand
{
    internal static Command Create(CommonOptions common, CliEnvironment environment)
    {
        Command command = new("status", "Show who is Master of what.") { common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            BoardView board = await client.GetAsync<BoardView>("/v1/status", stop);
            return Output.Write(parse, common, environment, board, times => BoardText.Write(environment, times, board));
        });
        return command;
    }
}
