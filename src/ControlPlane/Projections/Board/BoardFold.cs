using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>Folds events into the states of their nodes. Pure.</summary>
/// <param name="before">The states before; not changed.</param>
internal sealed class BoardFold(IReadOnlyDictionary<(string Tenant, string Node), NodeState> before)
{
    /// <summary>A state is kept for past boards after so many events that changed it.</summary>
    internal const int KeepAfter = 64;

    internal IReadOnlyDictionary<(string Tenant, string Node), NodeState> Before => before;

    /// <summary>The states that changed.</summary>
    internal Dictionary<(string Tenant, string Node), NodeState> Changed { get; } = [];

    /// <summary>States to keep for past boards.</summary>
    internal List<NodeState> Kept { get; } = [];

    /// <summary>Events that are older than one of their node that came before them.</summary>
    internal List<(string Tenant, string Node, long Position, DateTimeOffset Time)> Late { get; } = [];

    internal void Apply(RecordedEvent recorded)
    {
        if (recorded.Event is not INodeEvent { Node: { Length: > 0 } node })
        {
            return;
        }

        var key = (recorded.Tenant, node);
        NodeState state = Changed.GetValueOrDefault(key) ?? before.GetValueOrDefault(key) ?? NodeState.Empty(recorded.Tenant, node);
        NodeState folded = state.Apply(recorded);
        if (folded.Unkept > state.Unkept && recorded.Time < state.LatestWall)
        {
            Late.Add((recorded.Tenant, node, recorded.Position, recorded.Time));
        }

        if (folded.Unkept >= KeepAfter)
        {
            folded = folded with { Unkept = 0 };
            Kept.Add(folded);
        }

        Changed[key] = folded;
    }

    /// <summary>All states after what was applied.</summary>
    internal IEnumerable<NodeState> Now() => Changed.Values.Concat(before.Where(pair => !Changed.ContainsKey(pair.Key)).Select(pair => pair.Value));
}
