using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>Each time that another node became Master.</summary>
internal static class FailOverDetector
{
    internal static IEnumerable<Finding> Find(VirtualRouter router, DetectionContext context)
    {
        IReadOnlyList<Mastership> masterships = router.Masterships;
        for (int i = 1; i < masterships.Count; i++)
        {
            if (masterships[i - 1].Node != masterships[i].Node)
            {
                yield return Describe(router, masterships[i - 1], masterships[i], context);
            }
        }
    }

    private static Finding Describe(VirtualRouter router, Mastership before, Mastership after, DetectionContext context)
    {
        bool planned = after.Reason is TransitionReason.PreemptedLowerPriority or TransitionReason.MasterResigned or TransitionReason.AddressOwner;
        bool wasMaster = before.To is null || before.To > after.From;
        DateTimeOffset start = Start(before, after, planned);
        TimeSpan? outage = (wasMaster, planned) switch
        {
            (true, true) => TimeSpan.Zero,
            (true, false) when router.Member(before)!.LastWord > after.From => null,     // two Masters: whom clients reached is not known
            _ => after.From - start,
        };
        bool sameClock = after.LastHeard is not null && start == after.LastHeard;
        return new Finding(IncidentKind.FailOver, after.Opened, new IncidentFacts(
            planned ? IncidentSeverity.Notice : IncidentSeverity.Warning, start, after.From,
            sameClock ? TimeSpan.Zero : context.Uncertainty([before.Node, after.Node]), outage, [before.Node, after.Node], router.Addresses,
            Cause(router, before, after, context),
            [.. new[] { before.Opened, before.Closed, after.Opened }.OfType<string>()]));
    }

    /// <summary>An outage begins at most when the old Master was heard last, or when it said that it was none any more.</summary>
    private static DateTimeOffset Start(Mastership before, Mastership after, bool planned) => (before, after) switch
    {
        ({ To: { } to, End: not MastershipEnd.Died }, _) when to < after.From => to,
        (_, { LastHeard: { } heard }) when !planned => heard,
        ({ To: { } to }, _) when to < after.From => to,
        _ => after.From,
    };

    private static string Cause(VirtualRouter router, Mastership before, Mastership after, DetectionContext context)
    {
        string how = after.Reason switch
        {
            TransitionReason.MasterDownTimerExpired when after.LastHeard is { } heard =>
                $"it had not heard {router.NodeAt(after.LastMaster)} for {Durations.Text(after.From - heard)}",
            TransitionReason.PreemptedLowerPriority => $"its priority is higher than that of {before.Node}, and it preempts",
            TransitionReason.MasterResigned => $"{before.Node} resigned",
            _ => EventSentence.Reason(after.Reason),
        };
        return $"{after.Node} took over from {before.Node}: {how}{Fate(before, context)}";
    }

    private static string Fate(Mastership before, DetectionContext context) => before.End switch
    {
        MastershipEnd.Died => $"; {before.Node} died without a word and was started again later",
        MastershipEnd.Fault => $"; {before.Node} was in FAULT ({before.Detail})",
        MastershipEnd.Stopped => $"; the daemon on {before.Node} was stopped",
        _ when before.To is null && context.LastContact.TryGetValue(before.Node, out DateTimeOffset last) =>
            $"; {before.Node} has been silent since {last:yyyy-MM-dd HH:mm:ss} UTC",
        _ => "",
    };
}
