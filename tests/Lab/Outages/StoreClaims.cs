using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;
using Npgsql;

namespace Keepalived.Es.Lab.Outages;

/// <summary>What the control plane's tables must say, read from them without its help.</summary>
internal sealed class StoreClaims(NetnsLab lab, LabControlPlane controlPlane)
{
    /// <summary>A row's name, how much is folded into it, and what it says.</summary>
    private const string Board = """
        select b.tenant || ' ' || b.node || E'\n' || (b.state ->> 'position') || E'\n' || b.state::text
        from kes_board b join kes_projections p on p.name = 'KesBoard' and p.live_version = b.version
        """;

    private const string Incidents = "select tenant || ' ' || id || E'\n' || (state ->> 'version') || E'\n' || state::text from kes_incidents";

    /// <summary>All that is told of an incident that was opened more than once.</summary>
    private const string OpenedAgain = """
        select seq_id || ' ' || timestamp || ' ' || stream_id || ' ' || version || ' ' || type || ' ' || data::text
        from mt_events where stream_id in (
            select stream_id from mt_events where type = 'incident_opened' group by tenant_id, stream_id having count(*) > 1) order by seq_id
        """;

    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(2);

    /// <summary>As soon as the database answers, it has what was acknowledged before.</summary>
    /// <param name="promised">Acknowledged records by node, of its only boot.</param>
    internal Task HasAtLeastAsync(IReadOnlyDictionary<string, long> promised) => lab.UntilAsync(
        "the database answers again",
        async () =>
        {
            Dictionary<string, long> heads;
            try
            {
                await using NpgsqlConnection connection = await controlPlane.ConnectAsync();
                heads = (await RowsAsync(connection, "select node || ' ' || last_sequence from kes_node_boots where node like 'sim-%'"))
                    .Select(row => row.Split(' ')).ToDictionary(row => row[0], row => long.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture));
            }
            catch (Exception away) when (away is NpgsqlException or IOException)
            {
                return false;
            }

            foreach ((string node, long acknowledged) in promised)
            {
                await lab.ThatAsync($"of {node} {acknowledged} records are acknowledged, {heads.GetValueOrDefault(node)} are there", heads.GetValueOrDefault(node) >= acknowledged);
            }

            return true;
        },
        Recovery);

    /// <summary>Each record once, in order; that they are the same to the last byte, the chain of hashes over what is stored says.</summary>
    internal async Task HasAllOfAsync(SimulatedNode node)
    {
        await using NpgsqlConnection connection = await controlPlane.ConnectAsync();
        await using NpgsqlCommand command = new(
            "select k.boot, k.node_sequence, k.canonical from kes_node_events k join mt_events e using (seq_id) where k.node = $1 order by seq_id", connection);
        command.Parameters.AddWithValue(node.Name);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        (long count, string hash) = (0, NodeRecord.GenesisHash);
        while (await reader.ReadAsync())
        {
            if (reader.GetString(0) != node.Boot || reader.GetInt64(1) != ++count)
            {
                throw await lab.FailureAsync($"{node.Name}: {reader.GetString(0)}/{reader.GetInt64(1)} is stored where {node.Boot}/{count} belongs");
            }

            hash = NodeRecord.ChainHash(hash, reader.GetFieldValue<byte[]>(2));
        }

        await lab.ThatAsync($"{node.Name}: {count} of {node.Said} records are stored, with the hash {hash}", count == node.Said && hash == node.LastHash);
    }

    internal async Task IsConsistentAsync()
    {
        await using NpgsqlConnection connection = await controlPlane.ConnectAsync();
        foreach ((string claim, string contradictions) in StoreInvariants.All.Append((
            "no event was parked", "select count(*) from kes_parked_events")))
        {
            string count = (await RowsAsync(connection, $"select ({contradictions.Replace("{s}", "public", StringComparison.Ordinal)})::text"))[0];
            await lab.ThatAsync($"{claim}: {count} contradictions", count == "0");
        }

        List<string> openedAgain = await RowsAsync(connection, OpenedAgain);
        await lab.ThatAsync($"an incident is opened once:\n{string.Join('\n', openedAgain)}", openedAgain.Count == 0);
    }

    /// <summary>Folded from the first event on, the board and the list of incidents come out as they are.</summary>
    internal async Task ProjectionsEqualARebuildAsync()
    {
        await FoldedAsync("KesIncidents", Incidents);
        await EqualsARebuildAsync("KesBoard", Board);
        await EqualsARebuildAsync("KesIncidentList", Incidents);
    }

    /// <summary>Time goes on and nodes fall silent: compared are the rows into which nothing new was folded in between. None may be missing.</summary>
    private async Task EqualsARebuildAsync(string projection, string sql)
    {
        Dictionary<string, (string Folded, string State)> live = await FoldedAsync(projection, sql);
        CommandResult rebuild = await controlPlane.KesAsync("store", "rebuild", projection);
        await lab.ThatAsync($"{projection} is rebuilt: {rebuild}", rebuild.ExitCode == 0);
        Dictionary<string, (string Folded, string State)> rebuilt = await FoldedAsync(projection, sql);
        foreach ((string row, (string folded, string state)) in live)
        {
            await lab.ThatAsync($"{projection} has {row} after its rebuild", rebuilt.ContainsKey(row));
            await lab.ThatAsync($"{projection}, {row}: live\n{state}\nrebuilt\n{rebuilt[row].State}", rebuilt[row].Folded != folded || rebuilt[row].State == state);
        }

        await lab.ThatAsync($"{projection} has rows to compare", live.Any(row => rebuilt[row.Key].Folded == row.Value.Folded));
    }

    /// <summary>Waits until no rebuild is under way and what is there now is folded.</summary>
    private async Task<Dictionary<string, (string Folded, string State)>> FoldedAsync(string projection, string sql)
    {
        await using NpgsqlConnection connection = await controlPlane.ConnectAsync();
        string last = (await RowsAsync(connection, "select max(seq_id)::text from mt_events"))[0];
        await lab.UntilAsync(
            $"{projection} is up to date",
            async () => await RowsAsync(connection, $"""
                select (r.building_version is null and p.last_seq_id >= {last})::text from kes_projections r
                join mt_event_progression p on p.name = r.name || case r.live_version when 1 then '' else ':V' || r.live_version end || ':All'
                where r.name = '{projection}'
                """) is ["true"],
            Recovery);
        return (await RowsAsync(connection, sql)).Select(row => row.Split('\n', 3)).ToDictionary(row => row[0], row => (row[1], row[2]), StringComparer.Ordinal);
    }

    private static async Task<List<string>> RowsAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
