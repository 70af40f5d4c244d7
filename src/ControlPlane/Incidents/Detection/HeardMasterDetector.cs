using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>
/// Two Masters of which one tells nothing here, since it runs another daemon: the other heard its advertisements. A Master hears a lower priority when it
/// has just taken over; one that is heard later than an advertisement interval after that did not hear it. From when to when it was Master is known only
/// as far as it was heard. What a higher priority did before our Master gave way to it, nobody tells: it may have been dead.
/// </summary>
internal static class HeardMasterDetector
{
    /// <summary>It is over when nothing was heard for so long; records may be that late.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    internal static IEnumerable<Finding> Find(VirtualRouter router, DetectionContext context) =>
        from heard in router.Facts.Contradictions
        where router.Members.All(member => member.Source.ToString() != heard.Peer)
        let hearing = router.Masterships.LastOrDefault(m => m.Node == heard.Node && m.From <= heard.Last)
        where hearing is not null && heard.Last > hearing.From + router.AdverInterval
        select Describe(router, heard, hearing, context);

    private static Finding Describe(VirtualRouter router, Contradiction heard, Mastership hearing, DetectionContext context)
    {
        bool over = hearing.To is not null || context.Now - heard.Last > Quiet;
        TimeSpan length = heard.Last - heard.At;
        string known = length > router.AdverInterval
            ? $"heard {heard.Peer} as Master for {Durations.Text(length)}, which did not hear it"
            : $"heard {heard.Peer} as Master, which had not heard it: the network between them was cut until then, or drops VRRP";
        return new Finding(IncidentKind.TwoMasters, heard.Peer, new IncidentFacts(
            IncidentSeverity.Critical, heard.At, over ? heard.Last : null, TimeSpan.Zero, null, [heard.Node], router.Addresses,
            $"{heard.Node} was Master and {known}; {heard.Peer} sends no records, so whether it was Master before and after that is not known",
            [hearing.Opened, heard.Word]));
    }
}
