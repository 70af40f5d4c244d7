using System.Text.Json;
using Keepalived.Es.Logging;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Serilog;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;

namespace Keepalived.Es.NodeRuntime.Tests.Logging;

public sealed class SeqSinkTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly HurriedTime _time = new(factor: 10_000);
    private readonly FakeSeq _seq = new();

    public async ValueTask DisposeAsync()
    {
        await _seq.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Events_arrive_in_their_order_with_the_key_and_the_media_type()
    {
        using (SeqSink sink = Sink("secret-key"))
        {
            Write(sink, 0, 2_500);
            await ArrivedAsync(2_500);
        }

        Assert.Equal(Enumerable.Range(0, 2_500), Numbers());
        Assert.All(_seq.Requests, request => Assert.Equal(("/ingest/clef", "secret-key", "application/vnd.serilog.clef; charset=utf-8"), (request.Path, request.Key, request.ContentType)));
        Assert.All(_seq.Requests, request => Assert.InRange(request.Lines, 1, 1_000));
    }

    [Fact]
    public void What_was_logged_before_the_stop_arrives_before_the_end()
    {
        using (SeqSink sink = Sink())
        {
            Write(sink, 0, 300);
        }

        Assert.Equal(Enumerable.Range(0, 300), Numbers());
    }

    [Fact]
    public void Large_events_go_in_batches_below_the_limit()
    {
        using (SeqSink sink = Sink())
        {
            using Logger log = Logger(sink);
            for (int i = 0; i < 60; i++)
            {
                log.Information("Number {Number} {Padding}", i, new string('x', 200_000));
            }
        }

        Assert.Equal(Enumerable.Range(0, 60), Numbers());
        Assert.All(_seq.Requests, request => Assert.InRange(request.Bytes, 1, 4 << 20));
    }

    [Fact]
    public void Events_that_Seq_will_never_take_are_set_aside_and_the_others_arrive_once()
    {
        int[] poison = [0, 17, 18, 500, 999];
        _seq.Poison = line => line.TryGetProperty("Number", out JsonElement number) && poison.Contains(number.GetInt32());
        using (SeqSink sink = Sink())
        {
            Write(sink, 0, 1_000);
        }

        Assert.Equal(Enumerable.Range(0, 1_000).Except(poison), Numbers());
        string[] aside = File.ReadAllLines(_directory["seq/seq-refused.txt"]);
        Assert.Equal(poison.Length, aside.Count(line => line.StartsWith("# 400", StringComparison.Ordinal)));
        Assert.Equal(poison, aside.Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line).GetProperty("Number").GetInt32()));
        Assert.InRange(_seq.Requests.Count, 10, 120);
    }

    [Fact]
    public void A_Seq_that_allows_small_batches_only_gets_small_ones()
    {
        _seq.Script = number => _seq.Requests.ElementAt(number).Lines > 40 ? 413 : null;
        using (SeqSink sink = Sink())
        {
            Write(sink, 0, 500);
        }

        Assert.Equal(Enumerable.Range(0, 500), Numbers());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(301)]
    public async Task While_Seq_does_not_take_them_events_wait_and_the_tries_become_rarer(int status)
    {
        _seq.Script = number => number < 12 ? status : null;
        using SeqSink sink = Sink();
        Write(sink, 0, 100);
        await ArrivedAsync(100);
        Assert.Equal(Enumerable.Range(0, 100), Numbers());
        double[] waits = [.. _time.Waits.Select(wait => wait.TotalSeconds).SkipWhile(wait => wait < 2).Take(10)];
        Assert.Equal([2, 4, 8, 16, 32, 64, 120, 120, 120, 120], waits);
    }

    [Fact]
    public void What_Seq_did_not_take_before_the_stop_is_sent_after_the_next_start()
    {
        _seq.Script = _ => 503;
        using (SeqSink sink = Sink())
        {
            Write(sink, 0, 50);
        }

        _seq.Script = _ => null;
        using (SeqSink sink = Sink())
        {
            Write(sink, 50, 50);
        }

        Assert.Equal(Enumerable.Range(0, 100), Numbers());
    }

    [Fact]
    public async Task Logging_never_waits_and_what_the_queue_could_not_hold_is_said_in_Seq()
    {
        int logged = 0;
        using (SeqSink sink = Sink())
        {
            using Logger log = Logger(sink);
            while (logged < SeqSink.QueueCapacity * 5)          // faster than any disk
            {
                log.Information("Number {Number}", logged++);
            }

            await Until.TrueAsync(
                () =>
                {
                    log.Information("Number {Number}", logged++);
                    return Numbers().Count() + Lost() >= logged - 200;
                },
                "every event is there or counted");
        }

        Assert.Equal(logged, Numbers().Count() + Lost());
    }

    [Fact]
    public async Task A_buffer_that_cannot_be_written_costs_counted_events_and_never_the_start()
    {
        File.WriteAllText(_directory["seq"], "a file where the directory should be");
        int said = 0;
        SelfLog.Enable(message => said += message.Contains("are lost", StringComparison.Ordinal) ? 1 : 0);
        using SeqSink sink = Sink();
        Write(sink, 0, 10);
        await Until.TrueAsync(() => said > 0, "the loss is said in the program's own place");
        File.Delete(_directory["seq"]);
        Write(sink, 10, 1);
        await Until.TrueAsync(() => _seq.Events.Any(IsLoss), "the loss is said in Seq");
        SelfLog.Disable();
        JsonElement loss = _seq.Events.First(IsLoss);
        Assert.Equal(("Warning", "node-a"), (loss.GetProperty("@l").GetString(), loss.GetProperty("Node").GetString()));
        Assert.Contains("could not be written", loss.GetProperty("Cause").GetString(), StringComparison.Ordinal);
        Assert.Equal(11, Numbers().Count() + Lost());
    }

    [Fact]
    public void The_path_of_the_address_is_kept()
    {
        using (var sink = new SeqSink(new Uri(_seq.Url, "/tools/seq/"), null, _directory["seq"]))
        {
            Write(sink, 0, 1);
        }

        Assert.Equal("/tools/seq/ingest/clef", Assert.Single(_seq.Requests).Path);
    }

    [Fact]
    public async Task A_kill_at_any_moment_costs_only_what_was_still_in_memory()
    {
        var random = new Random(1);
        var ranges = new List<(int First, int Said)>();
        for (int run = 0; run < 6; run++)
        {
            int first = run * 1_000_000;
            int said = first;
            using var child = new ChildProgram("", SeqChild.Verb, _seq.Url.ToString(), _directory["seq"], $"{first}");
            for (int i = random.Next(3, 20); i > 0; i--)
            {
                said = int.Parse((await child.Output.ReadLineAsync())!);
            }

            int goal = said;
            await Until.TrueAsync(() => Directory.Exists(_directory["seq"]) && InFiles(goal), $"{goal} is in the buffer");
            child.Kill();
            ranges.Add((first, said));
        }

        using (Sink())
        {
            await Until.TrueAsync(() => ranges.All(range => Numbers().Contains(range.Said)), "everything that was in the buffer arrives");
        }

        int[] numbers = [.. Numbers()];
        foreach ((int first, int said) in ranges)
        {
            Assert.Empty(Enumerable.Range(first, said - first + 1).Except(numbers));
        }

        Assert.False(File.Exists(_directory["seq/seq-refused.txt"]));
    }

    private bool InFiles(int number) => _seq.Events.Any(line => line.TryGetProperty("Number", out JsonElement n) && n.GetInt32() == number)
        || Directory.GetFiles(_directory["seq"], "*.clef").Any(file => ReadShared(file).Contains($"\"Number\":{number},", StringComparison.Ordinal));

    private static string ReadShared(string file)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd();
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }

    private SeqSink Sink(string? key = null) => new(_seq.Url, key, _directory["seq"], _time);

    private static Logger Logger(SeqSink sink) => new LoggerConfiguration().Enrich.WithProperty("Node", "node-a").WriteTo.Sink(new NotDisposed(sink)).CreateLogger();

    private static void Write(SeqSink sink, int first, int count)
    {
        using Logger log = Logger(sink);
        for (int i = first; i < first + count; i++)
        {
            log.Information("Number {Number}", i);
        }
    }

    private IEnumerable<int> Numbers() => _seq.Events.Where(line => line.TryGetProperty("Number", out _)).Select(line => line.GetProperty("Number").GetInt32());

    private static bool IsLoss(JsonElement line) => line.TryGetProperty("Cause", out _);

    private long Lost() => _seq.Events.Where(IsLoss).Sum(line => line.GetProperty("Count").GetInt64());

    private Task ArrivedAsync(int count) => Until.TrueAsync(() => Numbers().Count() >= count, $"{count} events arrive");

    /// <summary>Several loggers over one sink: theirs to write to, not to dispose of.</summary>
    private sealed class NotDisposed(SeqSink sink) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => sink.Emit(logEvent);
    }
}
