using Npgsql;

namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>The order of events in all streams: versions 1, 2, 3 … up to the stream's head, and no event in a node's streams that is not of a record of it.</summary>
internal sealed class StreamCheck(VerifyReader reader, string schema, VerifyCounts counts)
{
    private const int PageSize = 10_000;
    private static readonly string[] OfNodes = ["node/", "vrrp/", "health/", "hook/"];
    private Place _last = new("", "", 0, 0, true);

    internal async Task<VerifyDifference?> RunAsync(Func<Task> progress, CancellationToken stop)
    {
        while (true)
        {
            List<Place> page = await PageAsync(stop);
            foreach (Place place in page)
            {
                if (Next(place) is { } difference)
                {
                    return difference;
                }
            }

            counts.Events += page.Count;
            await progress();
            if (page.Count < PageSize)
            {
                return await HeadsAsync(stop);
            }
        }
    }

    private VerifyDifference? Next(Place place)
    {
        bool same = place.Tenant == _last.Tenant && place.Stream == _last.Stream;
        (long version, long position) = same ? (_last.Version, _last.Position) : (0, 0);
        _last = place;
        if (place.Version != version + 1)
        {
            return Differs(place, $"no version of {place.Stream} is missing", $"version {version + 1}", $"version {place.Version}");
        }

        bool ofNode = Array.Exists(OfNodes, prefix => place.Stream.StartsWith(prefix, StringComparison.Ordinal));
        if (ofNode && !place.HasRecord)
        {
            return Differs(place, $"an event of {place.Stream} is a record of its node", "a record at this position", "none");
        }

        return ofNode && place.Position <= position
            ? Differs(place, $"version {place.Version} of {place.Stream} stands behind version {version}", $"a position above {position}", $"{place.Position}")
            : null;
    }

    private async Task<List<Place>> PageAsync(CancellationToken stop)
    {
        await using NpgsqlCommand command = reader.Command($"""
            select e.tenant_id, e.stream_id, e.version, e.seq_id, k.seq_id is not null
            from {schema}.mt_events e left join {schema}.kes_node_events k on k.seq_id = e.seq_id
            where (e.tenant_id, e.stream_id, e.version) > ($1, $2, $3) order by e.tenant_id, e.stream_id, e.version limit {PageSize}
            """);
        command.Parameters.AddWithValue(_last.Tenant);
        command.Parameters.AddWithValue(_last.Stream);
        command.Parameters.AddWithValue(_last.Version);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(stop);
        return await EventStore.EventRows.ReadAsync(
            rows, row => new Place(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetBoolean(4)), stop);
    }

    private async Task<VerifyDifference?> HeadsAsync(CancellationToken stop)
    {
        await using NpgsqlCommand command = reader.Command($"""
            select s.tenant_id, s.id, coalesce(s.version, 0), coalesce(e.version, 0) from {schema}.mt_streams s
            left join lateral (select max(e.version) as version from {schema}.mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id) e on true
            where coalesce(s.version, 0) <> coalesce(e.version, 0) order by s.tenant_id, s.id limit 1
            """);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(stop);
        return await row.ReadAsync(stop)
            ? new VerifyDifference($"the last event of {row.GetString(1)}", $"version {row.GetInt64(2)}", $"version {row.GetInt64(3)}", row.GetString(0))
            : null;
    }

    private static VerifyDifference Differs(Place place, string what, string expected, string found) =>
        new(what, expected, found, place.Tenant, Position: place.Position);

    private sealed record Place(string Tenant, string Stream, long Version, long Position, bool HasRecord);
}
