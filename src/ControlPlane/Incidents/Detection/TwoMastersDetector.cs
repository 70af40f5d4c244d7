using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>
/// Stretches in which several nodes were Master. A hand-over needs no longer than an advertisement interval, and clocks differ: what is shorter than both
/// together is none. A Master that is silent counts until its last word: later, nothing is known of it.
/// </summary>
internal static class TwoMastersDetector
{
    internal static IEnumerable<Finding> Find(VirtualRouter router, DetectionContext context)
    {
        Mastership[] masterships = [.. router.Masterships];
        List<Stretch> stretches = [];
        for (int later = 1; later < masterships.Length; later++)
        {
            for (int earlier = 0; earlier < later; earlier++)
            {
                if (Overlap(router, masterships[earlier], masterships[later], context) is { } overlap)
                {
                    Join(stretches, overlap, router.AdverInterval);
                }
            }
        }

        return stretches.SelectMany(stretch => Describe(router, stretch, context));
    }

    private static Stretch? Overlap(VirtualRouter router, Mastership one, Mastership next, DetectionContext context)
    {
        if (one.Node == next.Node)
        {
            return null;
        }

        DateTimeOffset end = Earlier(KnownUntil(router, one), KnownUntil(router, next));
        TimeSpan tolerance = router.AdverInterval + context.Uncertainty([one.Node, next.Node]);
        return end - next.From > tolerance
            ? new Stretch(next.From, one.To is { } a && next.To is { } b ? Earlier(a, b) : one.To ?? next.To, end, [one, next])
            : null;
    }

    private static DateTimeOffset KnownUntil(VirtualRouter router, Mastership mastership) =>
        mastership.To ?? router.Member(mastership)!.LastWord;

    private static void Join(List<Stretch> stretches, Stretch overlap, TimeSpan tolerance)
    {
        int index = stretches.FindIndex(known => overlap.From <= known.Until + tolerance && known.From <= overlap.Until + tolerance);
        if (index < 0)
        {
            stretches.Add(overlap);
            return;
        }

        Stretch known = stretches[index];
        stretches[index] = new Stretch(
            Earlier(known.From, overlap.From), known.To is { } a && overlap.To is { } b ? Later(a, b) : null, Later(known.Until, overlap.Until),
            [.. known.Of.Union(overlap.Of)]);
    }

    private static IEnumerable<Finding> Describe(VirtualRouter router, Stretch stretch, DetectionContext context)
    {
        string[] nodes = [.. stretch.Of.Select(m => m.Node).Distinct(StringComparer.Ordinal)];
        (string Hears, string Deaf, string Word)? oneWay = OneWay(router, stretch);
        string because = oneWay is { } known
            ? $"{known.Deaf} did not hear {known.Hears}, which heard it"
            : $"neither heard the other: the network between them was cut, or drops VRRP";
        string ended = stretch.To is null ? "" : $", until {string.Join(" and ", stretch.Of.Where(m => m.To is not null).Select(Ending).Distinct())}";
        TimeSpan uncertainty = context.Uncertainty(nodes);
        string[] evidence = [.. stretch.Of.OrderBy(m => m.From).SelectMany(m => new[] { m.Opened, m.Closed }).OfType<string>().Distinct()];
        yield return new Finding(IncidentKind.TwoMasters, "", new IncidentFacts(
            IncidentSeverity.Critical, stretch.From, stretch.To, uncertainty, null, nodes, router.Addresses,
            $"{string.Join(" and ", nodes)} were Master at the same time{Length(stretch)}: {because}{ended}", evidence));
        if (oneWay is { } way)
        {
            yield return new Finding(IncidentKind.OneWayLink, "", new IncidentFacts(
                IncidentSeverity.Warning, stretch.From, stretch.To, uncertainty, null, [way.Hears, way.Deaf], router.Addresses,
                $"advertisements of {way.Deaf} reached {way.Hears}, those of {way.Hears} did not reach {way.Deaf}", [way.Word]));
        }
    }

    private static string Length(Stretch stretch) => stretch.To is { } to ? $" for {Durations.Text(to - stretch.From)}" : "";

    private static string Ending(Mastership m) => m.End switch
    {
        MastershipEnd.Died => $"{m.Node} died",
        MastershipEnd.Stopped => $"{m.Node} stopped",
        MastershipEnd.Fault => $"{m.Node} entered FAULT ({m.Detail})",
        _ => $"{m.Node} gave way{(m.Detail is null ? "" : $" to {m.Detail}")}",
    };

    /// <summary>One of two Masters heard the other all the time and was not heard. The one that gives way in the end hears the other then only.</summary>
    private static (string Hears, string Deaf, string Word)? OneWay(VirtualRouter router, Stretch stretch)
    {
        foreach (Mastership hearing in stretch.Of)
        {
            foreach (Mastership deaf in stretch.Of.Where(other => other.Node != hearing.Node))
            {
                MemberFacts listener = router.Member(hearing)!;
                MemberFacts speaker = router.Member(deaf)!;
                Contradiction? contradiction = router.Facts.Contradictions.FirstOrDefault(
                    c => c.Node == hearing.Node && c.Peer == speaker.Source.ToString()
                        && c.Last > stretch.From + router.AdverInterval && c.At < stretch.Until - router.AdverInterval);
                bool heardBack = speaker.Heard.TryGetValue(listener.Source.ToString(), out DateTimeOffset at) && IsWithin(at, stretch, router.AdverInterval);
                if (contradiction is not null && !heardBack)
                {
                    return (hearing.Node, deaf.Node, contradiction.Word);
                }
            }
        }

        return null;
    }

    private static bool IsWithin(DateTimeOffset at, Stretch stretch, TimeSpan margin) => at > stretch.From + margin && at < stretch.Until - margin;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <param name="To">Null while it lasts, as far as is known.</param>
    /// <param name="Until">Last moment of which it is known.</param>
    private sealed record Stretch(DateTimeOffset From, DateTimeOffset? To, DateTimeOffset Until, IReadOnlyList<Mastership> Of);
}
