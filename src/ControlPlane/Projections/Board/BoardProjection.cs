using Keepalived.Es.ControlPlane.EventStore;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>Keeps the board up to date with the store. May be killed at any moment: checkpoint and rows are one transaction.</summary>
public sealed class BoardProjection(IEventStore events, BoardStore board)
{
    private const int PageSize = 2_000;
    private Dictionary<(string Tenant, string Node), NodeState>? _nodes;
    private long _position;

    /// <summary>Position up to which the rows are folded.</summary>
    public long Position => _position;

    /// <summary>Folds and saves pages until nothing is left below the high-water mark.</summary>
    public async Task CatchUpAsync(CancellationToken stop)
    {
        while (await StepAsync(stop))
        {
        }
    }

    /// <returns>True when there may be more.</returns>
    private async Task<bool> StepAsync(CancellationToken stop)
    {
        if (_nodes is null)
        {
            (IReadOnlyList<NodeState> rows, _position) = await board.LoadAsync(stop);
            _nodes = rows.ToDictionary(node => (node.Tenant, node.Node));
        }

        EventPage page = await events.ReadAllAsync(_position, PageSize, stop);
        if (page.Events.Count == 0)
        {
            return false;
        }

        Dictionary<(string, string), NodeState> changed = Fold(page.Events, _nodes);
        long to = page.Events[^1].Position;
        if (!await board.SaveAsync(changed.Values, _position, to, stop))
        {
            _nodes = null;
            return true;
        }

        foreach ((var key, NodeState node) in changed)
        {
            _nodes[key] = node;
        }

        _position = to;
        return true;
    }

    /// <summary>Folds events into the states of their nodes. Pure.</summary>
    /// <returns>The states that changed.</returns>
    internal static Dictionary<(string Tenant, string Node), NodeState> Fold(
        IEnumerable<RecordedEvent> events, IReadOnlyDictionary<(string Tenant, string Node), NodeState> before)
    {
        Dictionary<(string, string), NodeState> changed = [];
        foreach (RecordedEvent recorded in events)
        {
            if (recorded.Event is not Domain.Events.INodeEvent { Node: { Length: > 0 } node })
            {
                continue;
            }

            var key = (recorded.Tenant, node);
            NodeState state = changed.GetValueOrDefault(key) ?? before.GetValueOrDefault(key) ?? NodeState.Empty(recorded.Tenant, node);
            changed[key] = state.Apply(recorded);
        }

        return changed;
    }
}
