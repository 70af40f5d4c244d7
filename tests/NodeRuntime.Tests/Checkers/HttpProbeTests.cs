using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Checkers;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

public sealed class HttpProbeTests
{
    private const string Hello = "5d41402abc4b2a76b9719d911017c592";                       // md5sum of "hello"
    private const string ChunkedHello = "79e9489e3bd3f0cb0158215341de046d";                // of its chunks, as genhash 2.2.7 prints it
    private const string Plain = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    private const string Cut = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello";

    [Theory]                                                     // answer, digest, statuses, verdict, note
    [InlineData(Plain, null, null, true, "status 200")]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", null, null, false, "status 503, wanted 200 to 299")]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", null, "200 500-503", true, "status 503")]
    [InlineData("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", null, "200 500-503", false, "status 404, wanted 200, 500 to 503")]
    [InlineData(Plain, Hello, null, true, "status 200")]
    [InlineData(Plain, ChunkedHello, null, false, $"digest is {Hello}, wanted {ChunkedHello}")]
    [InlineData("HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nhello", Hello, null, false, "status 404, wanted 200 to 299")]   // the status comes first
    [InlineData(Chunked, Hello, null, true, "status 200")]
    [InlineData(Chunked, ChunkedHello, null, true, "status 200")]
    [InlineData(Cut, null, null, true, "status 200; body ended after 5 of 50 bytes")]      // keepalived only logs it
    public async Task Status_and_digest_are_judged(string answer, string? digest, string? statuses, bool isGood, string note)
    {
        using CheckServer server = Behaviour.Server("good", null, answer);
        var url = new HttpUrlSettings { Path = "/", Digest = digest };
        url = statuses is null ? url : url with { StatusCodes = [.. statuses.Split(' ').Select(Range)] };
        Assert.Equal(
            new ProbeResult(isGood ? ProbeVerdict.Succeeded : ProbeVerdict.Failed, note), await Checks.RunAsync(Checks.Http(Checks.Target(server.Port), url)));
    }

    [Theory]                                                     // body "hello": pattern, options, offsets behind the header, no_match
    [InlineData("^h.l+o$", "", 0, null, false, null)]
    [InlineData("HELLO", "", 0, null, false, "regex 'HELLO' was not found")]
    [InlineData("HELLO", "caseless", 0, null, false, null)]
    [InlineData("hell", "", 0, null, true, "regex 'hell' was found, which must not be")]
    [InlineData("xyz", "", 0, null, true, null)]
    [InlineData("l", "", 4, null, false, "regex 'l' was not found")]
    [InlineData("l", "", 3, null, false, null)]
    [InlineData("l", "", 0, 1, false, "regex 'l' was not found")]
    [InlineData("l", "", 0, 2, false, null)]
    [InlineData("h", "", 0, -1, false, "regex 'h' was not found")]
    [InlineData("o", "", 3, 3, false, "regex 'o' was not found")]
    [InlineData("o", "", 3, 4, false, null)]
    [InlineData("(a+)+$", "", 0, null, false, "regex '(a+)+$' was not found")]
    public async Task A_pattern_is_looked_for_in_the_body(string pattern, string options, int minimum, int? maximum, bool noMatch, string? complaint)
    {
        using CheckServer server = Behaviour.Server("slow", null, Plain);
        int head = Plain.IndexOf("hello", StringComparison.Ordinal);
        var regex = new HttpRegexSettings(
            pattern, noMatch, [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)], minimum + head, maximum + head, 0, 0);
        ProbeResult result = await Checks.RunAsync(Checks.Http(Checks.Target(server.Port), new HttpUrlSettings { Path = "/", Regex = regex }));
        Assert.Equal(complaint is null ? ProbeResult.Success("status 200") : ProbeResult.Failure(complaint), result);
    }

    [Fact]
    public async Task A_pattern_that_backtracks_without_end_meets_a_limit()
    {
        using CheckServer server = Behaviour.Server("good", null, $"HTTP/1.0 200 OK\r\n\r\n{new string('a', 5000)}!");
        var regex = new HttpRegexSettings("^(a+)+$", false, ["no_auto_possess"], 0, null, 32 * 1024, 64 * 1024);
        ProbeResult result = await Checks.RunAsync(Checks.Http(Checks.Target(server.Port), new HttpUrlSettings { Path = "/", Regex = regex }));
        Assert.Equal(ProbeVerdict.Failed, result.Verdict);
        Assert.StartsWith("regex '^(a+)+$' could not be looked for: ", result.Note, StringComparison.Ordinal);
    }

    [Theory]                                                     // url's, check's, Host field
    [InlineData("u.example", "c.example", "u.example")]
    [InlineData(null, "c.example", "c.example")]
    [InlineData(null, null, "127.0.0.1:PORT")]
    public async Task The_host_is_the_urls_virtual_host_then_the_checks_then_the_address(string? url, string? check, string host)
    {
        var seen = new TaskCompletionSource<string>();
        using CheckServer server = CheckServer.Accepting(async (connection, stop) =>
        {
            byte[] buffer = new byte[4096];
            int length = await connection.ReceiveAsync(buffer, stop);
            seen.TrySetResult(Encoding.Latin1.GetString(buffer, 0, length));
            await connection.SendAsync(Encoding.Latin1.GetBytes(Plain), stop);
        });
        HttpCheckSettings settings = Checks.Http(Checks.Target(server.Port), new HttpUrlSettings { Path = "/p?q", VirtualHost = url }) with { VirtualHost = check };
        Assert.Equal(ProbeResult.Success("status 200"), await Checks.RunAsync(settings));
        Assert.Equal(
            $"GET /p?q HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: {host.Replace("PORT", $"{server.Port}", StringComparison.Ordinal)}\r\n\r\n", await seen.Task);
    }

    [Theory]                                                     // enable_sni, sni_name, virtualhost, seen
    [InlineData(false, null, "v.example", "")]
    [InlineData(true, null, "v.example", "v.example")]
    [InlineData(true, null, "v.example:8443", "v.example")]
    [InlineData(true, "s.example", "v.example", "s.example")]
    [InlineData(true, null, null, "")]
    [InlineData(true, null, "192.0.2.1", "")]                    // RFC 6066 section 3: no addresses
    public async Task The_server_name_is_sent_only_when_asked_for(bool enabled, string? name, string? virtualHost, string seen)
    {
        using X509Certificate2 certificate = Checks.Certificate("server");
        var heard = new TaskCompletionSource<string>();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, host) =>
            {
                heard.TrySetResult(host ?? "");
                return certificate;
            },
        };
        using CheckServer server = Behaviour.Server("good", Checks.Secure(options), Plain);
        HttpCheckSettings settings = Checks.Http(Checks.Target(server.Port)) with { Tls = true, EnableSni = enabled, SniName = name, VirtualHost = virtualHost };
        Assert.Equal(ProbeResult.Success("status 200"), await Checks.RunAsync(settings));
        Assert.Equal(seen, await heard.Task);
    }

    [Fact]
    public async Task A_certificate_is_verified_and_ours_is_shown_only_with_an_ssl_block()
    {
        using var folder = new TemporaryDirectory();
        using X509Certificate2 server = Checks.Certificate("server");
        using X509Certificate2 client = Checks.Certificate("client");
        await File.WriteAllTextAsync(folder["ca.pem"], server.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["other.pem"], client.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["key.pem"], client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        string? shown = null;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = server,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                shown = certificate?.Subject;
                return shown is null or "CN=client";
            },
        };
        using CheckServer listener = Behaviour.Server("good", Checks.Secure(options), Plain);
        HttpCheckSettings settings = Checks.Http(Checks.Target(listener.Port)) with { Tls = true };

        Assert.Equal(ProbeResult.Success("status 200"), await Checks.RunAsync(settings));
        Assert.Null(shown);
        Assert.Equal(ProbeResult.Success("status 200"), await Checks.RunAsync(settings, new TlsClientSettings(Checks.Span, folder["ca.pem"], folder["other.pem"], folder["key.pem"])));
        Assert.Equal("CN=client", shown);
        ProbeResult refused = await Checks.RunAsync(settings, new TlsClientSettings(Checks.Span, folder["other.pem"]));
        Assert.Equal(ProbeVerdict.Failed, refused.Verdict);
        Assert.StartsWith("certificate is not accepted: ", refused.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tls_is_ended_by_a_close_notify_when_tls_compliant_is_set(bool compliant)
    {
        using X509Certificate2 certificate = Checks.Certificate("server");
        var rest = new TaskCompletionSource<int>();
        using CheckServer server = CheckServer.Accepting(async (connection, stop) =>
        {
            await using var counted = new CountingStream(new NetworkStream(connection));
            await using var secure = new SslStream(counted);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
            await secure.ReadExactlyAsync(new byte[20], stop);
            await secure.WriteAsync(Encoding.Latin1.GetBytes(Plain), stop);
            int before = counted.Bytes;
            while (await counted.ReadAsync(new byte[4096], stop) > 0)
            {
            }

            rest.TrySetResult(counted.Bytes - before);
        });
        HttpCheckSettings settings = Checks.Http(Checks.Target(server.Port), new HttpUrlSettings { Path = "/", TlsCompliant = compliant }) with { Tls = true };
        Assert.Equal(ProbeResult.Success("status 200"), await Checks.RunAsync(settings));
        Assert.Equal(compliant, await rest.Task > 0);            // RFC 8446 section 6.1
    }

    [Theory]
    [InlineData("(", "", "regex '(': missing closing parenthesis, at byte 1")]
    [InlineData("a", "caselss", "regex_options 'caselss' is unknown, allowed: allow_empty_class, alt_bsux, *")]
    public void A_pattern_that_is_none_is_told_at_once(string pattern, string options, string message)
    {
        var regex = new HttpRegexSettings(pattern, false, [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)], 0, null, 0, 0);
        string seen = Refusal(Checks.Http(Checks.Target(1), new HttpUrlSettings { Path = "/", Regex = regex }), null);
        Assert.True(message.EndsWith('*') ? seen.StartsWith(message[..^1], StringComparison.Ordinal) : seen == message, seen);
    }

    [Fact]
    public void A_certificate_that_cannot_be_read_is_told_at_once()
    {
        HttpCheckSettings settings = Checks.Http(Checks.Target(1)) with { Tls = true };
        Assert.StartsWith("SSL: ca /nowhere/ca.pem cannot be used: ", Refusal(settings, new TlsClientSettings(Checks.Span, "/nowhere/ca.pem")), StringComparison.Ordinal);
        Assert.StartsWith("SSL: certificate /nowhere/c.pem cannot be used: ", Refusal(settings, new TlsClientSettings(Checks.Span, null, "/nowhere/c.pem")), StringComparison.Ordinal);
        Assert.StartsWith("SSL: ca /dev/null cannot be used: there is no certificate in it", Refusal(settings, new TlsClientSettings(Checks.Span, "/dev/null")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_try_ends_at_once_and_closes_its_connection()
    {
        var closed = new TaskCompletionSource();
        using CheckServer server = CheckServer.Accepting(async (connection, stop) =>
        {
            while (await connection.ReceiveAsync(new byte[4096], stop) > 0)
            {
            }

            closed.SetResult();
        });
        using var reactor = new ProbeReactor();
        using IProbe probe = ProbeFactory.Create(Checks.Http(Checks.Target(server.Port)), null, reactor);
        using var cancel = new CancellationTokenSource();
        Task<ProbeResult> run = probe.RunAsync(0, cancel.Token).AsTask();
        await Until.TrueAsync(() => server.Accepted == 1, "the server has a connection");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await Until.EndsAsync(closed.Task, "the server sees the end");
        Assert.Equal(ProbeReactor.MaximumStreams, reactor.Streams.CurrentCount);
    }

    private static string Refusal(HttpCheckSettings settings, TlsClientSettings? tls)
    {
        using var reactor = new ProbeReactor();
        return Assert.Throws<ProbeSetupException>(() => ProbeFactory.Create(settings, tls, reactor)).Message;
    }

    private static (int First, int Last) Range(string text) =>
        text.Split('-').Select(int.Parse).ToArray() is var ends ? (ends[0], ends[^1]) : default;

    /// <summary>Counts what is read.</summary>
    private sealed class CountingStream(NetworkStream inner) : Stream
    {
        internal int Bytes { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int length = await inner.ReadAsync(buffer, cancellationToken);
            Bytes += length;
            return length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
