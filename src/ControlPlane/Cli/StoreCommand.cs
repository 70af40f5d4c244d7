using System.CommandLine;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Projections;

namespace Keepalived.Es.ControlPlane.Cli;

internal static class StoreCommand
{
    internal static Command Create(CommonOptions common, CliEnvironment environment) => new("store", "Look after the event store.")
    {
        Status(common, environment), Rebuild(common, environment),
    };

    private static Command Status(CommonOptions common, CliEnvironment environment)
    {
        Command command = new("status", "Show what the store holds and how far its projections are.") { common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            StoreStatus status = await client.GetAsync<StoreStatus>("/v1/store", stop);
            return Output.Write(parse, common, environment, status, times => StoreText.Write(environment, times, status));
        });
        return command;
    }

    private static Command Rebuild(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> name = new("name") { Description = "the projection, as 'kes store status' names it" };
        Command command = new("rebuild", "Fold a projection from the first event again, beside the one that is read, and swap them.") { name, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            RebuildReply reply = await client.PostAsync<RebuildReply>($"/v1/store/rebuild?name={Uri.EscapeDataString(parse.GetRequiredValue(name))}", new { }, stop);
            return Output.Write(parse, common, environment, reply, _ => environment.Out.WriteLine(
                reply.Beside ? $"{reply.Name}: is being rebuilt beside the one that is read; 'kes store status' shows how far it is" : $"{reply.Name}: begins again"));
        });
        return command;
    }
}
