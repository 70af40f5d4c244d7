namespace Keepalived.Es.NodeRuntime.Tests.Support;

/// <summary>A directory of the test's own, removed at its end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kes-test-");

    internal string Path => _directory.FullName;

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
