using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;
using Npgsql;

namespace Keepalived.Es.Lab.Outages;

/// <summary>What the control plane's tables must say, read from them without its help.</summary>
internal sealed class StoreClaims(NetnsLab lab, LabControlPlane controlPlane)
{
    private const string Board = """
        select b.tenant || ' ' || b.node || ' ' || b.state::text from kes_board b join kes_projections p on p.name = 'KesBoard' and p.live_version = b.version order by 1
        """;

    private const string Incidents = "select tenant || ' ' || id || ' ' || state::text from kes_incidents order by 1";

    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(1);

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
            "an incident is opened once", "select count(*) from (select 1 from mt_events where type = 'incident_opened' group by tenant_id, stream_id having count(*) > 1) e"))
            .Append(("no event was parked", "select count(*) from kes_parked_events")))
        {
            string count = (await RowsAsync(connection, $"select ({contradictions.Replace("{s}", "public", StringComparison.Ordinal)})::text"))[0];
            await lab.ThatAsync($"{claim}: {count} contradictions", count == "0");
        }
    }

    /// <summary>Folded from the first event on, the board and the list of incidents come out as they are.</summary>
    internal async Task ProjectionsEqualARebuildAsync()
    {
        await SnapshotAsync("KesIncidents", Incidents);
        await UntilEqualAsync("KesBoard", Board);
        await UntilEqualAsync("KesIncidentList", Incidents);
    }

    /// <summary>While time passes nodes fall silent and incidents are recorded: compared are rows between which no event came.</summary>
    private Task UntilEqualAsync(string projection, string rows) => lab.UntilAsync(
        $"{projection} was rebuilt with nothing new in between",
        async () =>
        {
            (string before, string events) = await SnapshotAsync(projection, rows);
            CommandResult rebuild = await controlPlane.KesAsync("store", "rebuild", projection);
            await lab.ThatAsync($"{projection} is rebuilt: {rebuild}", rebuild.ExitCode == 0);
            (string after, string later) = await SnapshotAsync(projection, rows);
            await lab.ThatAsync($"{projection}: live\n{before}\nrebuilt\n{after}", events != later || before == after);
            await lab.ThatAsync($"{projection} has rows", before.Length > 0);
            return events == later;
        },
        Recovery);

    /// <summary>Waits until no rebuild is under way and every event is folded.</summary>
    /// <returns>The rows then, and the number of transitions and incidents' events that they are made of.</returns>
    private async Task<(string Rows, string Events)> SnapshotAsync(string projection, string rows)
    {
        (string Rows, string Events) taken = default;
        await lab.UntilAsync(
            $"{projection} is up to date",
            async () =>
            {
                await using NpgsqlConnection connection = await controlPlane.ConnectAsync();
                await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
                bool folded = await RowsAsync(connection, $"""
                    select (r.building_version is null and p.last_seq_id >= (select max(seq_id) from mt_events))::text from kes_projections r
                    join mt_event_progression p on p.name = r.name || case r.live_version when 1 then '' else ':V' || r.live_version end || ':All'
                    where r.name = '{projection}'
                    """) is ["true"];
                taken = folded
                    ? (string.Join('\n', await RowsAsync(connection, rows)),
                        (await RowsAsync(connection, "select count(*)::text from mt_events where type <> 'advertisement_digest'"))[0])
                    : taken;
                return folded;
            },
            Recovery);
        return taken;
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
