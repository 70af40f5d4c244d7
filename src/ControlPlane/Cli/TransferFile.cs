using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Transfer;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>A file of lines of JSON whose last line has their number and SHA-256.</summary>
internal static class TransferFile
{
    /// <summary>Lines sent at once; a line has at most some hundred kilobytes, most have two.</summary>
    private const int BatchLines = 1_000;
    private const int BatchBytes = 4 * 1024 * 1024;

    /// <summary>Reads the whole file before anything is sent.</summary>
    /// <exception cref="CliException">It is cut off or changed.</exception>
    internal static ExportEnd Check(string path)
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
            : throw new CliException($"'{path}' is cut off or changed: it has {lines} lines with SHA-256 {sum}, its last line is '{last?[..Math.Min(last.Length, 100)]}'");
    }

    /// <summary>The lines before the last one, in portions that a request takes.</summary>
    internal static IEnumerable<(int Lines, byte[] Body)> Batches(string path, long events, Func<string, bool> wanted)
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
                yield return (lines, Encoding.UTF8.GetBytes(batch.ToString()));
                batch.Clear();
                lines = 0;
            }
        }
    }

    /// <summary>Sends the events of a file that was checked, and archives what was.</summary>
    /// <param name="move">The move that they arrive in; null: none.</param>
    internal static async Task<ImportReply> ImportAsync(ServerClient client, string path, ExportEnd end, Guid? move, CancellationToken stop)
    {
        ImportReply sum = new(0, 0);
        foreach ((_, byte[] batch) in Batches(path, end.Events, _ => true))
        {
            ImportReply reply = await client.UploadAsync<ImportReply>("/v1/store/import", batch, stop, ("move", $"{move}"));
            sum = new ImportReply(sum.Stored + reply.Stored, sum.Known + reply.Known);
        }

        foreach ((_, byte[] batch) in Batches(path, end.Events, line => line.Contains("\"archived\":true", StringComparison.Ordinal)))
        {
            await client.UploadAsync<ImportReply>("/v1/store/import", batch, stop, ("archive", "true"), ("move", $"{move}"));
        }

        return sum;
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
