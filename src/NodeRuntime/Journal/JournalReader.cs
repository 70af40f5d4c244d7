using Microsoft.Data.Sqlite;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>What the uplink needs of the journal: the records that are not acknowledged, and a place to note that they are.</summary>
internal sealed class JournalReader(string directory) : IDisposable
{
    private SqliteConnection? _connection;

    /// <summary>Opened at the first use: the writer makes the file.</summary>
    private SqliteConnection Connection => _connection ??= JournalStore.Connect(directory, create: false);

    /// <summary>The oldest unacknowledged records, all of one boot, in their order.</summary>
    /// <param name="maximumCount">Records at most.</param>
    /// <param name="maximumBytes">Bytes at most, but always one record.</param>
    internal List<JournalRecord> ReadUnacknowledged(int maximumCount, int maximumBytes)
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = """
            select id, boot, sequence, previous_hash, hash, canonical from record
            where id > (select id from acknowledged) order by id limit $limit
            """;
        command.Parameters.AddWithValue("$limit", maximumCount);
        using SqliteDataReader reader = command.ExecuteReader();
        var records = new List<JournalRecord>();
        long bytes = 0;
        while (reader.Read())
        {
            JournalRecord record = Read(reader);
            bytes += record.Canonical.Length;
            if (records.Count > 0 && (record.Boot != records[0].Boot || bytes > maximumBytes))
            {
                break;
            }

            records.Add(record);
        }

        return records;
    }

    /// <summary>All records that are kept, oldest first.</summary>
    internal IEnumerable<JournalRecord> ReadAll()
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = "select id, boot, sequence, previous_hash, hash, canonical from record order by id";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return Read(reader);
        }
    }

    private static JournalRecord Read(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetFieldValue<byte[]>(5));

    /// <summary>Notes that the control plane has everything up to and including <paramref name="id"/>.</summary>
    internal void Acknowledge(long id)
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = "update acknowledged set id = max(id, $id)";
        command.Parameters.AddWithValue("$id", id);
        command.ExecuteNonQuery();
    }

    /// <summary>Goes back to where the control plane's knowledge of a boot ends, so that the rest is sent again.</summary>
    /// <param name="sequence">The first that it misses.</param>
    /// <returns>False when the journal no longer has that record: nothing changes.</returns>
    internal bool Rewind(string boot, long sequence)
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = """
            update acknowledged set id = (select id from record where boot = $boot and sequence = $sequence) - 1
            where exists (select 1 from record where boot = $boot and sequence = $sequence)
            """;
        command.Parameters.AddWithValue("$boot", boot);
        command.Parameters.AddWithValue("$sequence", sequence);
        return command.ExecuteNonQuery() > 0;
    }

    public void Dispose() => _connection?.Dispose();
}
