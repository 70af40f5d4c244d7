using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Checkers;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>Every protocol over TCP against every way in which a server can misbehave.</summary>
public sealed class BehaviourMatrixTests
{
    [Theory]
    [InlineData("TCP_CHECK", "good", "Succeeded", "connected")]
    [InlineData("TCP_CHECK", "slow", "Succeeded", "connected")]
    [InlineData("TCP_CHECK", "refusing", "Failed", "connection refused")]
    [InlineData("TCP_CHECK", "deaf", "Failed", "timed out after 1 s connecting")]
    [InlineData("TCP_CHECK", "garbage", "Succeeded", "connected")]
    [InlineData("TCP_CHECK", "half-open", "Succeeded", "connected")]
    [InlineData("TCP_CHECK", "never closing", "Succeeded", "connected")]
    [InlineData("TCP_CHECK", "early close", "Succeeded", "connected")]
    [InlineData("HTTP_GET", "good", "Succeeded", "status 200")]
    [InlineData("HTTP_GET", "slow", "Succeeded", "status 200")]
    [InlineData("HTTP_GET", "refusing", "Failed", "connection refused")]
    [InlineData("HTTP_GET", "deaf", "Failed", "timed out after 1 s connecting")]
    [InlineData("HTTP_GET", "resetting", "Failed", "connection reset")]
    [InlineData("HTTP_GET", "garbage", "Failed", "not a status line of HTTP: '???'")]
    [InlineData("HTTP_GET", "half-open", "Failed", "timed out after 1 s waiting for an answer")]
    [InlineData("HTTP_GET", "never closing", "Failed", "timed out after 4 s waiting for the rest of the body")]
    [InlineData("HTTP_GET", "early close", "Failed", "closed without an answer")]
    [InlineData("SSL_GET", "good", "Succeeded", "status 200")]
    [InlineData("SSL_GET", "slow", "Succeeded", "status 200")]
    [InlineData("SSL_GET", "refusing", "Failed", "connection refused")]
    [InlineData("SSL_GET", "deaf", "Failed", "timed out after 1 s connecting")]
    [InlineData("SSL_GET", "resetting", "Failed", "connection reset")]
    [InlineData("SSL_GET", "garbage", "Failed", "TLS: *")]
    [InlineData("SSL_GET", "half-open", "Failed", "timed out after 1 s negotiating TLS")]
    [InlineData("SSL_GET", "never closing", "Failed", "timed out after 4 s waiting for the rest of the body")]
    [InlineData("SSL_GET", "early close", "Failed", "closed by the server, negotiating TLS")]
    [InlineData("SMTP_CHECK", "good", "Succeeded", "greeting, HELO and QUIT answered")]
    [InlineData("SMTP_CHECK", "slow", "Succeeded", "greeting, HELO and QUIT answered")]
    [InlineData("SMTP_CHECK", "refusing", "Failed", "connection refused")]
    [InlineData("SMTP_CHECK", "deaf", "Failed", "timed out after 1 s connecting")]
    [InlineData("SMTP_CHECK", "resetting", "Failed", "connection reset")]
    [InlineData("SMTP_CHECK", "garbage", "Failed", "the greeting: not a reply of SMTP: '???'")]
    [InlineData("SMTP_CHECK", "half-open", "Failed", "timed out after 1 s waiting for the greeting")]
    [InlineData("SMTP_CHECK", "never closing", "Succeeded", "greeting, HELO and QUIT answered")]
    [InlineData("SMTP_CHECK", "early close", "Failed", "closed by the server, waiting for the greeting")]
    public async Task A_server_is_judged_by_what_it_does(string kind, string behaviour, string verdict, string note)
    {
        using X509Certificate2 certificate = Checks.Certificate("server");
        string[] answers = kind == "SMTP_CHECK" ? ["", "220-mail\r\n220 mail\r\n", "250 hello\r\n", "221 bye\r\n"] : ["HTTP/1.0 200 OK\r\nServer: test\r\n\r\nhello"];
        using CheckServer server = Behaviour.Server(
            behaviour, kind == "SSL_GET" ? Checks.Secure(new SslServerAuthenticationOptions { ServerCertificate = certificate }) : null, answers);
        TimeSpan limit = behaviour is "deaf" or "half-open" ? Checks.Short
            : behaviour == "never closing" && kind != "SMTP_CHECK" ? TimeSpan.FromSeconds(4)   // the steps before must end within it, on a busy machine too
            : Checks.Long;

        ProbeResult result = await Checks.RunAsync(Settings(kind, Checks.Target(server.Port, limit)));

        Assert.Equal(verdict, $"{result.Verdict}");
        Assert.True(note.EndsWith('*') ? result.Note.StartsWith(note[..^1], StringComparison.Ordinal) : result.Note == note, result.Note);
    }

    private static NetworkCheckSettings Settings(string kind, CheckTarget target) => kind switch
    {
        "TCP_CHECK" => Checks.Tcp(target),
        "SMTP_CHECK" => new SmtpCheckSettings { Span = Checks.Span, Target = target },
        _ => Checks.Http(target) with { Tls = kind == "SSL_GET" },
    };
}
