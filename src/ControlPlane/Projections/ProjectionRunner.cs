using System.Diagnostics;
using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>Keeps one projection up to date while this process owns its shard, and waits for the shard while another does.</summary>
internal sealed class ProjectionRunner(
    NpgsqlDataSource database, string schema, IEventStore events, IProjection projection, ProjectionRegister register, ILogger log)
{
    /// <summary>The longest wait for a wake-up, and the pause after a failure.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>How often one who is not the owner tries.</summary>
    private static readonly TimeSpan Try = TimeSpan.FromMilliseconds(500);

    /// <summary>A little under a second, so that ticks come at least once a second.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(900);

    private static readonly TimeSpan WhileHeldBack = TimeSpan.FromMilliseconds(10);

    private string? _problem;

    internal async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await OwnAsync(stop);
            }
            catch (Exception failure)
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                Say(failure);
                await Task.Delay(Poll, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Takes the live version's shard and folds until it is lost.</summary>
    private async Task OwnAsync(CancellationToken stop)
    {
        ProjectionVersions versions = await register.VersionsAsync(projection, stop);
        IProjection live = projection.Of(versions.Live);
        await using ShardLock owner = await ShardLock.OpenAsync(database, schema, Shard.Name(live), stop);
        while (!await owner.TryTakeAsync(stop))
        {
            await Task.Delay(Try, stop);
            if ((await register.VersionsAsync(projection, stop)).Live != versions.Live)
            {
                return;
            }
        }

        ProjectionShard shard = new(database, schema, events, live);
        await shard.StepAsync(tick: false, stop);
        log.ProjectionOwned(Shard.Name(live), shard.Position);
        _problem = null;
        await FoldAsync(shard, owner, live.WantsTicks, stop);
    }

    private static async Task FoldAsync(ProjectionShard shard, ShardLock owner, bool ticks, CancellationToken stop)
    {
        long last = Stopwatch.GetTimestamp();
        while (true)
        {
            bool due = ticks && Stopwatch.GetElapsedTime(last) >= Tick;
            ShardStep step = await shard.StepAsync(due, stop);
            if (due || step == ShardStep.Moved)
            {
                last = Stopwatch.GetTimestamp();
            }

            switch (step)
            {
                case ShardStep.Lost:
                    return;
                case ShardStep.HeldBack:
                    await owner.WaitAsync(WhileHeldBack, stop);
                    break;
                case ShardStep.Idle:
                    TimeSpan left = ticks ? Tick - Stopwatch.GetElapsedTime(last) : Poll;
                    bool woken = await owner.WaitAsync(left > WhileHeldBack ? left : WhileHeldBack, stop);
                    if (!woken && !await shard.CheckAsync(stop))
                    {
                        return;
                    }

                    break;
            }
        }
    }

    private void Say(Exception failure)
    {
        if (_problem != failure.Message)
        {
            log.ProjectionFailed(projection.Name, failure.Message);
        }

        _problem = failure.Message;
    }
}

internal static class ProjectionVersionsOperations
{
    /// <summary>The projection in a version, with a cache of its own if it has versions.</summary>
    internal static IProjection Of(this IProjection projection, int version) =>
        projection is IVersionedProjection versioned ? versioned.AtVersion(version) : projection;
}
