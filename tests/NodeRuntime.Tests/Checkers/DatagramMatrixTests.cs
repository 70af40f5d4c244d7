using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Checkers;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>The protocols over datagrams against every way in which a server can misbehave.</summary>
public sealed class DatagramMatrixTests
{
    [Theory]
    [InlineData("UDP_CHECK", "good", "Succeeded", "answered")]
    [InlineData("UDP_CHECK", "slow", "Succeeded", "answered")]
    [InlineData("UDP_CHECK", "silent", "Succeeded", "not refused")]
    [InlineData("UDP_CHECK", "refusing", "Failed", "port unreachable")]
    [InlineData("UDP_CHECK", "garbage", "Succeeded", "answered")]
    [InlineData("UDP_CHECK reply", "good", "Succeeded", "answered")]
    [InlineData("UDP_CHECK reply", "slow", "Succeeded", "answered")]
    [InlineData("UDP_CHECK reply", "silent", "Failed", "timed out after 1 s waiting for a reply")]
    [InlineData("UDP_CHECK reply", "refusing", "Failed", "port unreachable")]
    [InlineData("UDP_CHECK reply", "garbage", "Failed", "reply has FF at byte 0, wanted 01")]
    [InlineData("UDP_CHECK reply", "cut", "Failed", "reply of 1 bytes, wanted 2 to 4")]
    [InlineData("DNS_CHECK", "good", "Succeeded", "answered")]
    [InlineData("DNS_CHECK", "slow", "Succeeded", "answered")]
    [InlineData("DNS_CHECK", "silent", "Failed", "timed out after 1 s waiting for an answer")]
    [InlineData("DNS_CHECK", "refusing", "Failed", "port unreachable")]
    [InlineData("DNS_CHECK", "garbage", "Failed", "answer has the id *")]
    [InlineData("DNS_CHECK", "cut", "Failed", "answer of 1 bytes, a DNS message has 12 or more")]
    [InlineData("DNS_CHECK", "servfail", "Failed", "answered with the error SERVFAIL (2)")]
    [InlineData("PING_CHECK", "good", "Succeeded", "echo answered")]
    public async Task A_server_is_judged_by_what_it_does(string kind, string behaviour, string verdict, string note)
    {
        using var server = new DatagramServer(kind == "DNS_CHECK", behaviour);
        ProbeResult result = await Checks.RunAsync(Settings(kind, Checks.Target(server.Port, behaviour == "silent" ? Checks.Short : null)));

        Assert.Equal(verdict, $"{result.Verdict}");
        Assert.True(note.EndsWith('*') ? result.Note.StartsWith(note[..^1], StringComparison.Ordinal) : result.Note == note, result.Note);
    }

    private static NetworkCheckSettings Settings(string kind, CheckTarget target)
    {
        var udp = new UdpCheckSettings { Span = Checks.Span, Target = target };
        return kind switch
        {
            "UDP_CHECK" => udp,
            "DNS_CHECK" => new DnsCheckSettings { Span = Checks.Span, Target = target, Name = "server.example" },
            "PING_CHECK" => new PingCheckSettings { Span = Checks.Span, Target = target },
            _ => udp with { Payload = [1, 2, 3], RequireReply = true, Reply = [1, 0xF2], ReplyMask = [0xFF, 0x0F], MinimumReplyLength = 2, MaximumReplyLength = 4 },
        };
    }
}
