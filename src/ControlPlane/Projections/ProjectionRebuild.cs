using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>Builds an ordered version of a projection beside the live one, and swaps them when it has caught up. Another server goes on when this one ends.</summary>
internal sealed class ProjectionRebuild(
    NpgsqlDataSource database, string schema, IEventStore events, IVersionedProjection projection, ProjectionRegister register, ILogger log)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private string? _problem;

    internal async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await BuildAsync(stop);
                _problem = null;
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                if (_problem != failure.Message)
                {
                    log.RebuildFailed(projection.Name, failure.Message);
                }

                _problem = failure.Message;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Poll, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Builds what is ordered, if anything is and nobody else does.</summary>
    internal async Task BuildAsync(CancellationToken stop)
    {
        ProjectionVersions versions = await register.VersionsAsync(projection, stop);
        if (versions.Building is not { } version)
        {
            return;
        }

        IProjection built = projection.AtVersion(version);
        await using ShardLock owner = await ShardLock.OpenAsync(database, schema, Shard.Name(built), stop);
        if (!await owner.TryTakeAsync(stop))
        {
            return;
        }

        ProjectionShard shard = new(database, schema, events, built);
        IProjection live = projection.AtVersion(versions.Live);
        do
        {
            if (await shard.CatchUpAsync(stop) == ShardStep.Lost)
            {
                return;
            }
        }
        while (!await register.SwapAsync(live, built, stop));
        log.ProjectionRebuilt(projection.Name, version, shard.Position);
    }
}
