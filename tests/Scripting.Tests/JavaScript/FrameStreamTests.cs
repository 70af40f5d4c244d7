using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.JavaScript.Protocol;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

public sealed class FrameStreamTests
{
    private const int Longest = 200;

    [Fact]
    public void What_is_written_is_read_again_whatever_the_pieces_it_comes_in()
    {
        using var bytes = new MemoryStream();
        var writer = new FrameStream(Stream.Null, bytes, Longest, Longest);
        writer.Write(new JsonObject { ["kind"] = "call", ["ctx"] = "{\"a\":\"é漢😀\\n\"}" });
        writer.Write([]);
        bytes.Position = 0;
        var reader = new FrameStream(bytes, Stream.Null, Longest, Longest);
        Assert.Equal("{\"a\":\"é漢😀\\n\"}", reader.Read()!.Text("ctx"));
        Assert.Empty(reader.Read()!);
        Assert.Null(reader.Read());
    }

    [Fact]
    public void A_message_that_is_too_long_is_not_written_at_all()
    {
        using var bytes = new MemoryStream();
        var writer = new FrameStream(Stream.Null, bytes, Longest, Longest);
        FrameException e = Assert.Throws<FrameException>(() => writer.Write(new JsonObject { ["a"] = new string('x', Longest) }));
        Assert.Equal("a message of 208 bytes is too long, allowed 0 to 200", e.Message);
        Assert.Equal(0, bytes.Length);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0 }, "the stream ended after 2 of 4 bytes of a length")]
    [InlineData(new byte[] { 9, 0, 0, 0, 123 }, "the stream ended after 1 of 9 bytes of a message")]
    [InlineData(new byte[] { 255, 255, 255, 255 }, "a message of 4294967295 bytes is too long, allowed 0 to 200")]
    [InlineData(new byte[] { 1, 0, 0, 0, 49 }, "a message is not a JSON object")]
    [InlineData(new byte[] { 4, 0, 0, 0, 110, 117, 108, 108 }, "a message is not a JSON object")]
    [InlineData(new byte[] { 1, 0, 0, 0, 255 }, "a message is not JSON")]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "a message is not JSON")]
    public void A_stream_that_does_not_keep_to_the_form_says_how(byte[] bytes, string problem)
    {
        using var stream = new MemoryStream(bytes);
        FrameException e = Assert.Throws<FrameException>(() => new FrameStream(stream, Stream.Null, Longest, Longest).Read());
        Assert.StartsWith(problem, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_bytes_end_in_messages_or_in_a_named_fault(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            if (bytes.Length > 8)
            {
                (bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]) = ((byte)random.Next(20), 0, 0, 0, (byte)'{');
            }

            using var stream = new MemoryStream(bytes);
            var frames = new FrameStream(stream, Stream.Null, Longest, Longest);
            try
            {
                while (await frames.ReadAsync(TestContext.Current.CancellationToken) is { } message)
                {
                    Assert.True(message.Count >= 0, $"seed {seed} round {round}");
                }
            }
            catch (FrameException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }
}
