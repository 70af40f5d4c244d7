using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Transfer;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary><c>kes store export|import</c>: events as NDJSON with a hash over them.</summary>
internal static class TransferCommand
{
    /// <summary>Lines sent at once; a line has at most some hundred kilobytes, most have two.</summary>
    private const int BatchLines = 1_000;
    private const int BatchBytes = 4 * 1024 * 1024;

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

            ExportEnd end = Check(path);
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
            ExportEnd end = Check(path);
            using ServerClient client = common.Client(parse, environment);
            ImportReply sum = new(0, 0);
            foreach (byte[] batch in Batches(path, end.Events, _ => true))
            {
                ImportReply reply = await client.UploadAsync<ImportReply>("/v1/store/import", batch, stop);
                sum = new ImportReply(sum.Stored + reply.Stored, sum.Known + reply.Known);
            }

            foreach (byte[] batch in Batches(path, end.Events, line => line.Contains("\"archived\":true", StringComparison.Ordinal)))
            {
                await client.UploadAsync<ImportReply>("/v1/store/import?archive=true", batch, stop);
            }

            return Output.Write(parse, common, environment, sum, _ => environment.Out.WriteLine($"{sum.Stored} events stored, {sum.Known} were there already"));
        });
        return command;
    }

    /// <summary>Reads the whole file before anything is sent.</summary>
    /// <exception cref="CliException">It is cut off or changed.</exception>
    private static ExportEnd Check(string path)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long lines = 0;
        string? last = null;
        foreach (string line in ReadLines(path))
        {
            if (last is not null)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(last + "\n"));
                lines++;
            }

            last = line;
        }

        ExportEnd? end = null;
        try
        {
            end = JsonSerializer.Deserialize<ExportEnd>(last ?? "null", ApiJson.Options);
        }
        catch (JsonException)
        {
            // Said below: the last line is not one.
        }

        string sum = Convert.ToHexStringLower(hash.GetHashAndReset());
        return end is { Sha256: not null } && end.Events == lines && end.Sha256 == sum
            ? end
            : throw new CliException($"'{path}' is cut off or changed: it has {lines} events with SHA-256 {sum}, its last line is '{last?[..Math.Min(last.Length, 100)]}'");
    }

    private static IEnumerable<byte[]> Batches(string path, long events, Func<string, bool> wanted)
    {
        StringBuilder batch = new();
        int lines = 0;
        long read = 0;
        foreach (string line in ReadLines(path))
        {
            if (read++ < events && wanted(line))
            {
                batch.Append(line).Append('\n');
                lines++;
            }

            if (lines == BatchLines || batch.Length > BatchBytes || (read == events && lines > 0))
            {
                yield return Encoding.UTF8.GetBytes(batch.ToString());
                batch.Clear();
                lines = 0;
            }
        }
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        try
        {
            return File.ReadLines(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"'{path}' cannot be read: {unreadable.Message}");
        }
    }
}
