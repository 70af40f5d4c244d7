using System.CommandLine;
using System.Globalization;
using System.Text;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Incidents.Export;

namespace Keepalived.Es.ControlPlane.Cli;

internal static class IncidentsCommand
{
    internal static Command Create(CommonOptions common, CliEnvironment environment) => new("incidents", "What went wrong, from the events of all nodes.")
    {
        List(common, environment), Show(common, environment), Export(common, environment),
        Remark("note", "Write something about an incident.", common, environment, text: true),
        Remark("acknowledge", "Say that you have seen an incident.", common, environment, acknowledge: true),
        Remark("assign", "Say who takes care of an incident.", common, environment, assign: true),
    };

    private static Command List(CommonOptions common, CliEnvironment environment)
    {
        Option<string?> from = new("--from") { Description = "those that lasted after this; default: any. now, 15m, 14:02:11 or ISO 8601", HelpName = "TIME" };
        Option<string?> to = new("--to") { Description = "those that began before this", HelpName = "TIME" };
        Option<bool> open = new("--open") { Description = "only those that last" };
        Option<string?> kind = new("--kind") { Description = "only this kind, such as fail-over, two-masters, no-master, fault", HelpName = "KIND" };
        Option<string?> node = new("--node") { Description = "only those of this node", HelpName = "NAME" };
        Option<int?> limit = new("--limit") { Description = "at most so many, the latest; 1 to 10000, default 100", HelpName = "N" };
        Command command = new("list", "List incidents, the latest first.") { from, to, open, kind, node, limit, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string? Moment(Option<string?> option) => parse.GetValue(option) is { } text
                ? common.Times(parse, environment).Parse(text, environment.Time.GetUtcNow()).UtcDateTime.ToString("O", CultureInfo.InvariantCulture) : null;
            IReadOnlyList<IncidentView> incidents = await client.GetAsync<IReadOnlyList<IncidentView>>(
                "/v1/incidents", stop, ("from", Moment(from)), ("to", Moment(to)), ("open", parse.GetValue(open) ? "true" : null),
                ("kind", parse.GetValue(kind)), ("node", parse.GetValue(node)), ("limit", parse.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)));
            return Output.Write(parse, common, environment, incidents, times => IncidentText.Write(environment, times, incidents));
        });
        return command;
    }

    private static Command Show(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> id = IdArgument();
        Command command = new("show", "Tell one incident: what is known, its course, what was said of it.") { id, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            IncidentBundle bundle = await BundleAsync(client, parse.GetRequiredValue(id), stop);
            return Output.Write(parse, common, environment, bundle.Incident, times => IncidentText.Write(environment, times, IncidentStory.Of(bundle)));
        });
        return command;
    }

    private static Command Export(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> id = IdArgument();
        Option<string> format = new("--format")
        {
            Description = "md and html: post-mortem; svg: its picture; csv: its course; json: a bundle that another machine can replay; trace: for Perfetto",
            HelpName = "FORMAT",
            Required = true,
        };
        format.AcceptOnlyFromAmong([.. IncidentExport.Formats]);
        Option<string?> output = new("--output", "-o") { Description = "file to write; default: print", HelpName = "FILE" };
        Command command = new("export", "Write one incident as a report, a table, a bundle or a trace.") { id, format, output, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            IncidentBundle bundle = await BundleAsync(client, parse.GetRequiredValue(id), stop);
            string text = IncidentExport.Write(parse.GetRequiredValue(format), bundle);
            if (parse.GetValue(output) is { } file)
            {
                await WriteAsync(file, text, "--output", stop);
            }
            else
            {
                await environment.Out.WriteLineAsync(text);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Remark(
        string name, string description, CommonOptions common, CliEnvironment environment, bool text = false, bool acknowledge = false, bool assign = false)
    {
        Argument<string> id = IdArgument();
        Argument<string> what = new(assign ? "who" : "text") { Description = assign ? "who takes care" : "what there is to say" };
        Option<string> by = new("--by") { Description = "who says so", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
        Command command = new(name, description) { id, by, common.TokenFile };
        if (text || assign)
        {
            command.Arguments.Add(what);
        }

        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string incident = Uri.EscapeDataString(parse.GetRequiredValue(id));
            IReadOnlyList<AppendedEvent> placed = await client.PostAsync<IReadOnlyList<AppendedEvent>>(
                $"/v1/incidents/{incident}/remarks",
                new IncidentRemark(
                    parse.GetRequiredValue(by), text ? parse.GetRequiredValue(what) : null, acknowledge, assign ? parse.GetRequiredValue(what) : null), stop);
            return Output.Write(parse, common, environment, placed, _ => environment.Out.WriteLine($"On record at position {placed[^1].Position}."));
        });
        return command;
    }

    internal static Task<IncidentBundle> BundleAsync(ServerClient client, string id, CancellationToken stop) =>
        client.GetAsync<IncidentBundle>($"/v1/incidents/{Uri.EscapeDataString(id)}/bundle", stop);

    internal static async Task WriteAsync(string file, string text, string option, CancellationToken stop)
    {
        try
        {
            await File.WriteAllTextAsync(file, text, Encoding.UTF8, stop);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{option} '{file}': {refused.Message}");
        }
    }

    private static Argument<string> IdArgument() => new("incident") { Description = "id, the beginning of one, or last" };
}
