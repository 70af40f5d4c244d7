using System.CommandLine;
using System.Globalization;
using Keepalived.Es.ControlPlane.Audit.Verify;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary><c>kes audit verify</c></summary>
internal static class VerifyCommand
{
    internal static Command Create(CommonOptions common, CliEnvironment environment)
    {
        Option<string?> from = new("--from") { Description = "records from there on, by their nodes' clocks; default: the first. 15m, 14:02:11 or ISO 8601", HelpName = "TIME" };
        Option<string?> to = new("--to") { Description = "records up to there; default: the last", HelpName = "TIME" };
        Option<string?> node = new("--node") { Description = "only this node; then neither the order of all streams nor the roots", HelpName = "NAME" };
        Option<string?> site = new("--site") { Description = "only this site or cluster; likewise", HelpName = "NAME" };
        Option<string?> anchors = new("--anchors") { Description = "compare the roots with those kept in this file", HelpName = "FILE" };
        Command command = new("verify", "Verify hash chains, events, signatures, decisions and roots; exit 1 at the first difference.")
        {
            from, to, node, site, anchors, common.TokenFile,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(anchors) is not null && (result.GetResult(node) is not null || result.GetResult(site) is not null))
            {
                result.AddError("--anchors: roots are of all nodes, so neither --node nor --site is allowed with it.");
            }
        });
        command.SetAction(async (parse, stop) =>
        {
            TimeText times = common.Times(parse, environment);
            DateTimeOffset? Moment(Option<string?> option) => parse.GetValue(option) is { } text ? times.Parse(text, environment.Time.GetUtcNow()) : null;
            VerifyScope scope = new(Moment(from), Moment(to), parse.GetValue(node), parse.GetValue(site));
            using ServerClient client = common.Client(parse, environment);
            using KeptAnchors? kept = parse.GetValue(anchors) is { } file ? new KeptAnchors(file, scope) : null;
            VerifyReport report = await RunAsync(client, scope, kept, stop);
            Output.Write(parse, common, environment, report, _ => VerifyText.Write(environment.Out, report, kept?.Compared));
            return report.First is null ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<VerifyReport> RunAsync(ServerClient client, VerifyScope scope, KeptAnchors? kept, CancellationToken stop)
    {
        static string? Iso(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        VerifyDifference? outside = null;
        await foreach (VerifyLine line in client.LinesAsync<VerifyLine>(
            "/v1/audit/verify", stop, ("from", Iso(scope.From)), ("to", Iso(scope.To)), ("node", scope.Node), ("site", scope.Site)))
        {
            outside ??= line.Anchor is { } anchor ? kept?.Next(anchor) : null;
            if (line.Report is { } report)
            {
                return report with { First = report.First ?? outside ?? kept?.End() };
            }
        }

        throw new CliException("the server broke off before it was done; its log may say why");
    }
}
