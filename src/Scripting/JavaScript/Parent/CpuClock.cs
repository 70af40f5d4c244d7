using System.Globalization;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>Processor time that a process has used, from <c>/proc/PID/stat</c>.</summary>
internal static class CpuClock
{
    private const int TicksPerSecond = 100;                      // USER_HZ, the same on every Linux that .NET runs on
    private const int UserField = 11;                            // utime and stime, counted after the name in brackets
    private const int SystemField = 12;

    /// <returns>User and system time of all its threads, to 10 ms; null: it has gone.</returns>
    internal static TimeSpan? Read(int process)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{process}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static TimeSpan? Parse(string stat)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > SystemField
            && long.TryParse(fields[UserField], NumberStyles.None, CultureInfo.InvariantCulture, out long user)
            && long.TryParse(fields[SystemField], NumberStyles.None, CultureInfo.InvariantCulture, out long system)
            ? TimeSpan.FromSeconds((double)(user + system) / TicksPerSecond)
            : null;
    }
}
