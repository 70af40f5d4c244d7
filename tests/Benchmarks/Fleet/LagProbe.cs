using Npgsql;

namespace Keepalived.Es.Benchmarks.Fleet;

/// <summary>Looks ten times a second how old the oldest event is that a projection has not folded.</summary>
internal sealed class LagProbe(string connectionString)
{
    internal const string Sql = """
        select p.name, coalesce(extract(epoch from clock_timestamp() - (
            select k.received from kes_node_events k where k.seq_id > p.last_seq_id order by k.seq_id limit 1)), 0)::float8
        from mt_event_progression p where p.name like 'Kes%'
        """;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, List<double>> _seconds = new(StringComparer.Ordinal);

    internal async Task RunAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            await using (NpgsqlCommand command = new(Sql, connection))
            await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(CancellationToken.None))
            {
                while (await reader.ReadAsync(CancellationToken.None))
                {
                    lock (_seconds)
                    {
                        _seconds.TryAdd(reader.GetString(0), []);
                        _seconds[reader.GetString(0)].Add(reader.GetDouble(1));
                    }
                }
            }

            await Task.Delay(BetweenLooks, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Seconds by projection since the last call, sorted.</summary>
    internal IReadOnlyDictionary<string, List<double>> Take()
    {
        lock (_seconds)
        {
            Dictionary<string, List<double>> taken = _seconds.ToDictionary(pair => pair.Key, pair => pair.Value.Order().ToList());
            _seconds.Clear();
            return taken;
        }
    }
}
