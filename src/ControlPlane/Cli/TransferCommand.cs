using System.CommandLine;
using Keepalived.Es.ControlPlane.Transfer;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary><c>kes store export|import</c>: events as NDJSON with a hash over them.</summary>
internal static class TransferCommand
{
    internal static Command Export(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> file = new("file") { Description = "a new file" };
        Option<string?> site = new("--site") { Description = "only this site's events", HelpName = "NAME" };
        Option<long?> from = new("--from") { Description = "first position", HelpName = "N" };
        Option<long?> to = new("--to") { Description = "last position", HelpName = "N" };
        Command command = new("export", "Write events, archived ones too, with the nodes' records as NDJSON; its last line has their number and SHA-256.")
        {
            file, site, from, to, common.TokenFile,
        };
        command.SetAction(async (parse, stop) =>
        {
            string path = parse.GetRequiredValue(file);
            if (File.Exists(path))
            {
                throw new CliException($"'{path}' exists already: choose another file");
            }

            using ServerClient client = common.Client(parse, environment);
            await using (FileStream output = new(path, FileMode.CreateNew))
            {
                await client.DownloadAsync(
                    "/v1/store/export", output, stop, ("site", parse.GetValue(site)), ("from", $"{parse.GetValue(from)}"), ("to", $"{parse.GetValue(to)}"));
            }

            ExportEnd end = TransferFile.Check(path);
            return Output.Write(parse, common, environment, end, _ => environment.Out.WriteLine($"{end.Events} events in {path}, SHA-256 {end.Sha256}"));
        });
        return command;
    }

    internal static Command Import(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> file = new("file") { Description = "what 'kes store export' wrote" };
        Command command = new("import", "Check the hash of an export and store its events; those that are there already are passed over.") { file, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            string path = parse.GetRequiredValue(file);
            ExportEnd end = TransferFile.Check(path);
            using ServerClient client = common.Client(parse, environment);
            ImportReply sum = await TransferFile.ImportAsync(client, path, end, null, stop);
            return Output.Write(parse, common, environment, sum, _ => environment.Out.WriteLine($"{sum.Stored} events stored, {sum.Known} were there already"));
        });
        return command;
    }
}
