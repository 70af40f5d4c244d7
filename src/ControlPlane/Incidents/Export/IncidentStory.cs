using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>A stretch in which an instance was in one state.</summary>
/// <param name="State">The last known one, or <see cref="MemberPhase.Unknown"/> while the node was silent.</param>
/// <param name="Why">The record's words; null where only time passed.</param>
/// <param name="Label">Written into the picture; null: the state's name.</param>
public sealed record StorySegment(DateTimeOffset From, DateTimeOffset To, MemberPhase State, string? Why, string? Label = null);

/// <summary>One instance of one node over the incident's time.</summary>
public sealed record StoryLane(string Node, string Instance, IReadOnlyList<StorySegment> Segments);

/// <summary>Something that happened at one moment or, as a hook's run, took a while.</summary>
/// <param name="Kind">What it belongs to: <c>hook</c>, <c>check</c>, <c>link</c>, <c>address</c>, <c>note</c> or <c>node</c>.</param>
public sealed record StoryMark(DateTimeOffset At, TimeSpan Length, string Node, string Kind, string Text, bool IsBad);

/// <summary>One line of the incident's course.</summary>
public sealed record StoryLine(DateTimeOffset At, string Node, string Type, string Text, string Record);

/// <summary>An incident laid out in time, on the control plane's clock: what all its pictures and reports are made of. Pure.</summary>
/// <param name="Lanes">By node and instance.</param>
/// <param name="Marks">Oldest first.</param>
/// <param name="Lines">What is worth reading, in causal order.</param>
public sealed record IncidentStory(
    IncidentBundle Bundle, IReadOnlyList<StoryLane> Lanes, IReadOnlyList<StoryMark> Marks, IReadOnlyList<StoryLine> Lines)
{
    public static IncidentStory Of(IncidentBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        Dictionary<string, TimeSpan> offsets = bundle.Clocks.ToDictionary(clock => clock.Node, clock => clock.Offset, StringComparer.Ordinal);
        DateTimeOffset At(RecordedEvent e) => e.Time - (e.Origin is { } origin ? offsets.GetValueOrDefault(origin.Node) : TimeSpan.Zero);
        return new IncidentStory(
            bundle, StoryLanes.Of(bundle, At), [.. StoryMarks.Of(bundle.Events, At)],
            [
                .. bundle.Events.Where(IsTold).Select(e => new StoryLine(
                    At(e), e.Origin?.Node ?? "", e.Type, EventSentence.Of(e),
                    e.Origin is { } origin ? $"{origin.Node}/{origin.Boot}/{origin.Sequence}" : $"{e.Position}")),
            ]);
    }

    /// <summary>Windows of inputs and digests are for machines.</summary>
    private static bool IsTold(RecordedEvent e) => e.Event is not (null or InputsRecorded or AdvertisementDigest or HookHostCalled or TimerLate);
}
