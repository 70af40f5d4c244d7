using System.Globalization;
using System.Text.RegularExpressions;

namespace Keepalived.Es.Lab.Framework;

/// <summary>What a run that was killed could not remove: namespaces, the programs in them, and folders.</summary>
internal static partial class LeftOvers
{
    private static readonly Lazy<Task> Once = new(RemoveAllAsync);

    /// <summary>Removes those of runs that are dead; once in this process.</summary>
    internal static Task RemoveAsync() => Once.Value;

    /// <summary>Removes a namespace of a lab and ends what still runs in it: daemons in the background, and their scripts.</summary>
    internal static async Task RemoveNamespaceAsync(string name)
    {
        string processes = await Command.IpAsync($"netns pids {name}");
        foreach (string process in processes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Signals.KillTree(Number(process));
        }

        await Command.IpAsync($"netns del {name}");
    }

    private static async Task RemoveAllAsync()
    {
        foreach (string name in Names("/run/netns", NamespaceName()))
        {
            await RemoveNamespaceAsync(name);
        }

        foreach (string name in Names(Path.GetTempPath(), FolderName()))
        {
            Directory.Delete(Path.Combine(Path.GetTempPath(), name), recursive: true);
        }
    }

    private static IEnumerable<string> Names(string folder, Regex pattern) =>
        Directory.Exists(folder)
            ? Directory.GetFileSystemEntries(folder)
                .Select(path => Path.GetFileName(path))
                .Where(name => pattern.Match(name) is { Success: true } match && !Signals.IsAlive(Number(match.Groups[1].Value)))
            : [];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("^ka([0-9]+)-[0-9]+-[a-z]+$")]
    private static partial Regex NamespaceName();

    [GeneratedRegex("^keepalived-es-lab-([0-9]+)-[0-9]+$")]
    private static partial Regex FolderName();
}
