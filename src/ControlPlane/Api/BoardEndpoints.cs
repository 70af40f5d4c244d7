using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary>The board, now and as of a past moment.</summary>
internal static class BoardEndpoints
{
    internal static async Task<IResult> StatusAsync(
        BoardStore board, ContactReader contacts, StoreReader store, TimeProvider time, CancellationToken stop)
    {
        (IReadOnlyList<NodeState> nodes, long position) = await board.LoadAsync(stop);
        BoardView view = BoardComposer.Compose(nodes, await contacts.NowAsync(stop), time.GetUtcNow());
        return Answer.Ok(view with { Position = position, Projections = (await store.StatusAsync(stop)).Projections });
    }

    internal static async Task<IResult> AtAsync(string? time, AuditReader audit, CancellationToken stop) =>
        QueryTime.Read(time) is { } moment
            ? Answer.Ok(await audit.BoardAtAsync(moment, stop))
            : Answer.Error(400, $"time '{time}': {QueryTime.Form}");
}
