using System.Runtime.CompilerServices;

namespace Keepalived.Es.Tests;

/// <summary>A file of expected text in the folder <c>Golden</c> beside the test. With UPDATE_GOLDEN=1 it is written anew (<c>scripts/update-golden</c>).</summary>
internal static class GoldenFile
{
    /// <summary>Fails with the difference when the file says something else.</summary>
    /// <param name="name">File name.</param>
    /// <param name="actual">The text as it is now.</param>
    /// <param name="here">The test's own path.</param>
    internal static void Equal(string name, string actual, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing: run scripts/update-golden");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
