using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Replay;

namespace Keepalived.Es.ControlPlane.Cli;

internal static partial class AuditCommand
{
    /// <summary>Ids of incidents begin with a date and a time, as no name of an event does.</summary>
    [GeneratedRegex("^[0-9]{8}-")]
    private static partial Regex IncidentId { get; }

    internal static Command Create(CommonOptions common, CliEnvironment environment)
    {
        Command command = new("audit", "Ask what happened, and why.")
        {
            Timeline(common, environment), At(common, environment), Explain(common, environment), Replay(common, environment),
            VerifyCommand.Create(common, environment), AnchorCommand.Create(common, environment),
        };
        foreach (Command view in ViewsCommand.Create(common, environment))
        {
            command.Subcommands.Add(view);
        }

        return command;
    }

    private static Command Timeline(CommonOptions common, CliEnvironment environment)
    {
        Option<string?> from = new("--from")
        {
            Description = "begin; default: an hour before --to. now, 15m, 14:02:11 or ISO 8601",
            HelpName = "TIME",
        };
        Option<string?> to = new("--to") { Description = "end; default: now", HelpName = "TIME" };
        Option<string?> node = new("--node") { Description = "only this node", HelpName = "NAME" };
        Option<string?> instance = new("--instance") { Description = "only this vrrp_instance and its hooks", HelpName = "NAME" };
        Option<int?> limit = new("--limit")
        {
            Description = "at most so many events, the latest; 1 to 10000, default 1000",
            HelpName = "N",
        };
        Command command = new("timeline", "List events of all nodes in the order of causes.")
        {
            from, to, node, instance, limit, common.TokenFile,
        };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string? Moment(Option<string?> option) =>
                parse.GetValue(option) is { } text ? Iso(common.Times(parse, environment), text, environment) : null;
            Timeline timeline = await client.GetAsync<Timeline>(
                "/v1/audit/timeline", stop, ("from", Moment(from)), ("to", Moment(to)), ("node", parse.GetValue(node)),
                ("instance", parse.GetValue(instance)),
                ("limit", parse.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)));
            return Output.Write(parse, common, environment, timeline, times => AuditText.Write(environment, times, timeline));
        });
        return command;
    }

    private static Command At(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> time = new("time") { Description = "now, 15m (ago), 14:02:11 or ISO 8601" };
        Command command = new("at", "Show who was Master of what at a past moment.") { time, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string moment = Iso(common.Times(parse, environment), parse.GetRequiredValue(time), environment);
            BoardView board = await client.GetAsync<BoardView>("/v1/audit/at", stop, ("time", moment));
            return Output.Write(parse, common, environment, board, times => BoardText.Write(environment, times, board));
        });
        return command;
    }

    private static Command Explain(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> name = EventArgument();
        Command command = new("explain", "Tell why a transition happened.") { name, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            Explanation explanation = await client.GetAsync<Explanation>("/v1/audit/explain", stop,
                ("event", parse.GetRequiredValue(name)));
            return Output.Write(parse, common, environment, explanation, times => AuditText.Write(environment.Out, times, explanation));
        });
        return command;
    }

    private static Command Replay(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> name = new("what") { Description = "an event as for explain, or an incident: its id, or the beginning of one" };
        Option<double?> speed = new("--speed") { Description = "an incident at this multiple of its own speed; default: at once", HelpName = "FACTOR" };
        Option<bool> step = new("--step") { Description = "an incident step by step: Enter goes on" };
        Command command = new("replay", "Run the machines over the recorded inputs of a transition or incident; exit 1 when they decide otherwise.")
        {
            name, speed, step, common.TokenFile,
        };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            if (IncidentId.IsMatch(parse.GetRequiredValue(name)) && !Guid.TryParse(parse.GetRequiredValue(name), out _))
            {
                ReplayedIncident incident = IncidentReplay.Run(await IncidentsCommand.BundleAsync(client, parse.GetRequiredValue(name), stop));
                ReplayPace pace = ReplayPace.Of(parse.GetValue(speed), parse.GetValue(step));
                if (parse.GetValue(common.Json))
                {
                    Output.Write(parse, common, environment, incident, _ => { });
                }
                else
                {
                    await ReplayText.WriteAsync(environment, common.Times(parse, environment), incident, pace, stop);
                }

                return incident.Same ? ExitCode.Ok : ExitCode.Failed;
            }

            ReplayResult replay = await client.GetAsync<ReplayResult>("/v1/audit/replay", stop, ("event", parse.GetRequiredValue(name)));
            Output.Write(parse, common, environment, replay, _ => AuditText.Write(environment.Out, replay));
            return replay.Same ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static Argument<string> EventArgument() => new("event") { Description = "position, event id, last or last:NODE" };

    private static string Iso(TimeText times, string text, CliEnvironment environment) =>
        times.Parse(text, environment.Time.GetUtcNow()).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
