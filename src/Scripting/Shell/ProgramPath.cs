namespace Keepalived.Es.Scripting.Shell;

/// <summary>Finds the file of a program.</summary>
internal static class ProgramPath
{
    private const string DefaultPath = "/usr/bin:/bin";

    /// <param name="program">A path is made absolute and not looked at; a name without <c>/</c> is looked up in PATH.</param>
    /// <returns>The first that exists; null if none does.</returns>
    internal static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? Path.GetFullPath(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? DefaultPath).Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
