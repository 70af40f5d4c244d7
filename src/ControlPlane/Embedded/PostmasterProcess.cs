using System.Globalization;

namespace Keepalived.Es.ControlPlane.Embedded;

/// <summary>The server that the pid file of a data directory names.</summary>
internal static class PostmasterProcess
{
    /// <returns>Pid of the running server of exactly this data directory; null if none runs.</returns>
    /// <remarks>A pid alone may have been given to another program since. A server stands in its data directory, so that is asked
    /// too.</remarks>
    internal static int? Find(string dataDirectory)
    {
        string pidFile = Path.Combine(dataDirectory, "postmaster.pid");
        return File.Exists(pidFile)
            && int.TryParse(File.ReadLines(pidFile).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && IsServerOf(pid, dataDirectory)
            ? pid
            : null;
    }

    /// <summary>
    /// Removes the pid file and the socket's lock file that would keep the server from starting although no server is left: their pid is a
    /// zombie's or was given to another program. PostgreSQL cannot tell, and refuses. Nothing is removed while any server stands in the data
    /// directory, where the socket is as well.
    /// </summary>
    internal static void RemoveStalePidFiles(string dataDirectory)
    {
        string[] files = [Path.Combine(dataDirectory, "postmaster.pid"), .. Directory.EnumerateFiles(dataDirectory, ".s.PGSQL.*.lock")];
        if (!Directory.EnumerateDirectories("/proc").Any(process =>
            int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && IsServerOf(pid, dataDirectory)))
        {
            Array.ForEach(files, File.Delete);
        }
    }

    private static bool IsServerOf(int pid, string dataDirectory)
    {
        try
        {
            string? program = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.Name;
            string? directory = File.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName;
            return program?.StartsWith("postgres", StringComparison.Ordinal) == true && directory == Path.GetFullPath(dataDirectory);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
