using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Configuration files of this machine, by their names: includes with patterns are not followed.</summary>
internal sealed class PlainFiles : IConfigFiles
{
    public ConfigFile? Read(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            return File.Exists(full) ? new ConfigFile(full, File.ReadAllText(full)) : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new ConfigFile(full, null, refused.Message);
        }
    }

    public IReadOnlyList<string> Glob(string pattern, string workingDirectory)
    {
        string path = Path.Combine(workingDirectory, pattern);
        return File.Exists(path) ? [path] : [];
    }
}
