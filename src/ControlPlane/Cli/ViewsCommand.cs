using System.CommandLine;
using System.Globalization;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>What is rebuilt of nodes, instances, addresses, hooks, virtual servers and configurations: below <c>kes audit</c>.</summary>
internal static class ViewsCommand
{
    private const string Times = "now, 15m, 14:02:11 or ISO 8601";

    internal static IEnumerable<Command> Create(CommonOptions common, CliEnvironment environment) =>
    [
        Node(common, environment), Instance(common, environment), Address(common, environment), Availability(common, environment),
        Runs(common, environment), Health(common, environment), Config(common, environment),
    ];

    private static Command Node(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> node = new("node") { Description = "its name" };
        Option<string?> at = new("--at") { Description = $"as of this moment; default: now. {Times}", HelpName = "TIME" };
        Option<string?> site = Site();
        Option<bool> config = new("--config") { Description = "with the text of the configuration" };
        Command command = new("node", "Show a node as of any moment: configuration in force, instances, clock, last heard.") { node, at, site, config, common.TokenFile };
        command.SetAction((parse, stop) => ShowAsync<NodeSheet>(
            parse, common, environment, "node", (times, sheet) => ViewText.Write(environment, times, sheet), stop,
            ("node", parse.GetRequiredValue(node)), ("site", parse.GetValue(site)), ("at", Moment(parse, common, environment, at)),
            ("config", parse.GetValue(config) ? "true" : null)));
        return command;
    }

    private static Command Instance(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> node = new("node") { Description = "the node's name" };
        Argument<string> instance = new("instance") { Description = "name of the vrrp_instance" };
        Option<string?> site = Site();
        (Option<string?> from, Option<string?> to) = Stretch();
        Command command = new("instance", "Show an instance's phases with their reasons, and its priority with every contribution.")
        {
            node, instance, from, to, site, common.TokenFile,
        };
        command.SetAction((parse, stop) => ShowAsync<InstanceHistory>(
            parse, common, environment, "instance", (times, history) => ViewText.Write(environment, times, history), stop,
            ("node", parse.GetRequiredValue(node)), ("instance", parse.GetRequiredValue(instance)), ("site", parse.GetValue(site)),
            ("from", Moment(parse, common, environment, from)), ("to", Moment(parse, common, environment, to))));
        return command;
    }

    private static Command Address(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> address = new("address") { Description = "a virtual address, such as 192.0.2.10" };
        Option<string?> site = Site();
        (Option<string?> from, Option<string?> to) = Stretch();
        Command command = new("address", "Show who answered for a virtual address when.") { address, from, to, site, common.TokenFile };
        command.SetAction((parse, stop) => ShowAsync<AddressHistory>(
            parse, common, environment, "address", (times, history) => AvailabilityText.Write(environment, times, history), stop,
            ("address", parse.GetRequiredValue(address)), ("site", parse.GetValue(site)),
            ("from", Moment(parse, common, environment, from)), ("to", Moment(parse, common, environment, to))));
        return command;
    }

    private static Command Availability(CommonOptions common, CliEnvironment environment)
    {
        Option<string?> address = new("--address") { Description = "only this virtual address", HelpName = "ADDRESS" };
        Option<string?> site = Site();
        (Option<string?> from, Option<string?> to) = Stretch();
        Command command = new("availability", "Show for each virtual address how long it had one Master, none, several, and how long nobody knows.")
        {
            address, from, to, site, common.TokenFile,
        };
        command.SetAction((parse, stop) => ShowAsync<IReadOnlyList<Availability>>(
            parse, common, environment, "availability", (_, found) => AvailabilityText.Write(environment, found), stop,
            ("address", parse.GetValue(address)), ("site", parse.GetValue(site)),
            ("from", Moment(parse, common, environment, from)), ("to", Moment(parse, common, environment, to))));
        return command;
    }

