using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>Keeps the board up to date with the store.</summary>
public sealed class BoardProjection(BoardStore board, int version = 1) : IVersionedProjection, ISelectiveProjection
{
    private Dictionary<(string Tenant, string Node), NodeState>? _nodes;
    private BoardFold? _fold;

    public string Name => BoardStore.Projection;

    public int Version => version;

    public bool WantsTicks => false;

    public IReadOnlyList<string> Types => Landmarks.Types;

    public IProjection AtVersion(int version) => new BoardProjection(board, version);

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _nodes ??= (await board.LoadAsync(batch.Connection, version, stop)).ToDictionary(node => (node.Tenant, node.Node));
        _fold = new BoardFold(_nodes);
        foreach (RecordedEvent recorded in batch.Events)
        {
            _fold.Apply(recorded);
        }

        await board.SaveAsync(batch.Connection, version, _fold, stop);
    }

    public Task CommittedAsync(CancellationToken stop)
    {
        foreach ((var key, NodeState node) in _fold?.Changed ?? [])
        {
            _nodes![key] = node;
        }

        _fold = null;
        return Task.CompletedTask;
    }

    public void Forget() => (_nodes, _fold) = (null, null);

    public Task ResetAsync(NpgsqlConnection connection, CancellationToken stop) => board.DeleteAsync(connection, version, stop);
}
