namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>A directory with a short path (unix sockets go into it) that everybody may pass through, removed afterwards.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory()
    {
        Directory.CreateDirectory(
            Path,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public string Path { get; } = System.IO.Path.Combine("/tmp", $"kes-{Guid.NewGuid():n}"[..16]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
