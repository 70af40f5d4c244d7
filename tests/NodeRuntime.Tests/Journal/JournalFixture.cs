using System.Text;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Microsoft.Data.Sqlite;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <summary>What the tests of the journal share.</summary>
internal static class JournalFixture
{
    internal const string Node = "node-a";
    internal static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    /// <summary>An event that carries a number.</summary>
    internal static NodeOccurrence Numbered(long number, long token = 0, long cause = 0) =>
        new(new LinkChanged(Node, $"{number}", "up"), Start.AddMilliseconds(number), TimeSpan.FromMilliseconds(number), token, cause);

    /// <summary>The number of such an event; null of any other.</summary>
    internal static long? NumberOf(NodeRecord record) =>
        record.Type == "link_changed" ? long.Parse(record.Data.GetProperty("Interface").GetString()!) : null;

    /// <summary>All rows, in their order.</summary>
    internal static List<JournalRecord> ReadAll(string directory) => Read(directory, "order by id", "");

    private static List<JournalRecord> Read(string directory, string which, string boot)
    {
        using SqliteConnection connection = JournalStore.Connect(directory, create: false);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "select id, boot, sequence, previous_hash, hash, canonical from record " + which;
        command.Parameters.AddWithValue("$boot", boot);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<JournalRecord>();
        while (reader.Read())
        {
            rows.Add(new JournalRecord(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetFieldValue<byte[]>(5)));
        }

        return rows;
    }

    /// <summary>The newest row of a boot, if there is one.</summary>
    internal static List<JournalRecord> ReadTail(string directory, string boot) => Read(
        directory, "where boot = $boot order by id desc limit 1", boot);

    internal static List<NodeRecord> Records(string directory) => [.. ReadAll(directory).Select(row => NodeRecord.Parse(row.Canonical))];

    /// <summary>The chain is whole over all boots, sequences count from 1 in each boot, the clock never goes back, causes come before.</summary>
    internal static void AssertWhole(IReadOnlyList<JournalRecord> rows)
    {
        string previous = NodeRecord.GenesisHash;
        var last = new Dictionary<string, long>();
        HybridTimestamp clock = default;
        foreach (JournalRecord row in rows)
        {
            string where = $"row {row.Id}: {Encoding.UTF8.GetString(row.Canonical)}";
            NodeRecord record = NodeRecord.Parse(row.Canonical);
            Assert.True(row.PreviousHash == previous, where);
            Assert.True(row.Hash == NodeRecord.ChainHash(previous, row.Canonical), where);
            Assert.True((record.Boot, record.Sequence) == (row.Boot, row.Sequence), where);
            Assert.True(record.Sequence == last.GetValueOrDefault(row.Boot) + 1, where);
            Assert.True(HybridTimestamp.Parse(record.Hlc) > clock, where);
            Assert.True(record.Cause is null || record.Cause < record.Sequence, where);
            (previous, last[row.Boot], clock) = (row.Hash, record.Sequence, HybridTimestamp.Parse(record.Hlc));
        }
    }
}
