using System.CommandLine;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Anchors;
using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary><c>kes audit anchor</c></summary>
internal static class AnchorCommand
{
    private const string Path = "/v1/audit/anchors";

    internal static Command Create(CommonOptions common, CliEnvironment environment)
    {
        Option<bool> now = new("--now") { Description = "add a root over what was stored since the last one, and show it" };
        Option<bool> export = new("--export") { Description = "write all roots, a line of JSON each, as 'kes serve --anchor' keeps them" };
        Command command = new("anchor", "Show the last Merkle root over the store; kept elsewhere, it proves what was stored.") { now, export, common.TokenFile };
        command.Validators.Add(result =>
        {
            if (result.GetValue(now) && result.GetValue(export))
            {
                result.AddError("--now and --export: one of them is allowed.");
            }
        });
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            if (parse.GetValue(now))
            {
                return Show(parse, common, environment, await client.PostAsync<Anchor>(Path, new { }, stop));
            }

            Anchor? last = null;
            await foreach (Anchor anchor in client.LinesAsync<Anchor>(Path, stop))
            {
                last = anchor;
                if (parse.GetValue(export))
                {
                    await environment.Out.WriteLineAsync(JsonSerializer.Serialize(anchor, ApiJson.Options));
                }
            }

            return parse.GetValue(export) ? ExitCode.Ok
                : Show(parse, common, environment, last ?? throw new CliException("there is no root yet: one is made every minute when there are events, or with --now"));
        });
        return command;
    }

    private static int Show(ParseResult parse, CommonOptions common, CliEnvironment environment, Anchor anchor) =>
        Output.Write(parse, common, environment, anchor, times =>
        {
            environment.Out.WriteLine($"root {anchor.Number} of {times.Full(anchor.At)}: {anchor.Events} events at the positions {anchor.From} to {anchor.To}");
            environment.Out.WriteLine($"  root {anchor.Root}");
            environment.Out.WriteLine($"  hash {anchor.Hash}, after {anchor.Previous}");
        });
}
