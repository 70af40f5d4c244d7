using System.Globalization;

namespace Keepalived.Es.NodeRuntime;

/// <summary>A pid file as keepalived writes it: the number and a line feed.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>The process that holds the file, if it lives and runs this program.</summary>
    /// <returns>Its pid, or null: no file, or left over.</returns>
    internal static int? Holder(string path)
    {
        try
        {
            string text = File.ReadAllText(path).Trim();
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && pid != System.Environment.ProcessId
                && File.ReadAllText($"/proc/{pid}/comm").Trim() is var name && name.StartsWith("keepalived", StringComparison.Ordinal)
                ? pid
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">It cannot be written; the message names it.</exception>
    internal static PidFile Write(string path)
    {
        try
        {
            File.WriteAllText(path, System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new PidFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot write the pid file {path}: {e.Message}. Name another with -p", e);
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Degraded($"pid file {_path}", e.Message, "remove it by hand");
        }
    }
}
