namespace Keepalived.Es.Lab.Framework;

/// <summary>The programs under test, as an operator would run them.</summary>
internal static class Programs
{
    private static readonly string Root = FindRoot();
    private static readonly Lazy<string> Daemon = new(() => Find("KEEPALIVED_ES", "keepalived-es", "NodeRuntime"));
    private static readonly Lazy<string> ControlPlane = new(() => Find("KES", "kes", "ControlPlane"));

    /// <summary>The node daemon: <c>KEEPALIVED_ES</c>, else <c>out/keepalived-es</c>, else the newest build.</summary>
    internal static string KeepalivedEs => Daemon.Value;

    /// <summary>The control plane: <c>KES</c>, else <c>out/kes</c>, else the newest build.</summary>
    internal static string Kes => ControlPlane.Value;

    /// <summary>A hook that is shipped, in <c>scripts/hooks</c>.</summary>
    internal static string Hook(string file) => Path.Combine(Root, "scripts", "hooks", file);

    private static string Find(string variable, string name, string project)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"{variable} names {named}, which does not exist");
        }

        string published = Path.Combine(Root, "out", name);
        if (File.Exists(published))
        {
            return published;
        }

        string builds = Path.Combine(Root, "src", project, "bin");
        string? newest = Directory.Exists(builds)
            ? Directory.GetDirectories(builds)
                .Select(build => Path.Combine(build, "net10.0", name)).Where(File.Exists).MaxBy(File.GetLastWriteTimeUtc)
            : null;
        return newest ?? throw new FileNotFoundException($"{name} is not built: dotnet build src/{project}, or set {variable}");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Keepalived.Es.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} has Keepalived.Es.sln");
    }
}
