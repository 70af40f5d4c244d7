using Keepalived.Es.Domain.Events;
using Microsoft.Data.Sqlite;

namespace Keepalived.Es.Lab.Framework;

/// <summary>One row of a node's journal, with its record and the event in it.</summary>
internal sealed record JournalRow(long Id, string Boot, long Sequence, string PreviousHash, string Hash, byte[] Canonical)
{
    internal NodeRecord Record { get; } = NodeRecord.Parse(Canonical);

    internal INodeEvent Event => (INodeEvent)(EventCatalog.Deserialize(Record.Type, Record.Data)
        ?? throw new InvalidOperationException($"the alias {Record.Type} is not in the catalog"));
}

/// <summary>A node's journal, read from outside while the daemon may write it.</summary>
internal sealed class LabJournal(string stateDirectory)
{
    private string DatabaseFile => Path.Combine(stateDirectory, "journal.db");

    /// <summary>All rows, oldest first; none before the daemon has made the file.</summary>
    internal List<JournalRow> Rows()
    {
        var rows = new List<JournalRow>();
        if (!File.Exists(DatabaseFile))
        {
            return rows;
        }

        using var connection = new SqliteConnection($"Data Source={DatabaseFile};Mode=ReadWrite;Pooling=False;Default Timeout=10");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "select count(*) from sqlite_master where name = 'record'";
        if (command.ExecuteScalar() is 0L)
        {
            return rows;
        }

        command.CommandText = "select id, boot, sequence, previous_hash, hash, canonical from record order by id";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new JournalRow(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4),
                reader.GetFieldValue<byte[]>(5)));
        }

        return rows;
    }

    internal List<T> Events<T>() where T : INodeEvent => [.. Rows().Select(row => row.Event).OfType<T>()];
}
