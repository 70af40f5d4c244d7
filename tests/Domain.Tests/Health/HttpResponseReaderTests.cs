using System.Text;
using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.Domain.Tests.Health;

public sealed class HttpResponseReaderTests
{
    [Theory]                                                     // response, then: status, body, complete
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello", true)]                                         // RFC 9112 section 6.3: until close
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloX", 200, "hello", true)]                   // section 6.2
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", 200, "hello", false)]                   // too short
    [InlineData("HTTP/1.1 200 OK\ncontent-length:5\n\nhello", 200, "hello", true)]                           // section 2.2: a bare LF
    [InlineData("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true)]                                 // section 4: no reason
    [InlineData("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", 204, "", true)]                              // section 6.3 number 1
    [InlineData("HTTP/1.1 304 No\r\n\r\n", 304, "", true)]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno", 503, "no", true)]
    [InlineData("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", true)]      // RFC 9110 section 15.2
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n", 200, "hello0123456789", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, "hi", true)]   // section 6.3 number 3
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", 200, "hel", false)]
    public void A_response_is_read_whatever_its_pieces(string response, int status, string body, bool isComplete)
    {
        for (int piece = 1; piece <= response.Length; piece++)
        {
            (HttpResponseReader reader, string read) = Read(Encoding.Latin1.GetBytes(response), piece);
            Assert.Null(reader.Complaint);
            Assert.Equal((status, body, isComplete), (reader.Status, read, reader.IsComplete));
        }
    }

    [Theory]
    [InlineData("", "closed without an answer")]
    [InlineData("HTTP/1.0 200 OK\r\nA: b", "closed within the header")]
    [InlineData("220 mail.example ESMTP\r\n", "not a status line of HTTP: '220 mail.example ESMTP'")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n", "not a status line of HTTP: 'HTTP/1.1 20 OK'")]
    [InlineData("HTTP/1.1 999 OK\r\n\r\n", "not a status line of HTTP: 'HTTP/1.1 999 OK'")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "Content-Length '-5' is not one number")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "Content-Length '6' is not one number")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not the size of a chunk: 'zz'")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiX\r\n", "a chunk is longer than it says")]
    public void What_is_wrong_is_named(string response, string complaint)
    {
        for (int piece = 1; piece <= response.Length + 1; piece++)
        {
            Assert.Equal(complaint, Read(Encoding.Latin1.GetBytes(response), piece).Reader.Complaint);
        }
    }

    [Fact]
    public void Header_lines_and_interim_answers_are_limited()
    {
        byte[] endless = Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\n" + new string('a', HttpResponseReader.HeadLimit));
        Assert.Equal("header is longer than 65536 bytes", Read(endless, 1000).Reader.Complaint);
        byte[] chunk = Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + new string('1', HttpResponseReader.ChunkLineLimit + 1));
        Assert.Equal("line before a chunk is longer than 1024 bytes", Read(chunk, 7).Reader.Complaint);
        byte[] interim = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("HTTP/1.1 100 C\r\n\r\n", HttpResponseReader.InterimLimit + 1)));
        Assert.Equal("more than 10 interim answers", Read(interim, 7).Reader.Complaint);
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception_and_to_an_end()
    {
        string[] seeds = ["HTTP/1.1 200 OK\r\n", "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", "\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "HTTP/1.0 404\n"];
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => seeds[random.Next(seeds.Length)])));
            for (int i = random.Next(4); i > 0 && bytes.Length > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            (HttpResponseReader whole, string body) = Read(bytes, bytes.Length + 1);
            (HttpResponseReader pieces, string same) = Read(bytes, random.Next(1, 9));
            Assert.Equal((whole.Status, whole.Complaint, body, whole.IsComplete), (pieces.Status, pieces.Complaint, same, pieces.IsComplete));
            Assert.Equal(body.Length, whole.BodyBytes);
        }
    }

    private static (HttpResponseReader Reader, string Body) Read(byte[] response, int piece)
    {
        var reader = new HttpResponseReader();
        var body = new StringBuilder();
        for (int at = 0; at < response.Length; at += piece)
        {
            ReadOnlySpan<byte> rest = response.AsSpan(at, Math.Min(piece, response.Length - at));
            while (!rest.IsEmpty && reader.Read(rest, out ReadOnlySpan<byte> part) is var taken and > 0)
            {
                body.Append(Encoding.Latin1.GetString(part));
                rest = rest[taken..];
            }
        }

        if (!reader.IsComplete && reader.Complaint is null)
        {
            reader.End();
        }

        return (reader, body.ToString());
    }
}
