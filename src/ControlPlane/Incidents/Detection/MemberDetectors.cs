using System.Collections.Immutable;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>What the members of a VRID show without their masterships: faults, flapping, collisions, settings that do not fit.</summary>
internal static class MemberDetectors
{
    /// <summary>So many changes of Master within <see cref="FlapWindow"/> are flapping.</summary>
    internal const int FlapCount = 5;

    internal static readonly TimeSpan FlapWindow = TimeSpan.FromMinutes(10);

    /// <summary>A collision is over when nothing of the other router was dropped for so long: a node tells it every ten seconds.</summary>
    internal static readonly TimeSpan CollisionQuiet = TimeSpan.FromMinutes(1);

    internal static IEnumerable<Finding> Faults(VirtualRouter router) =>
        from member in router.Members
        where member is { Phase: VrrpPhase.Fault, IsStopped: false }
        select new Finding(IncidentKind.Fault, MemberFacts.KeyOf(member.Node, member.Instance), new IncidentFacts(
            IncidentSeverity.Warning, member.Since, null, TimeSpan.Zero, null, [member.Node], router.Addresses,
            $"{member.Instance} of {member.Node} is in FAULT: {member.Faults}", [member.Word]));

    internal static IEnumerable<Finding> Flapping(VirtualRouter router, DetectionContext context)
    {
        IReadOnlyList<Mastership> masterships = router.Masterships;
        for (int first = 0; first + FlapCount <= masterships.Count; first++)
        {
            int last = first + FlapCount - 1;
            if (masterships[last].From - masterships[first].From > FlapWindow)
            {
                continue;
            }

            while (last + 1 < masterships.Count && masterships[last + 1].From - masterships[last - FlapCount + 2].From <= FlapWindow)
            {
                last++;
            }

            bool over = context.Now - masterships[last].From > FlapWindow;
            Mastership[] all = [.. masterships.Skip(first).Take(last - first + 1)];
            string[] nodes = [.. all.Select(m => m.Node).Distinct(StringComparer.Ordinal)];
            yield return new Finding(IncidentKind.Flapping, "", new IncidentFacts(
                IncidentSeverity.Warning, all[0].From, over ? all[^1].From : null, context.Uncertainty(nodes), null, nodes, router.Addresses,
                $"the Master changed at least {FlapCount} times in {FlapWindow.TotalMinutes:0} minutes, between {string.Join(" and ", nodes)}",
                [.. all.Take(FlapCount).Select(m => m.Opened)]));
            first = last;
        }
    }

    internal static IEnumerable<Finding> Mismatches(VirtualRouter router)
    {
        MemberFacts[] live = [.. router.Members.Where(member => !member.IsStopped)];
        string[] differences =
        [
            .. Difference(live, "VRRP version", m => m.Version.ToString()),
            .. Difference(live, "advertisement interval", m => $"{m.AdverInterval.TotalSeconds:0.##} s"),
            .. Difference(live, "virtual addresses", m => string.Join(", ", m.Addresses.Select(RouterFacts.Bare).Order(StringComparer.Ordinal))),
        ];
        if (differences.Length > 0)
        {
            yield return new Finding(IncidentKind.ConfigurationMismatch, "", new IncidentFacts(
                IncidentSeverity.Warning, live.Max(m => m.Since), null, TimeSpan.Zero, null, [.. live.Select(m => m.Node)], router.Addresses,
                $"the settings do not fit together: {string.Join("; ", differences)}", [.. live.Select(m => m.Word)]));
        }
    }

    /// <summary>Another router with our VRID on our LAN: its members are known, or its packets are dropped for a password or list of addresses that is not ours.</summary>
    internal static IEnumerable<Finding> Collisions(RouterFacts facts, IReadOnlyList<VirtualRouter> routers, DetectionContext context)
    {
        return
            from router in routers
            from rejection in router.Members.SelectMany(m => m.Rejected)
            where IsForeign(rejection) && !router.Members.Any(m => m.Source.ToString() == rejection.Peer)
            group rejection by (router, rejection.Peer) into foreign
            select Collision(facts, foreign.Key.router, [.. foreign.OrderBy(r => r.At)], context);
    }

    private static Finding Collision(RouterFacts facts, VirtualRouter router, Rejection[] foreign, DetectionContext context)
    {
        string peer = foreign[0].Peer;
        string who = facts.Members.Values.FirstOrDefault(m => m.Source.ToString() == peer)?.Node is { } node ? $"{node} ({peer})" : peer;
        DateTimeOffset last = router.Members.Select(m => m.Heard.GetValueOrDefault(peer)).Append(foreign[^1].At).Max();
        return new Finding(IncidentKind.VridCollision, peer, new IncidentFacts(
            IncidentSeverity.Warning, foreign[0].At, context.Now - last > CollisionQuiet ? last : null, TimeSpan.Zero, null,
            [.. router.Members.Select(m => m.Node)], router.Addresses,
            $"{who} sends VRRP with VRID {facts.Vrid} for another virtual router: {foreign[^1].Detail}", [foreign[0].Word]));
    }

    private static bool IsForeign(Rejection rejection) => rejection.Reason is nameof(AdvertisementVerdict.AuthenticationFailed)
        or nameof(AdvertisementVerdict.AuthenticationType) or nameof(AdvertisementNotes.AddressesDiffer) or nameof(AdvertisementVerdict.AdverInterval);

    private static IEnumerable<string> Difference(MemberFacts[] live, string what, Func<MemberFacts, string> value) =>
        live.Select(value).Distinct(StringComparer.Ordinal).Count() > 1
            ? [$"{what} {string.Join(", ", live.Select(m => $"{value(m)} on {m.Node}"))}"]
            : [];
}
