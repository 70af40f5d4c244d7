using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>
/// Nobody was Master for longer than a Backup needs to take over, although a daemon ran. A Master that fell silent without another one taking over is
/// counted as gone from its last contact on: what it does is not known, and nobody else answers.
/// </summary>
internal static class NoMasterDetector
{
    /// <summary>What a fail-over may take beyond Master_Down_Interval, and a record until it is here.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    internal static IEnumerable<Finding> Find(VirtualRouter router, DetectionContext context)
    {
        TimeSpan patience = Patience(router);
        DateTimeOffset? free = null;
        Mastership? last = null;
        foreach (Mastership mastership in router.Masterships)
        {
            if (free is { } left && last is not null && mastership.From - Later(left, mastership.LastHeard) > patience)
            {
                yield return Describe(router, last, Later(left, mastership.LastHeard), mastership, context);
            }

            DateTimeOffset? to = mastership.To ?? Silence(mastership, context);
            (last, free) = last is null || to is null || free is not null && to > free ? (mastership, to) : (last, free);
        }

        bool runs = router.Members.Any(member => !member.IsStopped || IsStarting(router, member, context));
        if (last is not null && free is { } since && context.Now - since > patience && runs)
        {
            yield return Describe(router, last, since, null, context);
        }
    }

    private static TimeSpan Patience(VirtualRouter router) => router.MasterDownInterval + Budget;

    /// <summary>Its daemon has just started. One that says nothing of the instance for longer is not configured with it any more.</summary>
    private static bool IsStarting(VirtualRouter router, MemberFacts member, DetectionContext context) => context.Now - member.Starting < Patience(router);

    /// <summary>Whoever is heard is there: a Master that died has often told less of itself than its successor heard of it.</summary>
    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset? heard) => heard > left ? heard.Value : left;

    private static DateTimeOffset? Silence(Mastership mastership, DetectionContext context) =>
        context.LastContact.TryGetValue(mastership.Node, out DateTimeOffset last) ? last : null;

    private static Finding Describe(VirtualRouter router, Mastership last, DateTimeOffset from, Mastership? next, DetectionContext context)
    {
        string left = last.End switch
        {
            MastershipEnd.None => $"{last.Node} was Master and is silent",
            MastershipEnd.Died => $"{last.Node} died",
            MastershipEnd.Stopped => $"{last.Node} was stopped",
            MastershipEnd.Fault => $"{last.Node} entered FAULT ({last.Detail})",
            _ => $"{last.Node} gave way",
        };
        string others = string.Join("; ", router.Members.Where(m => m.Node != last.Node).Select(m => $"{m.Node} {Doing(router, m, context)}"));
        string then = next is null ? "" : $"; after {Durations.Text(next.From - from)} {next.Node} became Master";
        string[] nodes = [.. router.Members.Select(m => m.Node).Distinct(StringComparer.Ordinal)];
        return new Finding(IncidentKind.NoMaster, "", new IncidentFacts(
            IncidentSeverity.Critical, from, next?.From, context.Uncertainty(nodes), next?.From - from, nodes, router.Addresses,
            $"nobody was Master: {left}{(others.Length == 0 || next is not null ? "" : "; " + others)}{then}",
            [.. new[] { last.Opened, last.Closed, next?.Opened }.OfType<string>()]));
    }

    private static string Doing(VirtualRouter router, MemberFacts member, DetectionContext context) =>
        context.LastContact.ContainsKey(member.Node) ? "is silent"
        : IsStarting(router, member, context) ? "is starting"
        : member.IsStopped ? "is stopped"
        : member.Phase == VrrpPhase.Fault ? $"is in FAULT ({member.Faults})"
        : $"is {EventSentence.PhaseName(member.Phase)}";
}
