using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>A stretch in which something about a node stayed the same.</summary>
/// <param name="Known">False: the node was silent, and has not accounted for this time since; <paramref name="Value"/> is what it said last.</param>
/// <param name="Word">The event that began it; null: it had begun before.</param>
internal sealed record LaneStretch<T>(Stretch Time, bool Known, T Value, RecordedEvent? Word);

/// <summary>Lays a node's state out in time, on the control plane's clock. Pure.</summary>
internal static class NodeLane
{
    /// <param name="now">What is recent counts as known while the node's patience lasts.</param>
    /// <param name="value">What is asked about the node; compared with <see cref="object.Equals(object)"/>.</param>
    internal static IReadOnlyList<LaneStretch<T>> Of<T>(NodeAccount account, Stretch asked, DateTimeOffset now, Func<NodeState, T> value)
    {
        List<(Stretch Time, bool Stopped, T Value, RecordedEvent? Word)> stretches = [];
        List<Stretch> restarts = [];
        NodeState state = account.Before;
        DateTimeOffset from = asked.From;
        RecordedEvent? word = null;
        foreach (RecordedEvent recorded in account.Events)
        {
            NodeState next = state.Apply(recorded);
            DateTimeOffset at = asked.Clamp(account.Clock.Correct(recorded.Time));
            if (recorded.Event is NodeStarted && !IsStopped(state))
            {
                restarts.Add(new Stretch(LastWord(account, state), account.Clock.Correct(recorded.Time)));
            }

            if (!Equals(value(next), value(state)) || IsStopped(next) != IsStopped(state))
            {
                at = at < from ? from : at;
                stretches.Add((new Stretch(from, at), IsStopped(state), value(state), word));
                (from, word) = (at, recorded);
            }

            state = next;
        }

        stretches.Add((new Stretch(from, asked.To), IsStopped(state), value(state), word));
        IReadOnlyList<Stretch> known = Known(account, restarts, now);
        return Joined(stretches.Where(s => s.Time.Length > TimeSpan.Zero).SelectMany(s => s.Stopped
            ? [new LaneStretch<T>(s.Time, true, s.Value, s.Word)]
            : Stretches.Cut(s.Time, known).Select((cut, index) => new LaneStretch<T>(cut.Part, cut.Known, s.Value, index == 0 ? s.Word : null))));
    }

    private static List<LaneStretch<T>> Joined<T>(IEnumerable<LaneStretch<T>> stretches)
    {
        List<LaneStretch<T>> joined = [];
        foreach (LaneStretch<T> next in stretches)
        {
            if (joined.Count > 0 && joined[^1].Known == next.Known && Equals(joined[^1].Value, next.Value))
            {
                joined[^1] = joined[^1] with { Time = new Stretch(joined[^1].Time.From, next.Time.To) };
            }
            else
            {
                joined.Add(next);
            }
        }

        return joined;
    }

    /// <summary>A node that stopped in good order, or has said nothing yet, has nothing to say.</summary>
    private static bool IsStopped(NodeState state) => state.Stopped || state.Position == 0;

    /// <summary>
    /// When it was in contact, and between the first and the last record of one start of its daemon: it lived, and what it did is known by now.
    /// Where it was started again without having stopped, nobody knows what became of it after its last record.
    /// </summary>
    private static List<Stretch> Known(NodeAccount account, List<Stretch> restarts, DateTimeOffset now)
    {
        IEnumerable<Stretch> known = account.Contacts.Select(c => new Stretch(c.From, now - c.To <= IngestLimits.Silence ? now : c.To))
            .Concat(account.Boots.Select(boot => new Stretch(account.Clock.Correct(boot.First), account.Clock.Correct(boot.Last))));
        return Stretches.Union(restarts.Aggregate(known, (left, gap) => left.Without(gap)));
    }

    private static DateTimeOffset LastWord(NodeAccount account, NodeState state) => account.Clock.Correct(
        account.Boots.Where(boot => boot.Boot == state.Boot).Select(boot => boot.Last).DefaultIfEmpty(state.LatestWall).First());
}
