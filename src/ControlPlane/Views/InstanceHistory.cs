using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>A stretch in which an instance was in one phase.</summary>
/// <param name="Phase"><see cref="MemberPhase.Unknown"/> while the node was silent: never Backup by default.</param>
/// <param name="LastSaid">What it had said last; differs from <paramref name="Phase"/> only while it was silent.</param>
/// <param name="Since">When it said so, by the node's clock; earlier than <paramref name="From"/> if the phase began before what was asked for.</param>
/// <param name="Why">The record's words; null: it began before.</param>
/// <param name="Word">Position of the event on whose word it stands.</param>
public sealed record PhaseStretch(
    DateTimeOffset From, DateTimeOffset To, MemberPhase Phase, MemberPhase LastSaid, DateTimeOffset Since, TransitionReason Reason, string? Why, long Word);

/// <summary>The effective priority from a moment on.</summary>
/// <param name="Base">As configured; null: not on record.</param>
/// <param name="Contributions">What each tracker adds or takes; null: not on record.</param>
/// <param name="Word">Position of the event; null: it held already.</param>
public sealed record PriorityPoint(DateTimeOffset At, byte Priority, byte? Base, IReadOnlyDictionary<string, int>? Contributions, long? Word);

/// <summary>One instance over time, on the control plane's clock. A pure fold.</summary>
/// <param name="Clock">How the node's clock stands; moments are so uncertain.</param>
public sealed record InstanceHistory(
    string Site, string Node, string Instance, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<PhaseStretch> Phases,
    IReadOnlyList<PriorityPoint> Priorities, ClockBound Clock)
{
    private sealed record Said(MemberPhase Phase, DateTimeOffset Since, TransitionReason Reason, long Position);

    /// <param name="earlier">The last change of priority before the stretch; null: none.</param>
    /// <returns>Null: the node had no such instance.</returns>
    public static InstanceHistory? Of(NodeAccount account, string instance, Stretch asked, DateTimeOffset now, PriorityChanged? earlier)
    {
        ArgumentNullException.ThrowIfNull(account);
        PhaseStretch[] phases =
        [
            .. NodeLane.Of(account, asked, now, node => node.Instances.GetValueOrDefault(instance) is { } state
                    ? new Said(BoardComposer.Said(state), state.Since, state.Reason, state.Position)
                    : null)
                .Where(s => s.Value is not null)
                .Select(s => new PhaseStretch(
                    s.Time.From, s.Time.To, s.Known ? s.Value!.Phase : MemberPhase.Unknown, s.Value!.Phase, s.Value.Since, s.Value.Reason,
                    s.Word is { Event: ITransitionEvent or NodeStarted or NodeStopped or InstanceConfigured } word ? EventSentence.Of(word) : null, s.Value.Position)),
        ];
        return phases.Length == 0
            ? null
            : new InstanceHistory(
                account.Site, account.Node, instance, asked.From, asked.To, phases, [.. Priority(account, instance, asked, earlier)], account.Clock);
    }

    /// <summary>Names of all instances that the node had in the stretch.</summary>
    internal static IEnumerable<string> NamesOf(NodeAccount account) => account.Before.Instances.Keys
        .Concat(account.Events.Select(e => e.Event).OfType<IInstanceEvent>().Select(e => e.Instance)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static IEnumerable<PriorityPoint> Priority(NodeAccount account, string instance, Stretch asked, PriorityChanged? earlier)
    {
        byte? last = null;
        if (account.Before.Instances.TryGetValue(instance, out InstanceState? before))
        {
            bool holds = earlier?.To == before.Priority;
            last = before.Priority;
            yield return new PriorityPoint(asked.From, before.Priority, holds ? earlier!.Base : null, holds ? earlier!.Contributions : null, null);
        }

        NodeState state = account.Before;
        foreach (RecordedEvent e in account.Events.Where(e => account.Clock.Correct(e.Time) <= asked.To))
        {
            state = state.Apply(e);
            byte? now = state.Instances.GetValueOrDefault(instance)?.Priority;
            PriorityChanged? change = e.Event is PriorityChanged c && c.Instance == instance ? c : null;
            if (now is { } priority && (now != last || change is not null))
            {
                byte? configured = change?.Base ?? (e.Event as InstanceConfigured)?.Config.Priority;
                yield return new PriorityPoint(asked.Clamp(account.Clock.Correct(e.Time)), priority, configured, change?.Contributions, e.Position);
            }

            last = now;
        }
    }
}
