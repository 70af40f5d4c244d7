using System.Collections.Concurrent;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Nodes;

/// <summary>How the nodes' wall clocks stand to this server's, as they measure it: a row a minute, and one whenever a clock has moved or is known twice as well. Old rows are thinned.</summary>
public sealed class ClockRegister(NpgsqlDataSource database, string schema, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenThinnings = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<(string Tenant, string Node), Known> _known = new();

    /// <summary>Takes a node's latest estimate.</summary>
    public async Task NoteAsync(string tenant, string node, ClockEstimate estimate, CancellationToken stop)
    {
        DateTimeOffset now = time.GetUtcNow();
        Known? known = _known.GetValueOrDefault((tenant, node));
        bool moved = known is not null && (estimate.Offset - known.Estimate.Offset).Duration() > known.Estimate.Bound + estimate.Bound;
        bool clearer = known is not null && estimate.Bound * 2 <= known.Estimate.Bound;
        if (known is not null && !moved && !clearer && now - known.Stored < Interval)
        {
            return;
        }

        bool thin = known is null || now - known.Thinned >= BetweenThinnings;
        _known[(tenant, node)] = new Known(estimate, now, thin ? now : known!.Thinned);
        await StoreAsync(tenant, node, estimate, now, stop);
        if (thin)
        {
            await ThinAsync(tenant, node, now, stop);
        }
    }

    private async Task StoreAsync(string tenant, string node, ClockEstimate estimate, DateTimeOffset now, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"insert into {schema}.kes_node_clocks (tenant, node, measured, clock_offset, bound) values ($1, $2, $3, $4, $5) on conflict do nothing");
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(node);
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue(estimate.Offset);
        command.Parameters.AddWithValue(estimate.Bound);
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Of rows older than a day one an hour stays, and each that differs from the one before by more than both bounds.</summary>
    private async Task ThinAsync(string tenant, string node, DateTimeOffset now, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            delete from {schema}.kes_node_clocks c using (
                select measured, clock_offset - lag(clock_offset) over w as moved, bound + lag(bound) over w as bounds,
                       date_trunc('hour', measured) = date_trunc('hour', lag(measured) over w) as same_hour
                from {schema}.kes_node_clocks where tenant = $1 and node = $2 and measured < $3 - interval '1 day'
                window w as (order by measured)) o
            where c.tenant = $1 and c.node = $2 and c.measured = o.measured and o.same_hour and o.moved between -o.bounds and o.bounds
            """);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(node);
        command.Parameters.AddWithValue(now.UtcDateTime);
        await command.ExecuteNonQueryAsync(stop);
    }

    private sealed record Known(ClockEstimate Estimate, DateTimeOffset Stored, DateTimeOffset Thinned);
}
