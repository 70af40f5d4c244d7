using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>What a step of a shard found.</summary>
internal enum ShardStep
{
    /// <summary>A page was folded; there may be more.</summary>
    Moved,

    /// <summary>Nothing is left below the high-water mark.</summary>
    Idle,

    /// <summary>Nothing is left, but transactions that hold positions are still open.</summary>
    HeldBack,

    /// <summary>The checkpoint was moved by somebody else, or this version is no longer wanted.</summary>
    Lost,
}

/// <summary>Folds one version of a projection, page by page: rows and checkpoint are one transaction. May be killed at any moment.</summary>
internal sealed class ProjectionShard(NpgsqlDataSource database, string schema, IEventStore events, IProjection projection)
{
    /// <summary>Events in a page.</summary>
    internal const int PageSize = 5_000;

    private readonly ShardCheckpoint _checkpoint = new(schema, projection);
    private readonly IReadOnlyList<string>? _types = (projection as ISelectiveProjection)?.Types;
    private long? _position;
    private (long After, Task<EventPage> Page)? _ahead;

    /// <summary>The checkpoint, as far as this process knows; 0 before the first step.</summary>
    internal long Position => _position ?? 0;

    /// <summary>Looks whether the checkpoint is still where this process left it.</summary>
    /// <returns>False: it was moved or taken away.</returns>
    internal async Task<bool> CheckAsync(CancellationToken stop)
    {
        if (_position is not { } known || await _checkpoint.LoadAsync(database, stop) == known)
        {
            return true;
        }

        _position = null;
        projection.Forget();
        return false;
    }

    /// <summary>Folds until nothing is left.</summary>
    internal async Task<ShardStep> CatchUpAsync(CancellationToken stop)
    {
        ShardStep step;
        do
        {
            step = await StepAsync(tick: false, stop);
        }
        while (step == ShardStep.Moved);
        return step;
    }

    /// <summary>Folds the next page.</summary>
    /// <param name="tick">Call the projection also when there is none.</param>
    internal async Task<ShardStep> StepAsync(bool tick, CancellationToken stop)
    {
        _position ??= await _checkpoint.LoadAsync(database, stop);
        if (_position is not { } from)
        {
            return ShardStep.Lost;
        }

        EventPage page = await PageAsync(from, stop);
        bool full = page.Events.Count == PageSize;
        long to = full ? page.Events[^1].Position : Math.Max(from, page.HighWaterMark);
        if (to == from && !tick)
        {
            return page.HeldBack ? ShardStep.HeldBack : ShardStep.Idle;
        }

        _ahead = full ? (to, events.ReadAllAsync(to, PageSize, stop, _types)) : null;
        bool moved;
        try
        {
            moved = await ApplyAsync(page.Events, from, to, stop);
        }
        catch (Exception failure) when (_position is null && PoisonEvent.Suspected(failure))
        {
            moved = await SeparateAsync(page.Events, from, to, stop);
        }

        return !moved ? ShardStep.Lost : to > from ? ShardStep.Moved : page.HeldBack ? ShardStep.HeldBack : ShardStep.Idle;
    }

    private async Task<EventPage> PageAsync(long after, CancellationToken stop)
    {
        (long After, Task<EventPage> Page)? ahead = _ahead;
        _ahead = null;
        if (ahead is { } read)
        {
            EventPage page = await read.Page;
            if (read.After == after)
            {
                return page;
            }
        }

        return await events.ReadAllAsync(after, PageSize, stop, _types);
    }

    /// <returns>False: the checkpoint is not at <paramref name="from"/>, and nothing is written.</returns>
    private async Task<bool> ApplyAsync(IReadOnlyList<RecordedEvent> page, long from, long to, CancellationToken stop)
    {
        _position = null;                                     // until it is known how the transaction ended
        try
        {
            await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
            if (await _checkpoint.MoveAsync(connection, from, to, stop) is not { } now)
            {
                projection.Forget();
                return false;
            }

            if (page.Count > 0 || projection.WantsTicks)
            {
                await projection.ApplyAsync(new ProjectionBatch(connection, page, from, to, now), stop);
            }

            await transaction.CommitAsync(stop);
            _position = to;
            await projection.CommittedAsync(stop);
            return true;
        }
        catch
        {
            projection.Forget();
            throw;
        }
    }

    /// <summary>Applies the page event by event, and parks those that cannot be.</summary>
    private async Task<bool> SeparateAsync(IReadOnlyList<RecordedEvent> page, long from, long to, CancellationToken stop)
    {
        await ProbeAsync(from, stop);
        foreach (RecordedEvent recorded in page)
        {
            try
            {
                if (!await ApplyAsync([recorded], from, recorded.Position, stop))
                {
                    return false;
                }
            }
            catch (Exception failure) when (_position is null && PoisonEvent.Suspected(failure))
            {
                if (!await ParkAsync(recorded, from, failure, stop))
                {
                    return false;
                }
            }

            from = recorded.Position;
        }

        return from == to || await ApplyAsync([], from, to, stop);
    }

    /// <summary>A projection that fails without any event is broken itself: then no event is to blame, and its failure goes on to the caller.</summary>
    private async Task ProbeAsync(long from, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction rolledBack = await connection.BeginTransactionAsync(stop);
        try
        {
            if (await _checkpoint.MoveAsync(connection, from, from, stop) is { } now)
            {
                await projection.ApplyAsync(new ProjectionBatch(connection, [], from, from, now), stop);
            }
        }
        finally
        {
            projection.Forget();
        }
    }

    private async Task<bool> ParkAsync(RecordedEvent recorded, long from, Exception failure, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        if (await _checkpoint.MoveAsync(connection, from, recorded.Position, stop) is null)
        {
            return false;
        }

        await PoisonEvent.ParkAsync(connection, schema, Shard.Name(projection), recorded.Position, failure, stop);
        await transaction.CommitAsync(stop);
        _position = recorded.Position;
        return true;
    }
}
