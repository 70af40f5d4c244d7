using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Microsoft.Data.Sqlite;
using static Keepalived.Es.NodeRuntime.Tests.Journal.JournalFixture;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

public sealed class JournalStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CauseTable _causes = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_chain_goes_on_over_several_boots()
    {
        for (int boot = 1; boot <= 4; boot++)
        {
            using JournalStore store = Open($"boot-{boot}");
            Assert.Equal(0, store.LastSequence);
            store.Append([Numbered(1), Numbered(2)], new CauseTable());
            store.Append([Numbered(3)], new CauseTable());
            Assert.Equal(3, store.LastSequence);
        }

        List<JournalRecord> rows = ReadAll(_directory.Path);
        AssertWhole(rows);
        Assert.Equal(12, rows.Count);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], rows.Select(row => row.Id));
    }

    [Fact]
    public void The_clock_never_goes_back_even_when_the_wall_clock_does()
    {
        using (JournalStore store = Open("1"))
        {
            store.Append([Numbered(1_000_000), Numbered(5), Numbered(4)], _causes);
        }

        using (JournalStore store = Open("2"))
        {
            store.Append([Numbered(1)], _causes);
        }

        AssertWhole(ReadAll(_directory.Path));
    }

    [Fact]
    public void What_the_control_plane_knew_is_before_what_is_written_next()
    {
        HybridTimestamp remote = new HybridTimestamp(0).Tick(Start.AddMilliseconds(400).ToUnixTimeMilliseconds());
        using JournalStore store = Open();
        store.Merge(remote, Start);
        store.Append([Numbered(1)], _causes);
        Assert.True(HybridTimestamp.Parse(Records(_directory.Path)[0].Hlc) > remote);
    }

    [Fact]
    public void A_clock_far_ahead_is_not_believed()
    {
        HybridTimestamp remote = new HybridTimestamp(0).Tick(Start.AddMilliseconds(501).ToUnixTimeMilliseconds());
        using JournalStore store = Open();
        store.Merge(remote, Start);
        store.Append([Numbered(1)], _causes);
        Assert.True(HybridTimestamp.Parse(Records(_directory.Path)[0].Hlc) < remote);
    }

    [Fact]
    public void A_cause_is_found_in_the_same_batch_and_in_earlier_ones()
    {
        using JournalStore store = Open();
        store.Append([Numbered(1, token: 70), Numbered(2, token: 71, cause: 70)], _causes);
        store.Append([Numbered(3, cause: 70), Numbered(4, cause: 71), Numbered(5, cause: 99), Numbered(6)], _causes);
        Assert.Equal([null, 1, 1, 2, null, null], Records(_directory.Path).Select(record => record.Cause));
    }

    [Fact]
    public void A_batch_that_was_refused_and_given_up_is_nobodys_cause()
    {
        using JournalStore store = Open();
        using (SqliteConnection other = JournalStore.Connect(_directory.Path, create: false))
        {
            Execute(other, "create trigger refuse before insert on record begin select raise(abort, 'refused'); end");
            Assert.Throws<SqliteException>(() => store.Append([Numbered(1), Numbered(2, token: 7)], _causes));
            Execute(other, "drop trigger refuse");
        }

        store.Append([Numbered(3, cause: 7), Numbered(4, cause: 7)], _causes);
        Assert.Equal([null, null], Records(_directory.Path).Select(record => record.Cause));
        AssertWhole(ReadAll(_directory.Path));
    }

    [Fact]
    public void A_refused_batch_leaves_nothing_and_takes_no_sequence()
    {
        using JournalStore store = Open();
        store.Append([Numbered(1)], _causes);
        using (SqliteConnection other = JournalStore.Connect(_directory.Path, create: false))
        {
            Execute(other, "create trigger refuse before insert on record when new.sequence = 3 begin select raise(abort, 'refused'); end");
            Assert.Throws<SqliteException>(() => store.Append([Numbered(2), Numbered(3)], _causes));
            Execute(other, "drop trigger refuse");
        }

        Assert.Equal(1, store.LastSequence);
        store.Append([Numbered(2)], _causes);
        Assert.Equal([1L, 2L], Records(_directory.Path).Select(NumberOf));
        AssertWhole(ReadAll(_directory.Path));
    }

    [Fact]
    public void The_kept_bytes_are_the_hashed_ones_whatever_the_text()
    {
        string[] texts = ["", "\0\u0001\u001f\u007f", "\u2028 é 漢 \U0001F600", "\ud800", "a\udfff\ud800b", "\"\\/<>&'+`", new string('x', 100_000)];
        using (JournalStore store = Open())
        {
            store.Append([.. texts.Select(text => new NodeOccurrence(new HookFinished(Node, "notify VI_1", 1, 0, null, null, default, text), Start, default))], _causes);
        }

        AssertWhole(ReadAll(_directory.Path));
        Assert.Equal(
            texts.Select(text => text.Replace("\ud800", "\ufffd").Replace("\udfff", "\ufffd")).Take(4),
            Records(_directory.Path).Select(record => record.Data.GetProperty("OutputTail").GetString()).Take(4));
    }

    [Fact]
    public void The_state_directory_is_private() =>
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            Opened(_directory["state"], path => File.GetUnixFileMode(path)));

    [Fact]
    public void A_path_with_the_marks_of_a_connection_string_is_a_path() =>
        Assert.True(Opened(_directory["a;Mode=Memory;b='"], path => File.Exists(Path.Combine(path, "journal.db"))));

    [Fact]
    public void Two_daemons_never_write_one_journal()
    {
        using (JournalStore first = Open())
        {
            Assert.Contains(_directory["journal.db"], Assert.Throws<IOException>(() => Open()).Message, StringComparison.Ordinal);
        }

        Open().Dispose();
    }

    [Theory]
    [InlineData("journal.db", "not a database, and longer than the hundred bytes of a header, so that SQLite looks at it: ........................")]
    [InlineData("journal.lock/x", "a directory in the place of the lock")]
    public void What_is_no_journal_is_refused_with_its_path_and_a_remedy_and_kept(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[file])!);
        File.WriteAllText(_directory[file], content);
        IOException refusal = Assert.Throws<IOException>(() => Open());
        Assert.Contains(_directory["journal.db"], refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'state:' in node.yaml", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_directory[file]));
    }

    [Fact]
    public void Old_records_go_once_they_are_acknowledged_and_never_before()
    {
        using JournalStore store = Open();
        store.Append([.. Enumerable.Range(1, 100).Select(number => Numbered(number))], _causes);
        Assert.Equal(0, store.Trim(Start.AddYears(1), maximumBytes: 1));
        Acknowledge(60);
        Assert.Equal(30, store.Trim(Start.AddMilliseconds(31), long.MaxValue));
        Assert.Equal(31, ReadAll(_directory.Path)[0].Id);
        Assert.Equal(30, store.Trim(Start.AddYears(1), long.MaxValue));
        Assert.Equal([.. Enumerable.Range(61, 40).Select(number => (long)number)], ReadAll(_directory.Path).Select(row => row.Id));
    }

    [Fact]
    public void The_oldest_acknowledged_records_go_when_there_is_too_much()
    {
        using JournalStore store = Open();
        store.Append([.. Enumerable.Range(1, 100).Select(number => Numbered(number))], _causes);
        Acknowledge(60);
        long size = ReadAll(_directory.Path)[50].Canonical.Length + 300;
        int removed = store.Trim(default, maximumBytes: 60 * size);
        Assert.InRange(removed, 39, 41);
        Assert.Equal(60, store.Trim(default, maximumBytes: 1) + removed);
        Assert.Equal(61, ReadAll(_directory.Path)[0].Id);
    }

    [Fact]
    public void Where_nobody_will_ever_acknowledge_the_limits_hold_for_all()
    {
        using JournalStore store = Open();
        store.Append([.. Enumerable.Range(1, 100).Select(number => Numbered(number))], _causes);
        Assert.Equal(30, store.Trim(Start.AddMilliseconds(31), long.MaxValue, acknowledgedOnly: false));
        Assert.Equal(69, store.Trim(default, maximumBytes: 1, acknowledgedOnly: false));
    }

    [Fact]
    public void The_newest_record_stays_so_that_the_chain_goes_on()
    {
        using (JournalStore store = Open("1"))
        {
            store.Append([Numbered(1), Numbered(2)], _causes);
            Acknowledge(2);
            store.Trim(Start.AddYears(1), 0);
        }

        JournalRecord kept = Assert.Single(ReadAll(_directory.Path));
        using (JournalStore store = Open("2"))
        {
            store.Append([Numbered(3)], _causes);
        }

        Assert.Equal(kept.Hash, ReadAll(_directory.Path)[1].PreviousHash);
    }

    private JournalStore Open(string boot = "boot") => JournalStore.Open(_directory.Path, Node, boot);

    private void Acknowledge(long id)
    {
        using var reader = new JournalReader(_directory.Path);
        reader.Acknowledge(id);
    }

    private static T Opened<T>(string path, Func<string, T> look)
    {
        using JournalStore store = JournalStore.Open(path, Node, "boot");
        return look(path);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