    private static Command Runs(CommonOptions common, CliEnvironment environment)
    {
        Option<string?> node = new("--node") { Description = "only this node", HelpName = "NAME" };
        Option<string?> hook = new("--hook") { Description = "only hooks and scripts whose name contains this", HelpName = "TEXT" };
        Option<bool> failed = new("--failed") { Description = "only those that failed" };
        Option<string?> site = Site();
        Option<int?> limit = Limit();
        (Option<string?> from, Option<string?> to) = Stretch();
        Command command = new("runs", "List runs of hooks, and what tracked scripts found.") { node, hook, failed, from, to, site, limit, common.TokenFile };
        command.SetAction((parse, stop) => ShowAsync<HookRuns>(
            parse, common, environment, "runs", (times, runs) => ViewText.Write(environment, times, runs), stop,
            ("node", parse.GetValue(node)), ("hook", parse.GetValue(hook)), ("failed", parse.GetValue(failed) ? "true" : null), ("site", parse.GetValue(site)),
            ("from", Moment(parse, common, environment, from)), ("to", Moment(parse, common, environment, to)), ("limit", Text(parse.GetValue(limit)))));
        return command;
    }

    private static Command Health(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> service = new("service") { Description = "name or label of a virtual server, such as [192.0.2.1]:tcp:80" };
        Option<string?> server = new("--server") { Description = "only this real server, such as [198.51.100.1]:80", HelpName = "SERVER" };
        Option<string?> node = new("--node") { Description = "as this node saw it", HelpName = "NAME" };
        Option<string?> site = Site();
        Option<int?> limit = Limit();
        (Option<string?> from, Option<string?> to) = Stretch();
        Command command = new("health", "Show how a virtual server's real servers and its quorum stood over time.")
        {
            service, server, node, from, to, site, limit, common.TokenFile,
        };
        command.SetAction((parse, stop) => ShowAsync<ServiceHistory>(
            parse, common, environment, "health", (times, history) => ViewText.Write(environment, times, history), stop,
            ("service", parse.GetRequiredValue(service)), ("server", parse.GetValue(server)), ("node", parse.GetValue(node)), ("site", parse.GetValue(site)),
            ("from", Moment(parse, common, environment, from)), ("to", Moment(parse, common, environment, to)), ("limit", Text(parse.GetValue(limit)))));
        return command;
    }

    private static Command Config(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> node = new("node") { Description = "the node's name" };
        Option<bool> diff = new("--diff") { Description = "with the difference to the text before" };
        Option<string?> site = Site();
        (Option<string?> from, Option<string?> to) = Stretch();
        Command command = new("config", "List what became of a node's configuration: loaded, reloaded, refused.") { node, diff, from, to, site, common.TokenFile };
        command.SetAction((parse, stop) => ShowAsync<ConfigurationHistory>(
            parse, common, environment, "config", (times, history) => ViewText.Write(environment, times, history), stop,
            ("node", parse.GetRequiredValue(node)), ("diff", parse.GetValue(diff) ? "true" : null), ("site", parse.GetValue(site)),
            ("from", Moment(parse, common, environment, from)), ("to", Moment(parse, common, environment, to))));
        return command;
    }

    private static async Task<int> ShowAsync<T>(
        ParseResult parse, CommonOptions common, CliEnvironment environment, string view, Action<TimeText, T> text, CancellationToken stop,
        params (string Name, string? Value)[] query)
    {
        using ServerClient client = common.Client(parse, environment);
        T answer = await client.GetAsync<T>($"/v1/audit/{view}", stop, query);
        return Output.Write(parse, common, environment, answer, times => text(times, answer));
    }

    private static string? Moment(ParseResult parse, CommonOptions common, CliEnvironment environment, Option<string?> option) => parse.GetValue(option) is { } text
        ? common.Times(parse, environment).Parse(text, environment.Time.GetUtcNow()).UtcDateTime.ToString("O", CultureInfo.InvariantCulture)
        : null;

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static Option<string?> Site() => new("--site") { Description = "the site, where several have the name", HelpName = "SITE" };

    private static Option<int?> Limit() => new("--limit") { Description = "at most so many, the latest; 1 to 10000, default 1000", HelpName = "N" };

    private static (Option<string?> From, Option<string?> To) Stretch() => (
        new("--from") { Description = $"begin; default: a day before --to. {Times}", HelpName = "TIME" },
        new("--to") { Description = "end; default: now", HelpName = "TIME" });
}
