using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Microsoft.Data.Sqlite;
using static Keepalived.Es.NodeRuntime.Tests.Journal.JournalFixture;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

public sealed class JournalWriterTests : IDisposable
{
    private const int Capacity = 16_384;
    private readonly TemporaryDirectory _directory = new();
    private volatile bool _refuse;
    private volatile int _refusals;                              // counted by the writer's thread alone

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Everything_is_written_once_and_in_the_order_of_each_hand()
    {
        const int Hands = 4;
        const int Each = 2_000;
        JournalWriter writer = Writer();
        await Task.WhenAll(Enumerable.Range(0, Hands).Select(hand => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                while (!writer.Record(Numbered((hand * Each) + i)))
                {
                    Thread.Yield();
                }
            }
        })));
        await writer.DisposeAsync();
        List<JournalRecord> rows = ReadAll(_directory.Path);
        AssertWhole(rows);
        long[] numbers = [.. Records(_directory.Path).Select(NumberOf).OfType<long>()];
        Assert.Equal(Hands * Each, numbers.Length);
        for (int hand = 0; hand < Hands; hand++)
        {
            Assert.Equal(Enumerable.Range(hand * Each, Each).Select(n => (long)n), numbers.Where(n => n / Each == hand));
        }
    }

    [Fact]
    public async Task A_journal_that_cannot_be_opened_at_the_start_gets_the_events_once_it_can()
    {
        _refuse = true;
        JournalWriter writer = Writer();
        Assert.True(writer.Record(Numbered(1)));
        Assert.True(writer.Record(Numbered(2)));
        _refuse = false;
        await AppendedAsync(writer, records => records.Count == 2);
        await writer.DisposeAsync();
        Assert.Equal([1L, 2L], Records(_directory.Path).Select(NumberOf));
    }

    [Fact]
    public async Task A_writer_whose_journal_breaks_in_any_way_goes_on_and_ends()
    {
        JournalWriter writer = new(() => throw new DllNotFoundException("e_sqlite3"), Node, JournalLimits.Default, TimeProvider.System);
        Assert.True(writer.Record(Numbered(1)));
        await Until.EndsAsync(writer.DisposeAsync().AsTask(), "the writer without its library");
    }

    [Fact]
    public async Task What_a_refusing_disk_costs_is_counted_and_reported_with_its_cause()
    {
        _refuse = true;
        JournalWriter writer = Writer();
        writer.Record(Numbered(1));
        await Until.TrueAsync(() => _refusals > 0, "the writer knows why it loses what it loses");
        long handed = 1;
        long taken = 1;
        while (taken == handed)                                  // until the memory for waiting events is full, and beyond
        {
            taken += writer.Record(Numbered(++handed)) ? 1 : 0;
        }

        for (int i = 0; i < 500; i++)
        {
            writer.Record(Numbered(++handed));
        }

        Assert.True(handed > Capacity);
        _refuse = false;
        await AppendedAsync(writer, records => records.Count > 0 && Accounted(records) == handed);
        await writer.DisposeAsync();
        List<NodeRecord> records = Records(_directory.Path);
        EventsLost lost = Lost(records).First();
        Assert.Equal(Node, lost.Node);
        Assert.Contains("the test refuses", lost.Cause, StringComparison.Ordinal);
        Assert.True(lost.First <= lost.Last);
        Assert.Equal(handed, Accounted(records));
        Assert.Equal(records.Select(NumberOf).OfType<long>().Order(), records.Select(NumberOf).OfType<long>());
        AssertWhole(ReadAll(_directory.Path));
    }

    [Fact]
    public async Task A_slow_disk_never_blocks_the_one_who_records()
    {
        JournalWriter writer = Writer();
        writer.Record(Numbered(0));
        await AppendedAsync(writer, records => records.Count == 1);
        long handed = 1;
        using (SqliteConnection other = JournalStore.Connect(_directory.Path, create: false))
        {
            using SqliteTransaction held = other.BeginTransaction();        // the writer stands still within its append now
            int refused = 0;
            while (refused < 100)                                           // ends only because nothing here waits for the disk
            {
                refused += writer.Record(Numbered(handed++)) ? 0 : 1;
            }
        }

        await AppendedAsync(writer, records => Accounted(records) == handed);
        await writer.DisposeAsync();
        Assert.Contains(Lost(Records(_directory.Path)), lost => lost.Cause.Contains("events waited", StringComparison.Ordinal));
        AssertWhole(ReadAll(_directory.Path));
    }

    [Fact]
    public async Task A_disk_that_still_refuses_at_the_stop_does_not_keep_the_daemon()
    {
        _refuse = true;
        JournalWriter writer = Writer();
        for (int i = 0; i < Capacity * 2; i++)
        {
            writer.Record(Numbered(i));
        }

        await Until.EndsAsync(writer.DisposeAsync().AsTask(), "the stop with a full disk");
    }

    [Fact]
    public async Task A_disk_that_refuses_from_the_middle_on_keeps_what_was_written_and_does_not_keep_the_daemon()
    {
        JournalWriter writer = Writer();
        writer.Record(Numbered(1));
        await AppendedAsync(writer, records => records.Count == 1);
        using (SqliteConnection other = JournalStore.Connect(_directory.Path, create: false))
        {
            using SqliteCommand refuse = other.CreateCommand();
            refuse.CommandText = "create trigger refuse before insert on record begin select raise(abort, 'refused'); end";
            refuse.ExecuteNonQuery();
        }

        writer.Record(Numbered(2));
        await Until.EndsAsync(writer.DisposeAsync().AsTask(), "the stop with a refusing disk");
        Assert.Equal([1L], Records(_directory.Path).Select(NumberOf));
    }

    [Fact]
    public async Task An_event_that_cannot_be_written_costs_itself_alone()
    {
        JournalWriter writer = Writer();
        writer.Record(Numbered(1));
        writer.Record(new NodeOccurrence(new Unwritable(Node), Start, default));
        writer.Record(Numbered(2));
        writer.Record(Numbered(3));
        await writer.DisposeAsync();
        List<NodeRecord> records = Records(_directory.Path);
        Assert.Equal([1L, 2L, 3L], records.Select(NumberOf).OfType<long>());
        EventsLost lost = Assert.Single(Lost(records));
        Assert.Equal(1, lost.Count);
        Assert.Contains(nameof(Unwritable), lost.Cause, StringComparison.Ordinal);
        AssertWhole(ReadAll(_directory.Path));
    }

    [Fact]
    public async Task Recording_after_the_stop_is_refused()
    {
        JournalWriter writer = Writer();
        await writer.DisposeAsync();
        Assert.False(writer.Record(Numbered(1)));
    }

    [Fact]
    public async Task Acknowledged_records_are_trimmed_while_it_runs()
    {
        using (JournalStore store = JournalStore.Open(_directory.Path, Node, "before"))
        {
            store.Append([Numbered(1), Numbered(2), Numbered(3)], new CauseTable());
        }

        using (var reader = new JournalReader(_directory.Path))
        {
            reader.Acknowledge(2);
        }

        var writer = new JournalWriter(Open, Node, new JournalLimits(TimeSpan.FromTicks(1), long.MaxValue), TimeProvider.System);
        writer.Record(Numbered(4));
        await writer.DisposeAsync();
        Assert.Equal([3L, 4L], Records(_directory.Path).Select(NumberOf));
    }

    private static IEnumerable<EventsLost> Lost(List<NodeRecord> records) => records.Where(record => record.Type == "events_lost")
        .Select(record => (EventsLost)EventCatalog.Deserialize(record.Type, record.Data)!);

    /// <summary>Events that are there, and those that are said to be lost.</summary>
    private static long Accounted(List<NodeRecord> records) => records.Count(record => NumberOf(record) is not null) + Lost(records).Sum(lost => lost.Count);

    private async Task AppendedAsync(JournalWriter writer, Func<List<NodeRecord>, bool> reached)
    {
        _ = writer;
        await Until.TrueAsync(() => File.Exists(_directory["journal.db"]) && reached(ReadOrNothing()), "the records are written");
    }

    private List<NodeRecord> ReadOrNothing()
    {
        try
        {
            return Records(_directory.Path);
        }
        catch (SqliteException)
        {
            return [];                                           // the file is there, its tables not yet
        }
    }

    private JournalWriter Writer() => new(Open, Node, JournalLimits.Default, TimeProvider.System);

    private JournalStore Open()
    {
        if (_refuse)
        {
            _refusals++;
            throw new IOException("the test refuses");
        }

        return JournalStore.Open(_directory.Path, Node, "boot");
    }

    /// <summary>No event of the catalog.</summary>
    private sealed record Unwritable(string Node) : INodeEvent;
}
