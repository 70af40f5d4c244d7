namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>The folder <c>scripts/hooks</c>.</summary>
internal static class ShippedHooks
{
    internal static string Folder { get; } = Find();

    internal static string PathOf(string file) => Path.Combine(Folder, file);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Keepalived.Es.sln")))
            {
                return Path.Combine(folder.FullName, "scripts", "hooks");
            }
        }

        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} has Keepalived.Es.sln");
    }
}
