using System.Globalization;
using System.Runtime;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Scheduling;

/// <summary>
/// Gives back the memory that only the start needed: garbage of reading the configuration, and program pages that the kernel mapped around
/// those that were used. They stay in the kernel's page cache; what the daemon uses again is mapped again without a read from disk.
/// </summary>
internal static unsafe class WorkingSet
{
    private const int DontNeed = 4;                              // MADV_DONTNEED

    /// <summary>Must not be called with memory locked (<c>vrrp_no_swap</c>): then everything is to stay.</summary>
    internal static void Trim()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = LibC.malloc_trim(0);
        foreach ((nuint start, nuint length) in CleanFileMappings())
        {
            _ = LibC.madvise((void*)start, length, DontNeed);    // refused: the pages stay, nothing is lost
        }
    }

    /// <summary>Mappings of files that cannot be written through and have never been: dropping their pages loses nothing.</summary>
    private static List<(nuint Start, nuint Length)> CleanFileMappings()
    {
        List<(nuint, nuint)> found = [];
        (nuint Start, nuint Length)? current = null;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (line[0] is (>= '0' and <= '9') or (>= 'a' and <= 'f'))
            {
                current = ReadMapping(line);
            }
            else if (current is { } mapping && line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
            {
                if (line.AsSpan(14).Trim().SequenceEqual("0 kB"))
                {
                    found.Add(mapping);
                }

                current = null;
            }
        }

        return found;
    }

    /// <summary><c>start-end perms offset device inode path</c>; null unless it is a file's and not writable.</summary>
    private static (nuint Start, nuint Length)? ReadMapping(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || fields[5][0] != '/' || fields[1][1] != '-')
        {
            return null;
        }

        int dash = fields[0].IndexOf('-', StringComparison.Ordinal);
        var start = nuint.Parse(fields[0].AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var end = nuint.Parse(fields[0].AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return (start, end - start);
    }
}
