using System.Text;
using Keepalived.Es.Logging;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Logging;

public sealed class SeqBufferTests : IDisposable
{
    private const int Bytes = 4 << 20;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Lines_are_read_in_order_and_again_until_they_are_committed()
    {
        var buffer = new SeqBuffer(_directory["seq"]);
        Assert.Empty(buffer.Read(10, Bytes).Lines);
        Assert.Equal((3, null), buffer.Append(["a", "b", "c"]));
        Assert.Equal(["a", "b"], buffer.Read(2, Bytes).Lines);
        SeqBatch batch = buffer.Read(2, Bytes);
        buffer.Commit(batch);
        Assert.Equal(["c"], buffer.Read(2, Bytes).Lines);
        Assert.Equal(["c"], new SeqBuffer(_directory["seq"]).Read(2, Bytes).Lines);
    }

    [Fact]
    public void An_unfinished_line_waits()
    {
        Write("seq-000001.clef", "whole\nhal");
        var buffer = new SeqBuffer(_directory.Path);
        SeqBatch batch = buffer.Read(10, Bytes);
        Assert.Equal(["whole"], batch.Lines);
        buffer.Commit(batch);
        Assert.Empty(buffer.Read(10, Bytes).Lines);
        File.AppendAllText(_directory["seq-000001.clef"], "f\n");
        Assert.Equal(["half"], buffer.Read(10, Bytes).Lines);
    }

    [Fact]
    public void A_line_that_a_kill_has_torn_does_not_spoil_the_next_one()
    {
        Write("seq-000001.clef", "whole\n{\"torn");
        var buffer = new SeqBuffer(_directory.Path);
        buffer.Append(["next"]);
        Assert.Equal(["whole", "next"], ReadAll(buffer));
    }

    [Fact]
    public void A_start_goes_on_with_the_newest_file()
    {
        for (int i = 0; i < 5; i++)
        {
            new SeqBuffer(_directory.Path).Append([$"{i}"]);
        }

        Assert.Single(Directory.GetFiles(_directory.Path, "*.clef"));
        Assert.Equal(["0", "1", "2", "3", "4"], ReadAll(new SeqBuffer(_directory.Path)));
    }

    [Fact]
    public void Bytes_that_are_no_text_keep_the_places_right()
    {
        File.WriteAllBytes(_directory["seq-000001.clef"], [0xFF, 0xFE, (byte)'\n', (byte)'\n', (byte)'\n', .. "é\nx\n"u8]);
        Assert.Equal(["\ufffd\ufffd", "é", "x"], ReadAll(new SeqBuffer(_directory.Path), step: 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x:::y")]
    [InlineData("5")]
    [InlineData("-3:::1")]
    [InlineData("0:::77")]
    public void A_bookmark_that_makes_no_sense_begins_with_the_oldest_file(string bookmark)
    {
        Write("seq-000003.clef", "a\n");
        Write("seq-000004.clef", "b\n");
        Write("seq.bookmark", bookmark);
        Assert.Equal(["a", "b"], ReadAll(new SeqBuffer(_directory.Path)));
    }

    [Fact]
    public void A_bookmark_behind_the_end_of_its_file_waits_for_the_next_file()
    {
        Write("seq-000003.clef", "a\n");
        Write("seq.bookmark", "999:::3");
        var buffer = new SeqBuffer(_directory.Path);
        Assert.Empty(buffer.Read(10, Bytes).Lines);
        Write("seq-000004.clef", "b\n");
        Assert.Equal(["b"], ReadAll(buffer));
    }

    [Fact]
    public void Files_are_rolled_and_bounded_and_what_is_given_up_is_counted()
    {
        var buffer = new SeqBuffer(_directory.Path, maximumFileBytes: 100, maximumFiles: 3);
        int written = 0;
        for (int i = 0; i < 200; i++)
        {
            written += buffer.Append([$"{i:d10}", $"{i:d10}b"]).Kept;
        }

        Assert.InRange(Directory.GetFiles(_directory.Path, "*.clef").Length, 1, 3);
        Assert.InRange(Directory.GetFiles(_directory.Path, "*.clef").Sum(file => new FileInfo(file).Length), 1, 3 * 150);
        long givenUp = buffer.TakeGivenUp();
        Assert.Equal(0, buffer.TakeGivenUp());
        List<string> left = ReadAll(buffer);
        Assert.Equal(400, left.Count + givenUp);
        Assert.Equal("0000000199b", left[^1]);
        Assert.Equal(left.Order(StringComparer.Ordinal), left);
    }

    [Fact]
    public void What_was_sent_before_its_file_was_given_up_is_not_counted()
    {
        var buffer = new SeqBuffer(_directory.Path, maximumFileBytes: 10, maximumFiles: 2);
        buffer.Append(["1 sent", "2 sent", "3 not"]);
        buffer.Commit(buffer.Read(2, Bytes));
        buffer.Append(["second file"]);
        buffer.Append(["third file"]);
        Assert.Equal(1, buffer.TakeGivenUp());
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_a_problem_and_no_exception()
    {
        Write("file", "");
        var buffer = new SeqBuffer(_directory["file/seq"]);
        (int kept, string? problem) = buffer.Append(["a"]);
        Assert.Equal(0, kept);
        Assert.NotNull(problem);
        File.Delete(_directory["file"]);
        Assert.Equal((1, null), buffer.Append(["b"]));
    }

    [Fact]
    public void Refused_events_are_kept_with_the_reason_up_to_a_size()
    {
        var buffer = new SeqBuffer(_directory.Path);
        Assert.True(buffer.SetAside("{}", "400\nbad"));
        Assert.Equal("# 400 bad\n{}\n", File.ReadAllText(_directory["seq-refused.txt"]));
        Write("seq-refused.txt", new string('x', (8 << 20) + 1));
        Assert.False(buffer.SetAside("{}", "400"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task One_writes_while_another_reads_and_nothing_is_lost_or_doubled(int seed)
    {
        var random = new Random(seed);
        var buffer = new SeqBuffer(_directory.Path, maximumFileBytes: 300, maximumFiles: 1_000);
        Task writing = Task.Run(() =>
        {
            for (int i = 0; i < 3_000;)
            {
                string[] lines = [.. Enumerable.Range(i, random.Next(1, 8)).Select(n => $"{n}")];
                Assert.Equal((lines.Length, null), buffer.Append(lines));
                i += lines.Length;
            }
        });
        var read = new List<string>();
        while (true)
        {
            bool last = writing.IsCompleted;
            SeqBatch batch = buffer.Read(5, Bytes);
            read.AddRange(batch.Lines);
            buffer.Commit(batch);
            if (last && batch.Lines.Count == 0)
            {
                break;
            }
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, read.Count).Select(n => $"{n}"), read);
        Assert.InRange(read.Count, 3_000, 3_010);
    }

    private static List<string> ReadAll(SeqBuffer buffer, int step = 3)
    {
        var lines = new List<string>();
        while (buffer.Read(step, Bytes) is { Lines.Count: > 0 } batch)
        {
            lines.AddRange(batch.Lines);
            buffer.Commit(batch);
        }

        return lines;
    }

    private void Write(string name, string text) => File.WriteAllText(_directory[name], text, new UTF8Encoding(false));
}
