using System.Text;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Microsoft.Data.Sqlite;
using static Keepalived.Es.NodeRuntime.Tests.Journal.JournalFixture;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <summary>What reaches the control plane, whatever is in the way: every record once and in order.</summary>
public sealed partial class UplinkTests : IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private readonly TemporaryDirectory _directory = new();
    private readonly HurriedTime _time = new(factor: 5_000);
    private readonly FakeControlPlane _plane = new();
    private readonly List<IAsyncDisposable> _running = [];
    private readonly List<HttpClient> _clients = [];

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable part in _running)
        {
            await part.DisposeAsync();
        }

        _clients.ForEach(client => client.Dispose());
        await _plane.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_batch_is_the_canonical_bytes_with_their_hashes_one_a_line()
    {
        Write("boot-1", 1, 3);
        JournalWriter writer = Start("boot-2");
        Uplink(writer);
        writer.Record(Numbered(4));
        await SentAsync(4);
        List<JournalRecord> rows = ReadAll(_directory.Path);
        Exchange first = _plane.Exchanges.First(exchange => exchange.Lines.Length > 0);
        Assert.Equal(("POST", "/v1/ingest", "application/x-ndjson", "gzip"), (first.Method, first.Path, first.ContentType, first.Encoding));
        Assert.Equal(
            rows.Take(3).Select((row, i) =>
                "{" + (i == 0 ? $"\"prev\":\"{row.PreviousHash}\"," : "") + $"\"hash\":\"{row.Hash}\",\"record\":" + Encoding.UTF8.GetString(row.Canonical) + "}"),
            first.Lines);
        Assert.Equal(rows.Select(row => Encoding.UTF8.GetString(row.Canonical)), _plane.Stored);
    }

    [Fact]
    public async Task Boots_are_never_mixed_in_a_batch()
    {
        for (int boot = 1; boot <= 5; boot++)
        {
            Write($"boot-{boot}", boot * 10, boot);
        }

        JournalWriter writer = Start("boot-6");
        Uplink(writer);
        writer.Record(Numbered(1));
        await SentAsync(16);
        Assert.Equal([1, 2, 3, 4, 5, 1], _plane.Exchanges.Select(exchange => exchange.Lines.Length).Where(length => length > 0));
        Assert.Empty(_plane.Violations);
    }

    [Fact]
    public async Task A_large_backlog_goes_in_batches_of_a_bounded_size()
    {
        Write("boot-1", 1, 2_500);
        JournalWriter writer = Start("boot-2");
        Uplink(writer);
        writer.Record(Numbered(1));
        await SentAsync(2_501);
        Assert.Equal([1_000, 1_000, 500, 1], _plane.Exchanges.Select(exchange => exchange.Lines.Length).Where(length => length > 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_record_arrives_once_and_in_order_whatever_goes_wrong(int seed)
    {
        var random = new Random(seed);
        _plane.Script = (_, _) => random.Next(10) switch
        {
            0 => new Upset(0, Store: true),
            1 => new Upset(0),
            2 => new Upset(503, "{}"),
            3 => new Upset(500, "<html>", Store: true),
            4 => new Upset(400, """{"error":"not today"}"""),
            5 => new Upset(413, ""),
            6 => new Upset(200, "<html>welcome to the hotel</html>", Store: random.Next(2) == 0),
            _ => null,
        };
        long handed = 0;
        for (int boot = 1; boot <= 4; boot++)
        {
            JournalWriter writer = Start($"boot-{boot}");
            Uplink uplink = Uplink(writer);
            for (int burst = 0; burst < 10; burst++)
            {
                for (int i = random.Next(60); i > 0; i--)
                {
                    Assert.True(writer.Record(Numbered(++handed)));
                }

                int seen = _plane.Exchanges.Count;
                await Until.TrueAsync(() => _plane.Exchanges.Count > seen, $"seed {seed}: another request");
            }

            await StopAsync(writer, uplink);
        }

        _plane.Script = (_, _) => null;
        Uplink(Start("last"));
        await SentAsync(handed);
        Assert.Empty(_plane.Violations);
        Assert.Equal(ReadAll(_directory.Path).Select(row => Encoding.UTF8.GetString(row.Canonical)), _plane.Stored);
    }

    [Fact]
    public async Task It_resumes_after_an_outage()
    {
        await _plane.StopAsync();
        JournalWriter writer = Start("boot-1");
        Uplink(writer);
        writer.Record(Numbered(1));
        await Until.TrueAsync(() => _time.Waits.Count > 20, "twenty tries against a closed port");
        await using var again = new FakeControlPlane(_plane.Port);
        await Until.TrueAsync(() => again.Stored.Count == 1, "the record arrives after the outage");
        await StopAllAsync();
    }

    [Fact]
    public async Task A_control_plane_that_has_the_batch_already_is_content()
    {
        Write("boot-1", 1, 10);
        _plane.Script = (number, _) => number == 0 ? new Upset(0, Store: true) : null;
        Uplink(Start("boot-2"));
        await AcknowledgedAsync(10);
        Assert.Equal(10, _plane.Stored.Count);
        Assert.Empty(_plane.Violations);
    }

    [Fact]
    public async Task A_control_plane_restored_from_a_backup_gets_what_it_lost_again()
    {
        Write("boot-1", 1, 30);
        Uplink(Start("boot-2"));
        await AcknowledgedAsync(30);
        JournalRecord seventh = ReadAll(_directory.Path)[6];
        _plane.SetBack("boot-1", 7, seventh.Hash);
        await StopAllAsync();
        Write("boot-1", 31, 0);
        using (SqliteConnection connection = JournalStore.Connect(_directory.Path, create: false))
        {
            Execute(connection, "update acknowledged set id = 29");
        }

        Uplink(Start("boot-3"));
        await AcknowledgedAsync(30);
        Assert.Equal(30 + 23, _plane.Stored.Count);
        Assert.Equal(30, _plane.Boots["boot-1"].Head);
        Assert.Empty(_plane.Violations);
    }

    [Theory]
    [InlineData(409, """{"error":"gap","boot":"boot-1","expected":99}""")]
    [InlineData(409, """{"error":"gap","boot":"boot-1","expected":0}""")]
    [InlineData(409, """{"error":"gap","boot":"boot-1","expected":-5}""")]
    [InlineData(409, """{"error":"gap","boot":"another","expected":1}""")]
    [InlineData(409, "")]
    [InlineData(422, """{"error":"chain","boot":"boot-1","sequence":1}""")]
    [InlineData(400, """{"error":"malformed"}""")]
    [InlineData(401, """{"error":"token"}""")]
    [InlineData(301, "")]
    [InlineData(404, "<html>")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[]")]
    [InlineData(200, "null")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"boot":"boot-1","acknowledged":null}""")]
    [InlineData(200, """{"boot":"boot-1","acknowledged":0}""")]
    [InlineData(200, """{"boot":"boot-1","acknowledged":"1"}""")]
    [InlineData(200, """{"boot":"another","acknowledged":3}""")]
    [InlineData(200, """{"boot":"boot-1","acknowledged":3,"hlc":"soon"}""")]
    public async Task A_refusal_loses_nothing_and_is_not_answered_in_haste(int status, string body)
    {
        Write("boot-1", 1, 3);
        int refusals = 0;
        _plane.Script = (_, exchange) => exchange.Lines.Length > 0 && Interlocked.Increment(ref refusals) <= 6 ? new Upset(status, body) : null;
        Uplink(Start("boot-2"));
        await AcknowledgedAsync(3);
        Assert.Equal(3, _plane.Stored.Count);
        TimeSpan[] waits = [.. _time.Waits.Where(wait => wait > TimeSpan.Zero)];
        Assert.All(waits, wait => Assert.InRange(wait, Heartbeat, TimeSpan.FromMinutes(1)));
        Assert.Equal([5, 10, 20, 40, 60, 60], waits.Skip(1).Take(6).Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData("0", 0.25)]
    [InlineData("2", 2)]
    [InlineData("31536000", 60)]
    public async Task The_wish_to_be_asked_later_is_heard_within_bounds(string wish, double expectedSeconds)
    {
        Write("boot-1", 1, 1);
        _plane.Script = (number, _) => number < 5 ? new Upset(503, "", RetryAfter: wish) : null;
        Uplink(Start("boot-2"));
        await AcknowledgedAsync(1);
        Assert.Equal(Enumerable.Repeat(expectedSeconds, 5), _time.Waits.Skip(1).Take(5).Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task The_wait_grows_to_fifteen_seconds_and_stays_there_however_long_the_outage()
    {
        Write("boot-1", 1, 1);
        var time = new HurriedTime(1_000_000);
        using var client = new HttpClient(new NeverThere()) { BaseAddress = _plane.Url };
        await using var uplink = new Uplink(client, _directory.Path, Start("boot-2"), time);
        await Until.TrueAsync(() => time.Waits.Count > 2_500, "two thousand tries");
        TimeSpan[] waits = [.. time.Waits.Skip(1)];
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(15)));
        Assert.True(waits.Take(2).Max() < TimeSpan.FromSeconds(2), string.Join(' ', waits.Take(5)));
        Assert.True(waits.Skip(2_000).Average(wait => wait.TotalSeconds) > 10, string.Join(' ', waits.Skip(2_000).Take(5)));
    }

    [Fact]
    public async Task With_nothing_to_say_it_sends_heartbeats_without_a_body()
    {
        Uplink(Start("boot-1"));
        await Until.TrueAsync(() => _plane.Exchanges.Count >= 3, "three heartbeats");
        Assert.All(_plane.Exchanges, exchange => Assert.Equal(("POST", null, 0), (exchange.Method, exchange.Encoding, exchange.Raw.Length)));
    }

    [Fact]
    public async Task A_batch_needs_no_heartbeat_after_it()
    {
        JournalWriter writer = Start("boot-1");
        await using var uplink = new Uplink(Client(_plane.Url), _directory.Path, writer, new HurriedTime(0.001));     // no heartbeat is due
        for (int i = 1; i <= 5; i++)
        {
            writer.Record(Numbered(i));
            await SentAsync(i);
        }

        Assert.All(_plane.Exchanges, exchange => Assert.NotEmpty(exchange.Lines));
    }

    [Fact]
    public async Task The_path_of_the_address_is_kept()
    {
        Uplink(Start("boot-1"), new Uri(_plane.Url, "/behind/a/proxy"));
        await Until.TrueAsync(() => !_plane.Exchanges.IsEmpty, "a heartbeat");
        Assert.Equal("/behind/a/proxy/v1/ingest", _plane.Exchanges.First().Path);
    }

    [Fact]
    public async Task The_clock_of_the_answer_is_before_what_is_written_next()
    {
        _plane.Clock = new HybridTimestamp(0).Tick(DateTimeOffset.UtcNow.AddMilliseconds(450).ToUnixTimeMilliseconds());
        JournalWriter writer = Start("boot-1");
        Uplink(writer);
        writer.Record(new LinkChanged(Node, "1", "up"));
        await AcknowledgedAsync(1);
        writer.Record(new LinkChanged(Node, "2", "up"));
        await AcknowledgedAsync(2);
        NodeRecord[] records = [.. Records(_directory.Path)];
        Assert.True(HybridTimestamp.Parse(records[^1].Hlc) > _plane.Clock, records[^1].Hlc);
    }

    [Fact]
    public async Task A_disk_that_cannot_note_an_acknowledgement_costs_nothing()
    {
        Write("boot-1", 1, 3);
        using SqliteConnection connection = JournalStore.Connect(_directory.Path, create: false);
        Execute(connection, "create trigger refuse before update on acknowledged begin select raise(abort, 'disk full'); end");
        Uplink(Start("boot-2"));
        await Until.TrueAsync(() => _plane.Exchanges.Count(exchange => exchange.Lines.Length > 0) >= 3, "the batch is sent again");
        Execute(connection, "drop trigger refuse");
        await AcknowledgedAsync(3);
        Assert.Equal(3, _plane.Stored.Count);
    }

    [Fact]
    public async Task A_proxy_that_allows_little_gets_little()
    {
        Write("boot-1", 1, 1_000);
        _plane.Script = (_, exchange) => exchange.Lines.Length > 100 ? new Upset(413) : null;
        Uplink(Start("boot-2"));
        await AcknowledgedAsync(1_000);
        Assert.Equal(1_000, _plane.Stored.Count);
    }

    [Fact]
    public async Task What_was_recorded_before_the_stop_arrives_before_the_end()
    {
        JournalWriter writer = Start("boot-1");
        Uplink uplink = Uplink(writer);
        for (int i = 1; i <= 1_500; i++)
        {
            Assert.True(writer.Record(Numbered(i)));
        }

        await StopAsync(writer, uplink);
        Assert.Equal(1_500, _plane.Stored.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(503)]
    [InlineData(400)]
    public async Task A_control_plane_that_does_not_take_them_does_not_keep_the_daemon(int status)
    {
        _plane.Script = (_, _) => new Upset(status);
        JournalWriter writer = Start("boot-1");
        Uplink uplink = Uplink(writer);
        writer.Record(Numbered(1));
        await Until.EndsAsync(StopAsync(writer, uplink), "the stop");
        Assert.Equal([1L], Records(_directory.Path).Select(NumberOf));
        Assert.Equal(0, Acknowledged());
    }

    [Fact]
    public async Task Without_a_journal_there_are_heartbeats_all_the_same()
    {
        var writer = new JournalWriter(() => throw new IOException("no disk"), Node, JournalLimits.Default, _time);
        _running.Insert(0, writer);
        Uplink(writer);
        writer.Record(Numbered(1));
        await Until.TrueAsync(() => _plane.Exchanges.Count >= 3, "three heartbeats");
    }
}
