namespace Keepalived.Es.Scripting.Shell;

/// <summary>Finds the file of a program.</summary>
internal static class ProgramPath
{
    private const string DefaultPath = "/usr/bin:/bin";

    /// <param name="program">A path is made absolute and not looked at; a name without <c>/</c> is looked up in PATH.</param>
    /// <returns>The first that may be executed by somebody, else the first that exists; null if none does.</returns>
    internal static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return Path.GetFullPath(program);
        }

        string? second = null;
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? DefaultPath).Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.Combine(folder, program);
            if (program.Length == 0 || FileFacts.Of(path) is not { IsRegular: true } file)
            {
                continue;
            }

            if (file.IsProgram)
            {
                return path;
            }

            second ??= path;
        }

        return second;
    }
}
