using Keepalived.Es.ControlPlane.EventStore;
using MediatR;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Incidents.Hooks;

/// <summary>
/// Takes what is due from the queue, one after the other, and publishes it to the handlers. The row goes when they have ended: after a kill they are run again.
/// Of several servers one has the first row, and the others wait for it: hooks run in the order of the events.
/// </summary>
public sealed class IncidentHookRunner(
    NpgsqlDataSource database, string schema, IEventStore events, DueIncidentHooks queue, IMediator mediator, ILogger<IncidentHookRunner> log)
    : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await RunNextAsync(stoppingToken))
                {
                    await queue.WaitAsync(Poll, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
            {
                log.IncidentHooksWait(failure.Message);
                await Task.Delay(Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>False: nothing is due.</returns>
    private async Task<bool> RunNextAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await using NpgsqlCommand next = new(
            $"select seq_id, tenant, incident, type from {schema}.kes_incident_hooks order by seq_id limit 1 for update", connection)
        {
            CommandTimeout = 0,     // as long as the hooks of another server take
        };
        long position;
        string tenant, incident, type;
        await using (NpgsqlDataReader row = await next.ExecuteReaderAsync(stop))
        {
            if (!await row.ReadAsync(stop))
            {
                return false;
            }

            (position, tenant, incident, type) = (row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3));
        }

        IncidentView? view = null;
        foreach (RecordedEvent recorded in await events.FetchStreamAsync(tenant, $"incident/{incident}", stop))
        {
            view = IncidentView.Apply(view, recorded);
        }

        if (view is not null)
        {
            await mediator.Publish(new IncidentHappened(position, type, view), stop);
        }

        await using NpgsqlCommand done = new($"delete from {schema}.kes_incident_hooks where seq_id = $1", connection);
        done.Parameters.AddWithValue(position);
        await done.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        return true;
    }
}
