using Keepalived.Es.ControlPlane.Projections.Board;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>Runs the projections whenever events were appended: woken by NOTIFY, and by a poll in case a wake-up was missed.</summary>
public sealed class ProjectionLoop(NpgsqlDataSource database, BoardProjection board, ILogger<ProjectionLoop> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    private string? _problem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
            {
                if (_problem is null)
                {
                    log.ProjectionFailed(BoardStore.Shard, board.Position, failure.Message);
                }

                _problem = failure.Message;
                await Task.Delay(AfterFailure, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        await using NpgsqlConnection listener = await database.OpenConnectionAsync(stop);
        await using (NpgsqlCommand listen = new("listen mt_events_appended", listener))
        {
            await listen.ExecuteNonQueryAsync(stop);
        }

        while (true)
        {
            await board.CatchUpAsync(stop);
            if (_problem is not null)
            {
                log.ProjectionGoesOn(BoardStore.Shard, board.Position);
                _problem = null;
            }

            await listener.WaitAsync(Poll, stop);
        }
    }
}
