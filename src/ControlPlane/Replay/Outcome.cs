using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>A stretch in which the same nodes were Master.</summary>
/// <param name="Masters">None, one or several.</param>
public sealed record MasterStretch(TimeSpan From, TimeSpan To, IReadOnlyList<string> Masters);

/// <summary>What became of a virtual router's addresses.</summary>
/// <param name="Transitions">Oldest first.</param>
/// <param name="Stretches">Who was Master when, without a hole.</param>
/// <param name="WithoutMaster">Sum of the stretches without a Master after the first one had one.</param>
/// <param name="WithSeveral">Sum of the stretches with several.</param>
public sealed record Outcome(
    string Name, IReadOnlyList<MemberTransition> Transitions, IReadOnlyList<MasterStretch> Stretches, TimeSpan WithoutMaster, TimeSpan WithSeveral)
{
    /// <param name="masters">Nodes that were Master at zero.</param>
    /// <param name="deaths">Moments at which a node died: the record has no transition for them.</param>
    internal static Outcome Of(
        string name, IEnumerable<string> masters, IEnumerable<MemberTransition> transitions, IEnumerable<(TimeSpan At, string Node)> deaths, TimeSpan length)
    {
        MemberTransition[] sorted = [.. transitions.OrderBy(t => t.At)];
        SortedSet<string> current = new(masters, StringComparer.Ordinal);
        List<MasterStretch> stretches = [];
        TimeSpan from = TimeSpan.Zero;
        foreach ((TimeSpan at, string node, bool isMaster) in sorted.Select(t => (t.At, t.Node, t.To == VrrpPhase.Master))
            .Concat(deaths.Select(death => (death.At, death.Node, false))).OrderBy(change => change.Item1))
        {
            string[] before = [.. current];
            if (!(isMaster ? current.Add(node) : current.Remove(node)))
            {
                continue;
            }

            if (at > from)
            {
                stretches.Add(new MasterStretch(from, at, before));
                from = at;
            }
        }

        stretches.Add(new MasterStretch(from, length, [.. current]));
        IEnumerable<MasterStretch> after = stretches.SkipWhile(s => s.Masters.Count == 0);
        return new Outcome(
            name, sorted, stretches, Sum(after.Where(s => s.Masters.Count == 0)), Sum(after.Where(s => s.Masters.Count > 1)));
    }

    private static TimeSpan Sum(IEnumerable<MasterStretch> stretches) => stretches.Aggregate(TimeSpan.Zero, (sum, s) => sum + (s.To - s.From));
}
