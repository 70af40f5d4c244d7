using System.CommandLine;
using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary><c>kes store move-tenant</c></summary>
internal static class MoveTenantCommand
{
    /// <summary>Comparing millions of events takes minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    internal static Command Create(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> site = new("site") { Description = "the site" };
        Option<string> to = new("--to") { Description = "URL of the control plane that is to have it, as its nodes reach it", HelpName = "URL", Required = true };
        Option<string?> token = new("--to-token-file")
        {
            Description = "file with the operator's token of that one; also KES_TO_TOKEN for the token itself",
            HelpName = "FILE",
        };
        Option<bool> abort = new("--abort") { Description = "give the move up, as long as it has not been handed over: the site stays here" };
        Command command = new(
            "move-tenant",
            "Carry a site with all that belongs to it to another control plane with a database of its own. Meanwhile its nodes keep what happens in their journals; "
            + "then they are sent there. It may be interrupted at any point: run it again, and it goes on.")
        {
            site, to, token, abort, common.TokenFile,
        };
        command.SetAction(async (parse, stop) =>
        {
            string name = parse.GetRequiredValue(site);
            string place = MoveEndpoints.PlaceOf(parse.GetRequiredValue(to)) ?? throw new CliException($"--to {MoveEndpoints.NotAPlace(parse.GetValue(to))}");
            using ServerClient source = common.Client(parse, environment, Patience);
            if (source.Address.Scheme == Uri.UriSchemeHttps && new Uri(place).Scheme != Uri.UriSchemeHttps)
            {
                throw new CliException($"--to '{place}': {source.Address} is https, and no node follows from there to plain http");
            }

            using ServerClient target = new(new Uri(place), Token(parse.GetValue(token), environment), Patience);
            TenantMove move = new(source, target, name, place, environment.Time);
            if (parse.GetValue(abort))
            {
                bool given = await move.AbortAsync(stop);
                return Output.Write(parse, common, environment, new { Site = name, Aborted = given }, _ => environment.Out.WriteLine(
                    given ? $"{name}: the move is given up, and it lives here as before" : $"{name}: no move is under way"));
            }

            MoveReply reply = await move.RunAsync(stop);
            return Output.Write(parse, common, environment, reply, times => Write(environment, times, reply));
        });
        return command;
    }

    private static void Write(CliEnvironment environment, TimeText times, MoveReply reply)
    {
        string carried = reply.Events is null ? "" : $"; {reply.Events} events and {reply.Rows} other rows were carried and compared";
        environment.Out.WriteLine($"{reply.Site}: lives at {reply.Place} since {times.Full(reply.Since)}{carried}");
        if (reply.RulesDiffer)
        {
            environment.Out.WriteLine("The retention rules there are others than here: 'kes store retention' shows them");
        }
    }

    private static string Token(string? file, CliEnvironment environment)
    {
        if (file is null)
        {
            return environment.Variable("KES_TO_TOKEN") is { Length: > 0 } token
                ? token
                : throw new CliException("the operator's token of the other control plane is needed: give --to-token-file FILE or set KES_TO_TOKEN");
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"the operator's token cannot be read from '{file}': {unreadable.Message}");
        }
    }
}
