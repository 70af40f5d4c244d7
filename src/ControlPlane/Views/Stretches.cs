namespace Keepalived.Es.ControlPlane.Views;

/// <summary>Sets of stretches. Pure.</summary>
internal static class Stretches
{
    /// <summary>Sorted, and joined where they touch.</summary>
    internal static List<Stretch> Union(IEnumerable<Stretch> stretches)
    {
        List<Stretch> joined = [];
        foreach (Stretch next in stretches.Where(s => s.To > s.From).OrderBy(s => s.From))
        {
            if (joined.Count > 0 && next.From <= joined[^1].To)
            {
                joined[^1] = new Stretch(joined[^1].From, next.To > joined[^1].To ? next.To : joined[^1].To);
            }
            else
            {
                joined.Add(next);
            }
        }

        return joined;
    }

    /// <summary>What is left of the stretches without one.</summary>
    internal static IEnumerable<Stretch> Without(this IEnumerable<Stretch> stretches, Stretch gap) => stretches
        .SelectMany(s => new[] { new Stretch(s.From, s.To < gap.From ? s.To : gap.From), new Stretch(s.From > gap.To ? s.From : gap.To, s.To) })
        .Where(s => s.To > s.From);

    /// <summary>A stretch cut where it enters or leaves the known ones.</summary>
    /// <param name="known">Sorted and joined.</param>
    internal static IEnumerable<(Stretch Part, bool Known)> Cut(Stretch whole, IReadOnlyList<Stretch> known)
    {
        DateTimeOffset at = whole.From;
        foreach (Stretch span in known.Where(span => span.To > whole.From && span.From < whole.To))
        {
            if (span.From > at)
            {
                yield return (new Stretch(at, span.From), false);
                at = span.From;
            }

            DateTimeOffset end = span.To < whole.To ? span.To : whole.To;
            yield return (new Stretch(at, end), true);
            at = end;
        }

        if (at < whole.To)
        {
            yield return (new Stretch(at, whole.To), false);
        }
    }
}
