using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>Keeps the board up to date with the store.</summary>
public sealed class BoardProjection(BoardStore board, int version = 1) : IVersionedProjection
{
    private Dictionary<(string Tenant, string Node), NodeState>? _nodes;
    private Dictionary<(string Tenant, string Node), NodeState> _changed = [];

    public string Name => BoardStore.Projection;

    public int Version => version;

    public bool WantsTicks => false;

    public IProjection AtVersion(int version) => new BoardProjection(board, version);

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _nodes ??= (await board.LoadAsync(batch.Connection, version, stop)).ToDictionary(node => (node.Tenant, node.Node));
        _changed = Fold(batch.Events, _nodes);
        await board.SaveAsync(batch.Connection, version, _changed.Values, stop);
    }

    public Task CommittedAsync(CancellationToken stop)
    {
        foreach ((var key, NodeState node) in _changed)
        {
            _nodes![key] = node;
        }

        _changed = [];
        return Task.CompletedTask;
    }

    public void Forget() => (_nodes, _changed) = (null, []);

    public Task ResetAsync(NpgsqlConnection connection, CancellationToken stop) => board.DeleteAsync(connection, version, stop);

    /// <summary>Folds events into the states of their nodes. Pure.</summary>
    /// <returns>The states that changed.</returns>
    internal static Dictionary<(string Tenant, string Node), NodeState> Fold(
        IEnumerable<RecordedEvent> events, IReadOnlyDictionary<(string Tenant, string Node), NodeState> before)
    {
        Dictionary<(string, string), NodeState> changed = [];
        foreach (RecordedEvent recorded in events)
        {
            if (recorded.Event is not INodeEvent { Node: { Length: > 0 } node })
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
