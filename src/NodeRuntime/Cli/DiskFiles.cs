using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary>Configuration files on the disk.</summary>
internal sealed class DiskFiles : IConfigFiles
{
    public ConfigFile? Read(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            return Directory.Exists(full) ? new ConfigFile(full, null, "is a directory") : new ConfigFile(full, File.ReadAllText(full));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ConfigFile(full, null, e.Message);
        }
    }

    public IReadOnlyList<string> Glob(string pattern, string workingDirectory)
    {
        string full = Path.Combine(workingDirectory.Length > 0 ? workingDirectory : Directory.GetCurrentDirectory(), pattern);
        if (full.EndsWith('/'))
        {
            return [];                                           // asks for directories
        }

        IEnumerable<string> found = ["/"];
        string[] segments = full.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < segments.Length; i++)
        {
            bool last = i == segments.Length - 1;
            string segment = segments[i];
            found = found.SelectMany(directory => Matching(directory, segment, last)).ToList();
        }

        return [.. found];
    }

    /// <summary>Entries of a directory that match one segment: what is no directory for the last, directories before.</summary>
    private static IEnumerable<string> Matching(string directory, string segment, bool last)
    {
        var pattern = new GlobPattern(segment);
        if (pattern.IsPlain)
        {
            string plain = Path.Combine(directory, segment);
            return last != Directory.Exists(plain) && (!last || Path.Exists(plain) || new FileInfo(plain).LinkTarget is not null) ? [plain] : [];
        }

        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Where(entry => pattern.Matches(Path.GetFileName(entry)) && last != Directory.Exists(entry))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
