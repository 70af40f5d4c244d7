using System.CommandLine;
using System.Globalization;
using Keepalived.Es.ControlPlane.Commands;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary><c>kes node drain|undrain</c>: operators' commands for nodes, and their answers.</summary>
internal static class NodeCommandLine
{
    /// <summary>A node is heard of every five seconds when nothing happens.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    internal static Command Create(CommonOptions common, CliEnvironment environment) => new("node", "Ask nodes to do something.")
    {
        Drain(common, environment, drain: true), Drain(common, environment, drain: false),
    };

    private static Command Drain(CommonOptions common, CliEnvironment environment, bool drain)
    {
        Argument<string> service = new("VS") { Description = "the virtual server, as 'kes status' names it, or its snmp_name" };
        Argument<string> server = new("RS") { Description = "the real server: ADDRESS, ADDRESS:PORT or its snmp_name" };
        Option<string?> duration = new("--for") { Description = "put it back after this time: 90s, 10m, 2h, 1d", HelpName = "TIME" };
        Option<string?> node = new("--node") { Description = "only on this node; otherwise on every node that has the virtual server", HelpName = "NAME" };
        Option<string?> site = new("--site") { Description = "only nodes of this site or cluster", HelpName = "NAME" };
        Command command = drain
            ? new("drain", "Send no new connections to a real server; those that are open, and clients bound by persistence, go on.") { service, server, duration, node, site, common.TokenFile }
            : new("undrain", "Put a drained real server back.") { service, server, node, site, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            double? seconds = drain && parse.GetValue(duration) is { } text ? Seconds(text) : null;
            var request = new DrainRequest(
                parse.GetRequiredValue(service), parse.GetRequiredValue(server), drain, seconds, parse.GetValue(node), parse.GetValue(site),
                System.Environment.UserName);
            using ServerClient client = common.Client(parse, environment);
            List<CommandState> issued = await client.PostAsync<List<CommandState>>("/v1/commands", request, stop);
            List<CommandState> states = await AwaitAsync(client, issued, environment, stop);
            int written = Output.Write(parse, common, environment, states, _ => Write(environment, request, states));
            return states.TrueForAll(state => state is { Acknowledged: not null, Error: null }) ? written : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<List<CommandState>> AwaitAsync(ServerClient client, List<CommandState> issued, CliEnvironment environment, CancellationToken stop)
    {
        DateTimeOffset until = environment.Time.GetUtcNow() + Patience;
        string ids = string.Join(',', issued.Select(command => command.Id));
        List<CommandState> states = issued;
        while (states.Exists(state => state.Acknowledged is null) && environment.Time.GetUtcNow() < until)
        {
            await Task.Delay(BetweenLooks, environment.Time, stop);
            states = await client.GetAsync<List<CommandState>>("/v1/commands", stop, ("ids", ids));
        }

        return states;
    }

    private static void Write(CliEnvironment environment, DrainRequest request, List<CommandState> states)
    {
        foreach (CommandState state in states)
        {
            string outcome = state switch
            {
                { Acknowledged: null } => "no answer yet; it is done when the node is heard of within 5 minutes, and not later",
                { Error: { } error } => error,
                _ when request.Drain => $"{request.Server} of {request.Service} gets no new connections{(request.ForSeconds is { } s ? $" for {TimeSpan.FromSeconds(s):g}" : "")}",
                _ => $"{request.Server} of {request.Service} is in service again",
            };
            environment.Out.WriteLine($"{state.Node}: {outcome}");
        }
    }

    private static double Seconds(string text)
    {
        int unit = text.Length > 1 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 } : 0;
        return unit > 0 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count > 0
            ? count * unit
            : throw new CliException($"--for '{text}': a number and a unit are expected, as in 90s, 10m, 2h or 1d");
    }
}
