using System.Globalization;
using System.Text;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Microsoft.Data.Sqlite;

namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary><c>keepalived-es journal show|export</c>: reads a node's journal, also while the daemon writes it.</summary>
internal static class JournalCommand
{
    internal const string Verb = "journal";

    private const string Usage = "usage: keepalived-es journal show|export [--state=DIRECTORY] [--node-config=FILE]";

    /// <param name="arguments">What follows the verb.</param>
    /// <exception cref="FormatException">An argument is wrong, or there is no journal; the message says which and where.</exception>
    internal static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (arguments is not ["show" or "export", ..])
        {
            throw new FormatException($"journal: 'show' or 'export' is expected; {Usage}");
        }

        string directory = StateDirectory(arguments.Skip(1));
        if (!File.Exists(Path.Combine(directory, JournalStore.FileName)))
        {
            throw new FormatException($"there is no journal in {directory}; name its directory with --state, or the node's settings with --node-config");
        }

        try
        {
            using var reader = new JournalReader(directory);
            foreach (JournalRecord record in reader.ReadAll())
            {
                output.WriteLine(arguments[0] == "show" ? Line(record) : Export(record));
            }
        }
        catch (SqliteException e)
        {
            throw new FormatException($"the journal in {directory} cannot be read: {e.Message}", e);
        }

        return ExitCode.Good;
    }

    /// <summary>Time, number, stream, event and its data: for people.</summary>
    private static string Line(JournalRecord stored)
    {
        NodeRecord record = NodeRecord.Parse(stored.Canonical);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Wall.ToLocalTime():yyyy-MM-dd HH:mm:ss.fffzzz} #{record.Sequence}{(record.Cause is { } cause ? $" <- #{cause}" : "")} {record.Stream} {record.Type} {record.Data}");
    }

    /// <summary>One JSON object a line, the record byte for byte as it was hashed: <c>{"prev", "hash", "record"}</c>.</summary>
    private static string Export(JournalRecord stored) =>
        $"{{\"prev\":\"{stored.PreviousHash}\",\"hash\":\"{stored.Hash}\",\"record\":{Encoding.UTF8.GetString(stored.Canonical)}}}";

    private static string StateDirectory(IEnumerable<string> options)
    {
        (string? state, string? nodeConfig) = (null, null);
        foreach (string option in options)
        {
            (state, nodeConfig) = option.Split('=', 2) switch
            {
                ["--state", { Length: > 0 } value] => (value, nodeConfig),
                ["--node-config", { Length: > 0 } value] => (state, value),
                _ => throw new FormatException($"journal: unexpected argument '{option}'; {Usage}"),
            };
        }

        return state ?? NodeSettings.Load(nodeConfig, System.Environment.MachineName).StateDirectory;
    }
}
