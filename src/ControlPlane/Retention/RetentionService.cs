using Npgsql;

namespace Keepalived.Es.ControlPlane.Retention;

/// <summary>Applies the retention rules once an hour.</summary>
public sealed class RetentionService(StoreRetention retention, ILogger<RetentionService> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Between, stoppingToken);
            try
            {
                log.Retained(await retention.ApplyAsync(stoppingToken));
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                log.RetentionFailed(failure.Message);
            }
        }
    }
}
