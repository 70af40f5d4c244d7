using System.Globalization;

namespace Keepalived.Es.Benchmarks.Fleet;

/// <summary>CPU of processes, from proc(5).</summary>
internal static class Processes
{
    /// <summary>USER_HZ: a constant of Linux on every architecture that .NET runs on.</summary>
    private const double TicksOfSecond = 100;

    /// <summary>CPU seconds of a process and of all that descend from it, those that have ended and were waited for among them.</summary>
    internal static double CpuOfTree(int root)
    {
        Dictionary<int, (int Parent, double Cpu)> all = [];
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Read(id) is { } found)
            {
                all[id] = found;
            }
        }

        List<int> tree = [root];
        for (int i = 0; i < tree.Count; i++)
        {
            tree.AddRange(all.Where(pair => pair.Value.Parent == tree[i]).Select(pair => pair.Key));
        }

        return tree.Where(all.ContainsKey).Sum(id => all[id].Cpu);
    }

    private static (int Parent, double Cpu)? Read(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");      // pid (comm) state ppid …, utime stime cutime cstime are the 14th to 17th
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture),
                fields[11..15].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksOfSecond);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
