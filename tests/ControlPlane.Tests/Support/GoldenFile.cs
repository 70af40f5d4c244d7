using System.Runtime.CompilerServices;

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>Text compared with a file of the folder Golden. UPDATE_GOLDEN=1 rewrites the file instead.</summary>
public static class GoldenFile
{
    public static void Matches(string name, string seen, [CallerFilePath] string caller = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(caller))!, "Golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, seen);
        }

        Assert.True(File.Exists(path), $"{path} is missing: run once with UPDATE_GOLDEN=1 and read what it wrote");
        Assert.Equal(File.ReadAllText(path), seen);
    }
}
