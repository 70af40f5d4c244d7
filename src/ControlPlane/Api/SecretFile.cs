namespace Keepalived.Es.ControlPlane.Api;

/// <summary>Files that hold a token.</summary>
public static class SecretFile
{
    /// <summary>Makes a new file with mode 0600 and one line of text.</summary>
    /// <exception cref="IOException">It exists already, or cannot be made.</exception>
    public static void Create(string path, string secret)
    {
        using FileStream file = new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using StreamWriter writer = new(file);
        writer.WriteLine(secret);
        writer.Flush();
        file.Flush(flushToDisk: true);
    }
}
