using Npgsql;

namespace Keepalived.Es.ControlPlane.Anchors;

/// <summary>Adds a root every minute, and keeps those outside that are not yet. Several servers may run it.</summary>
/// <param name="sink">Null: roots stay in the database only.</param>
public sealed class AnchorService(AnchorStore store, AnchorSink? sink, TimeProvider time, ILogger<AnchorService> log) : BackgroundService
{
    /// <summary>From one root to the next.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Between looks: a root that another has added, or that could not be kept, does not wait a minute.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private string? _problem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(BetweenLooks, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await store.AddAsync(Interval, stoppingToken);
                if (sink is not null)
                {
                    await store.KeepAsync(sink.KeepAsync, stoppingToken);
                }

                _problem = null;
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or AnchorNotKeptException)
            {
                if (_problem != failure.Message)
                {
                    log.AnchorFailed(failure.Message);
                }

                _problem = failure.Message;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
