using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>What happened beside the transitions. Pure.</summary>
internal static class StoryMarks
{
    internal static IEnumerable<StoryMark> Of(IReadOnlyList<RecordedEvent> events, Func<RecordedEvent, DateTimeOffset> at) =>
        events.Select(e => Mark(e, at(e))).OfType<StoryMark>().OrderBy(mark => mark.At);

    private static StoryMark? Mark(RecordedEvent e, DateTimeOffset at)
    {
        (string Kind, bool IsBad, TimeSpan Length)? mark = e.Event switch
        {
            HookFinished h => ("hook", h.Error is not null || h.Limit is not null || h.ExitCode is not 0 and not null || h.Signal is not null, h.Duration),
            TrackScriptChanged t => ("check", t.To == TrackStatus.Down, TimeSpan.Zero),
            CheckChanged c => ("check", c.To == Domain.Health.CheckStatus.Down, TimeSpan.Zero),
            RealServerDown or QuorumLost => ("check", true, TimeSpan.Zero),
            RealServerUp or QuorumGained => ("check", false, TimeSpan.Zero),
            LinkChanged l => ("link", l.State != "up", TimeSpan.Zero),
            AddressAdded a => ("address", a.Error is not null, TimeSpan.Zero),
            AddressRemoved a => ("address", a.Error is not null, TimeSpan.Zero),
            AddressLost => ("address", true, TimeSpan.Zero),
            LowerPriorityMasterHeard or AdvertisementsRejected => ("note", true, TimeSpan.Zero),
            PriorityChanged p => ("note", p.To < p.From, TimeSpan.Zero),
            NodeStarted => ("node", false, TimeSpan.Zero),
            NodeStopped => ("node", true, TimeSpan.Zero),
            _ => null,
        };
        return mark is { } known
            ? new StoryMark(at - known.Length, known.Length, e.Origin?.Node ?? "", known.Kind, EventSentence.Of(e), known.IsBad)
            : null;
    }
}
