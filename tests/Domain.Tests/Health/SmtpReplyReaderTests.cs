using System.Text;
using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.Domain.Tests.Health;

public sealed class SmtpReplyReaderTests
{
    [Theory]                                                     // RFC 5321 section 4.2.1; what follows the reply is left
    [InlineData("220 mail.example\r\n", 220, "")]
    [InlineData("250-a\r\n250-b\r\n250 c\r\n221 x\r\n", 250, "221 x\r\n")]
    [InlineData("250\r\n", 250, "")]
    [InlineData("554 no\n", 554, "")]
    public void A_reply_is_read_whatever_its_pieces(string text, int code, string rest)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            var reader = new SmtpReplyReader();
            int at = 0;
            while (at < bytes.Length && reader.Code == 0)
            {
                at += reader.Read(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
            }

            Assert.Null(reader.Complaint);
            Assert.Equal((code, rest), (reader.Code, text[at..]));
        }
    }

    [Theory]
    [InlineData("HTTP/1.0 400 Bad\r\n", "not a reply of SMTP: 'HTTP/1.0 400 Bad'")]
    [InlineData("\r\n", "not a reply of SMTP: ''")]
    [InlineData("199 a\r\n", "not a reply of SMTP: '199 a'")]
    [InlineData("2200 a\r\n", "not a reply of SMTP: '2200 a'")]
    public void What_is_no_reply_is_complained_of(string text, string complaint)
    {
        var reader = new SmtpReplyReader();
        reader.Read(Encoding.Latin1.GetBytes(text));
        Assert.Equal((complaint, 0), (reader.Complaint, reader.Code));
    }

    [Fact]
    public void Lines_are_limited_in_length_and_number()
    {
        var reader = new SmtpReplyReader();
        reader.Read(Encoding.Latin1.GetBytes("250 " + new string('a', SmtpReplyReader.LineLimit)));
        Assert.Equal("line is longer than 2048 bytes", reader.Complaint);
        reader = new SmtpReplyReader();
        reader.Read(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("250-a\r\n", SmtpReplyReader.LinesLimit))));
        Assert.Equal("reply has more than 100 lines", reader.Complaint);
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(200)];
            const string Alphabet = "25014- \r\nab\0ÿ";
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)Alphabet[random.Next(Alphabet.Length)];
            }

            var reader = new SmtpReplyReader();
            int taken = reader.Read(bytes);
            Assert.True(taken == bytes.Length || reader.Code != 0 || reader.Complaint is not null, $"seed {seed}");
        }
    }
}
