using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>One run of a hook, or a tracked script's change.</summary>
/// <param name="Hook">The keyword and its owner, such as <c>notify_master VI_1</c>.</param>
/// <param name="Run">Its number on the node since the daemon's start; null for a tracked script.</param>
/// <param name="Started">By the node's clock.</param>
/// <param name="Duration">Null: it has not ended, or its end is not in what was asked for.</param>
/// <param name="Command">Null: its start is not in what was asked for.</param>
/// <param name="Outcome">In words.</param>
/// <param name="Failed">It ended badly; for a tracked script: it is down from here on.</param>
/// <param name="OutputTail">The last of what it printed.</param>
/// <param name="Cause">The record that caused it, as node/boot/sequence; null: none.</param>
/// <param name="Word">Position of its last event.</param>
public sealed record HookRun(
    string Site, string Node, string Hook, long? Run, DateTimeOffset Started, TimeSpan? Duration, IReadOnlyList<string>? Command, string Outcome, bool Failed,
    string OutputTail, string? Cause, long Word)
{
    /// <summary>Joins starts and ends; a pure fold.</summary>
    /// <returns>Oldest first.</returns>
    public static IReadOnlyList<HookRun> Of(IEnumerable<RecordedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Dictionary<(string, string?, string, long), HookRun> runs = [];
        List<HookRun> others = [];
        foreach (RecordedEvent e in events.OrderBy(e => e.Position))
        {
            switch (e.Event)
            {
                case HookStarted h:
                    runs[(h.Node, e.Origin?.Boot, h.Hook, h.Run)] = new HookRun(
                        e.Tenant, h.Node, h.Hook, h.Run, e.Time, null, h.Function is { } function ? [function, .. h.Command] : h.Command, "it still runs, as far as is known",
                        false, "", e.CausationId, e.Position);
                    break;
                case HookFinished h:
                    HookRun? begun = runs.GetValueOrDefault((h.Node, e.Origin?.Boot, h.Hook, h.Run));
                    runs[(h.Node, e.Origin?.Boot, h.Hook, h.Run)] = (begun ?? new HookRun(
                        e.Tenant, h.Node, h.Hook, h.Run, e.Time - h.Duration, null, null, "", false, "", e.CausationId, e.Position)) with
                    {
                        Duration = h.Duration,
                        Outcome = EventSentence.Of(e),
                        Failed = h.Error is not null || h.Limit is not null || h.Signal is not null || h.ExitCode is not (null or 0),
                        OutputTail = h.OutputTail,
                        Word = e.Position,
                    };
                    break;
                case TrackScriptChanged t:
                    others.Add(new HookRun(
                        e.Tenant, t.Node, t.Hook, null, e.Time - t.Duration, t.Duration, null, EventSentence.Of(e), t.To == TrackStatus.Down, t.OutputTail,
                        e.CausationId, e.Position));
                    break;
                case TrackRunSkipped t:
                    others.Add(new HookRun(
                        e.Tenant, t.Node, t.Hook, null, e.Time, null, null, EventSentence.Of(e), true, "", e.CausationId, e.Position));
                    break;
            }
        }

        return [.. runs.Values.Concat(others).OrderBy(run => run.Started).ThenBy(run => run.Word)];
    }
}

/// <summary>Runs of a stretch of time.</summary>
/// <param name="Truncated">Earlier ones were left out.</param>
public sealed record HookRuns(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<HookRun> Runs, bool Truncated);
