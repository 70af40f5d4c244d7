using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.Domain.Tests.Health;

public sealed class DnsCodecTests
{
    [Theory]                                                     // RFC 1035 section 4.1: header, question
    [InlineData("", DnsType.SOA, "1234 0100 0001 0000 0000 0000 00 0006 0001")]
    [InlineData(".", DnsType.NS, "1234 0100 0001 0000 0000 0000 00 0002 0001")]
    [InlineData("a.example", DnsType.AAAA, "1234 0100 0001 0000 0000 0000 01 61 07 6578616D706C65 00 001C 0001")]
    [InlineData("a.example.", DnsType.DNSKEY, "1234 0100 0001 0000 0000 0000 01 61 07 6578616D706C65 00 0030 0001")]
    public void A_query_has_these_bytes(string name, DnsType type, string expected) =>
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(Query(name, type)));

    [Theory]                                                     // flags of the answer (section 4.1.1)
    [InlineData("1234 8180 0001 0000 0000 0000 0161 00 0001 0001", null)]
    [InlineData("1234 8180 0000 0000 0000 0000", null)]          // the question left out
    [InlineData("1234 8180 0001 0000 0000 0000 0141 00 0001 0001 FF", null)]                                  // section 2.3.3: case does not count
    [InlineData("1235 8180 0001 0000 0000 0000 0161 00 0001 0001", "answer has the id 4661, the query 4660")]
    [InlineData("1234 0100 0001 0000 0000 0000 0161 00 0001 0001", "answer is itself a query")]
    [InlineData("1234 8182 0001 0000 0000 0000 0161 00 0001 0001", "answered with the error SERVFAIL (2)")]
    [InlineData("1234 8183 0001 0000 0000 0000 0161 00 0001 0001", "answered with the error NXDOMAIN (3)")]
    [InlineData("1234 8185 0001 0000 0000 0000 0161 00 0001 0001", "answered with the error REFUSED (5)")]
    [InlineData("1234 818F 0001 0000 0000 0000 0161 00 0001 0001", "answered with the error code 15")]
    [InlineData("1234 8180 0001 0000 0000 0000 0162 00 0001 0001", "answer is for another question")]
    [InlineData("1234 8180 0001 0000 0000 0000 0161", "answer is for another question")]
    [InlineData("1234 8180 0001", "answer of 6 bytes, a DNS message has 12 or more")]
    [InlineData("", "answer of 0 bytes, a DNS message has 12 or more")]
    public void An_answer_is_judged(string reply, string? complaint) =>
        Assert.Equal(complaint, DnsCodec.ReadReply(Convert.FromHexString(reply.Replace(" ", "", StringComparison.Ordinal)), Query("a", DnsType.A)));

    [Theory]                                                     // section 2.3.4
    [InlineData("example.org", null)]
    [InlineData("_sip._tcp.example.org.", null)]
    [InlineData("a..b", "label '' of name 'a..b' has 0 characters, allowed 1 to 63")]
    [InlineData("bücher.example", "name 'b?cher.example' is not ASCII: write international names in their xn-- form")]
    public void A_name_that_cannot_be_asked_for_is_complained_of(string name, string? complaint) => Assert.Equal(complaint, DnsCodec.Complaint(name));

    [Fact]
    public void The_longest_name_fits_and_a_longer_one_is_refused()
    {
        string label = new('a', 63);
        string longest = $"{label}.{label}.{label}.{new string('a', 61)}";
        Assert.Null(DnsCodec.Complaint(longest));
        Assert.Equal(DnsCodec.QueryLimit, Query(longest, DnsType.A).Length);
        Assert.NotNull(DnsCodec.Complaint(longest + "a"));
        Assert.NotNull(DnsCodec.Complaint(label + "a"));
    }

    [Fact]
    public void Any_bytes_are_judged_without_an_exception()
    {
        byte[] query = Query("a.example", DnsType.A);
        for (int seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            byte[] reply = [.. query.Take(random.Next(query.Length + 1))];
            for (int i = random.Next(3); i > 0 && reply.Length > 0; i--)
            {
                reply[random.Next(reply.Length)] = (byte)random.Next(256);
            }

            bool isShort = reply.Length < 12;
            Assert.True(!isShort || DnsCodec.ReadReply(reply, query) is not null, $"seed {seed}");
            _ = DnsCodec.ReadReply(reply, query);
        }
    }

    private static byte[] Query(string name, DnsType type)
    {
        byte[] query = new byte[DnsCodec.QueryLimit];
        return query[..DnsCodec.WriteQuery(query, 0x1234, name, type)];
    }
}
