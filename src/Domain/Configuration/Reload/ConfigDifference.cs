using System.Collections.Immutable;

namespace Keepalived.Es.Domain.Configuration.Reload;

/// <summary>
/// What a reload changes of VRRP and of what goes with it: which instances and scripts go on, which begin, which end; and the same in words. Load balancing has a
/// difference of its own.
/// </summary>
/// <param name="Former">For each instance of the new configuration its place in the old one; -1: it is new.</param>
/// <param name="Removed">Places in the old configuration of the instances that are no more.</param>
/// <param name="FormerScripts">For each <c>vrrp_script</c> of the new configuration the one whose result is carried over: same name, command line, user and group; -1: none.</param>
/// <param name="Changes">In words, a line each.</param>
public sealed record ConfigDifference(
    ImmutableArray<int> Former, ImmutableArray<int> Removed, ImmutableArray<int> FormerScripts, ImmutableArray<string> Changes)
{
    public static ConfigDifference Between(KeepalivedConfig before, KeepalivedConfig after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ImmutableArray<int> former = Match(before.Instances, after.Instances);
        ImmutableArray<int> removed = [.. Enumerable.Range(0, before.Instances.Length).Except(former)];
        ImmutableArray<int> scripts = [.. after.Scripts.Select(script => IndexOfSame(before, after, script))];
        IEnumerable<string> changes =
        [
            .. GlobalDifference.Between(before, after),
            .. removed.Select(index => $"vrrp_instance {before.Instances[index].Vrrp.Instance} removed"),
            .. after.Instances.SelectMany((instance, i) => InstanceDifference.Between(former[i] < 0 ? null : before.Instances[former[i]], instance)),
        ];
        return new ConfigDifference(former, removed, scripts, [.. changes]);
    }

    /// <summary>Those of one identity are told apart by their names where these are the same, otherwise by their order.</summary>
    private static ImmutableArray<int> Match(ImmutableArray<VrrpInstanceSettings> before, ImmutableArray<VrrpInstanceSettings> after)
    {
        int[] former = new int[after.Length];
        Array.Fill(former, -1);
        HashSet<int> taken = [];
        foreach (bool byName in (bool[])[true, false])
        {
            for (int i = 0; i < after.Length; i++)
            {
                if (former[i] >= 0)
                {
                    continue;
                }

                VrrpInstanceSettings wanted = after[i];
                var identity = InstanceIdentity.Of(wanted);
                int found = before.FindIndex((old, index) =>
                    !taken.Contains(index) && InstanceIdentity.Of(old) == identity && (!byName || old.Vrrp.Instance == wanted.Vrrp.Instance));
                if (found >= 0 && taken.Add(found))
                {
                    former[i] = found;
                }
            }
        }

        return [.. former];
    }

    private static int IndexOfSame(KeepalivedConfig before, KeepalivedConfig after, VrrpScriptSettings script) =>
        before.Scripts.FindIndex((old, _) => old.Name == script.Name && CommandText.Of(old.Script, before.Global) == CommandText.Of(script.Script, after.Global));
}

/// <summary>Places in arrays.</summary>
file static class Places
{
    internal static int FindIndex<T>(this ImmutableArray<T> array, Func<T, int, bool> isWanted)
    {
        for (int i = 0; i < array.Length; i++)
        {
            if (isWanted(array[i], i))
            {
                return i;
            }
        }

        return -1;
    }
}
