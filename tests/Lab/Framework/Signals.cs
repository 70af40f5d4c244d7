using System.Globalization;
using System.Runtime.InteropServices;

namespace Keepalived.Es.Lab.Framework;

/// <summary>Signals to processes that the lab started, and to their children.</summary>
internal static partial class Signals
{
    internal const int HangUp = 1;
    internal const int Terminate = 15;
    internal const int Continue = 18;
    internal const int Stop = 19;
    private const int KillSignal = 9;

    internal static void Send(int processId, int signal) => _ = SendTo(processId, signal);

    /// <summary>SIGKILL to this process alone.</summary>
    /// <returns>False: it was gone.</returns>
    internal static bool Kill(int process) => SendTo(process, KillSignal) == 0;

    /// <summary>
    /// Ends a process and all that descend from it, as a power failure would: all are stopped before the first is killed, so that none
    /// can resign because another died.
    /// </summary>
    internal static void KillTree(int root)
    {
        var stopped = new HashSet<int>();
        for (bool found = true; found;)
        {
            found = false;
            foreach (int process in Tree(root))
            {
                if (stopped.Add(process))
                {
                    _ = SendTo(process, Stop);
                    found = true;                                // it may have forked before it stopped
                }
            }
        }

        foreach (int process in stopped)
        {
            _ = SendTo(process, KillSignal);
        }
    }

    /// <summary>A process and its descendants, parents first.</summary>
    internal static List<int> Tree(int root)
    {
        ILookup<int, int> children = Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0)
            .ToLookup(ParentOf);
        List<int> tree = [root];
        for (int i = 0; i < tree.Count; i++)
        {
            tree.AddRange(children[tree[i]]);
        }

        return tree;
    }

    /// <summary>False: it is gone, or dead and not yet reaped.</summary>
    internal static bool IsAlive(int process) => StatusOf(process) is [not "Z", ..];

    /// <summary>Whether this is a process of PostgreSQL that serves a client, by the title that it gives itself: role, database, address, state.</summary>
    internal static bool IsServingConnection(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").StartsWith("postgres: kes kes ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Parent of a process; 0: it is gone.</summary>
    private static int ParentOf(int process) =>
        StatusOf(process) is [_, var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;

    /// <summary>State, parent and what follows, as in proc(5); empty: it is gone.</summary>
    private static string[] StatusOf(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");     // pid (comm) state ppid …; comm may hold spaces and parentheses
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendTo(int processId, int signal);
}
