using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Checkers;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>The probes against Debian's nginx, OpenSMTPD, dnsmasq and the kernel, over a link; digests beside keepalived's own genhash.</summary>
public sealed class RealServersLab
{
    private const string Nginx = """
        daemon off; master_process off; user root; error_log stderr; pid FOLDER/nginx.pid;
        events { worker_connections 64; }
        http {
          access_log off; client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/b; fastcgi_temp_path FOLDER/b; uwsgi_temp_path FOLDER/b; scgi_temp_path FOLDER/b;
          ssl_certificate FOLDER/default.pem; ssl_certificate_key FOLDER/default.key;
          server {
            listen 80; listen [::]:80; listen 81 http2; listen 443 ssl http2;
            location / { return 200 hello; }
            location /busy { return 503; }
            location /who { return 200 "$remote_addr $remote_port"; }
            location /host { return 200 "$http_host"; }
            location /version { return 200 $server_protocol; }
            location /page { root FOLDER; ssi on; ssi_types *; }
          }
          server { listen 443 ssl http2; server_name a.example; ssl_certificate FOLDER/a.example.pem; ssl_certificate_key FOLDER/a.example.key; location / { return 200 "I am a"; } }
          server { listen 444 ssl; ssl_client_certificate FOLDER/client.pem; ssl_verify_client on; location / { return 200 "$ssl_client_s_dn"; } }
        }
        """;

    [LabFact("nginx genhash")]
    public async Task Nginx_is_judged_by_status_digest_pattern_certificate_and_version()
    {
        using RealServers lab = await StartNginxAsync();
        HttpCheckSettings plain = Http(80, "/");
        await SucceedsAsync(lab, plain);
        await SucceedsAsync(lab, plain with { Protocol = HttpProtocol.Http11 });
        await SucceedsAsync(lab, Http(80, "/", address: RealServers.Server6));
        await FailsAsync(lab, Http(80, "/busy"), "status 503, wanted 200 to 299");
        await SucceedsAsync(lab, Http(80, "/host", "^10\\.51\\.0\\.2:80$"));
        await SucceedsAsync(lab, Http(80, "/host", "^\\[fd51::2\\]:80$", RealServers.Server6));
        await SucceedsAsync(lab, Http(80, "/host", "^v\\.example$") with { VirtualHost = "v.example" });
        await SucceedsAsync(lab, Http(81, "/version", "^HTTP/2.0$") with { Protocol = HttpProtocol.Http2 });
        await FailsAsync(lab, Http(82, "/"), "connection refused");

        HttpCheckSettings secure = Http(443, "/", "^hello$") with { Tls = true };
        await SucceedsAsync(lab, secure);
        await SucceedsAsync(lab, Http(443, "/", "^I am a$") with { Tls = true, EnableSni = true, VirtualHost = "a.example" });
        await SucceedsAsync(lab, Http(443, "/version", "^HTTP/2.0$") with { Tls = true, Protocol = HttpProtocol.Http2, EnableSni = true, VirtualHost = "x.example" });
        await SucceedsAsync(lab, secure, new TlsClientSettings(Checks.Span, lab.Folder["default.pem"]));
        ProbeResult refused = await lab.RunAsync(secure, new TlsClientSettings(Checks.Span, lab.Folder["client.pem"]));
        Assert.StartsWith("certificate is not accepted: ", refused.Note, StringComparison.Ordinal);
        await FailsAsync(lab, Http(444, "/") with { Tls = true }, "status 400, wanted 200 to 299");
        await SucceedsAsync(
            lab, Http(444, "/", "^CN=client$") with { Tls = true }, new TlsClientSettings(Checks.Span, null, lab.Folder["client.pem"], lab.Folder["client.key"]));
    }

    [LabFact("nginx genhash")]
    public async Task Genhash_prints_what_keepalived_prints_and_the_check_accepts_it()
    {
        using RealServers lab = await StartNginxAsync();
        foreach (string arguments in (string[])["-p 80 -u /", "-p 80 -u /page.shtml -P 1.1", "-p 80 -u /page.shtml -P 1.0c", "-S -p 443 -u /", "-S -I -p 443 -u / -V a.example"])
        {
            string[] words = ["-s", RealServers.Server, .. arguments.Split(' ')];
            string theirs = await lab.OutputAsync("genhash", words);
            var ours = new StringWriter();
            var errors = new StringWriter();
            Assert.Equal(ExitCode.Good, await lab.Probes.Run(() => GenhashCommand.RunAsync(words, ours, errors)));
            Assert.Equal((theirs, ""), ($"{ours}", $"{errors}"));

            HttpProtocol protocol = arguments.Contains("1.1", StringComparison.Ordinal) ? HttpProtocol.Http11 : HttpProtocol.Http10;
            var url = new HttpUrlSettings { Path = words[Array.IndexOf(words, "-u") + 1], Digest = theirs.Trim() };
            HttpCheckSettings check = Checks.Http(RealServers.Target(words.Contains("443") ? 443 : 80), url) with
            {
                Protocol = protocol,
                Tls = words.Contains("-S"),
                EnableSni = words.Contains("-I"),
                VirtualHost = words.Contains("-V") ? "a.example" : null,
            };
            await SucceedsAsync(lab, check);
        }
    }

    [LabFact("nginx")]
    public async Task Our_side_of_a_connection_is_as_configured()
    {
        using RealServers lab = await StartNginxAsync();
        lab.Probes.Ip("addr add 10.51.0.9/24 dev left");
        lab.Probes.Ip("rule add fwmark 7 unreachable");
        CheckTarget target = RealServers.Target(80) with { BindAddress = RouterAddress.Parse("10.51.0.9"), BindPort = 4321, BindInterface = "left" };
        HttpCheckSettings check = Http(80, "/who", "^10\\.51\\.0\\.9 4321$") with { Target = target };
        await SucceedsAsync(lab, check);
        await SucceedsAsync(lab, check with { Target = target with { BindPort = 0 }, Urls = [Url("/who", "^10\\.51\\.0\\.9 ")] });
        await FailsAsync(lab, check with { Target = RealServers.Target(80) with { FirewallMark = 7 } }, "network unreachable");
        await FailsAsync(lab, Checks.Tcp(RealServers.Target(80) with { FirewallMark = 7 }), "network unreachable");
        await SucceedsAsync(lab, Checks.Tcp(RealServers.Target(80) with { FirewallMark = 8 }));
        await FailsAsync(lab, Checks.Tcp(RealServers.Target(80) with { BindInterface = "lo", Timeout = Checks.Short }), "timed out after 1 s connecting");
    }

    [LabFact]
    public async Task A_host_that_is_not_there_is_unreachable_by_every_protocol()
    {
        using var lab = new RealServers();
        const string Nobody = "10.51.0.77";
        NetworkCheckSettings[] checks =
        [
            Checks.Tcp(RealServers.Target(80, Nobody)),
            Http(80, "/", address: Nobody),
            new SmtpCheckSettings { Span = Checks.Span, Target = RealServers.Target(25, Nobody) },
            new UdpCheckSettings { Span = Checks.Span, Target = RealServers.Target(53, Nobody) },
            new DnsCheckSettings { Span = Checks.Span, Target = RealServers.Target(53, Nobody) },
            new PingCheckSettings { Span = Checks.Span, Target = RealServers.Target(0, Nobody) },
        ];
        await Task.WhenAll(checks.Select(check => FailsAsync(lab, check, "host unreachable")));
        await FailsAsync(lab, Checks.Tcp(RealServers.Target(80, "192.0.2.1")), "network unreachable");
        await FailsAsync(lab, new PingCheckSettings { Span = Checks.Span, Target = RealServers.Target(0, "192.0.2.1") }, "network unreachable");
    }

    [LabFact]
    public async Task An_echo_is_answered_over_raw_sockets_and_over_the_kernels_own()
    {
        using var lab = new RealServers();
        foreach (string range in (string[])["1 0", "0 0"])
        {
            lab.Probes.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ping_group_range", range));
            await SucceedsAsync(lab, new PingCheckSettings { Span = Checks.Span, Target = RealServers.Target(0) });
            await SucceedsAsync(lab, new PingCheckSettings { Span = Checks.Span, Target = RealServers.Target(0, RealServers.Server6) });
        }
    }

    [LabFact("dnsmasq")]
    public async Task Dnsmasq_is_judged_by_its_answer()
    {
        using var lab = new RealServers();
        await lab.StartAsync(
            53, "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=", "--address=/server.example/192.0.2.5");
        var check = new DnsCheckSettings { Span = Checks.Span, Target = RealServers.Target(53), Name = "Server.Example", Type = DnsType.A };
        await SucceedsAsync(lab, check);
        await SucceedsAsync(lab, check with { Target = RealServers.Target(53, RealServers.Server6) });
        await FailsAsync(lab, check with { Name = "" }, "answered with the error REFUSED (5)");   // it knows nothing of the root
        await FailsAsync(lab, check with { Target = RealServers.Target(54) }, "port unreachable");
        await SucceedsAsync(lab, new UdpCheckSettings { Span = Checks.Span, Target = RealServers.Target(53) with { Timeout = Checks.Short } });   // not refused
    }

    [LabFact("smtpd")]
    public async Task OpenSMTPD_answers_greeting_helo_and_quit()
    {
        using var lab = new RealServers();
        await File.WriteAllTextAsync(
            lab.Folder["smtpd.conf"],
            "listen on 10.51.0.2 port 25 hostname mail.example\naction \"keep\" mbox\nmatch from any for local action \"keep\"\n",
            TestContext.Current.CancellationToken);
        const string Alone = "mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/spool && exec smtpd -d -f \"$0\"";   // with places of its own
        await lab.StartAsync(25, "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", Alone, lab.Folder["smtpd.conf"]);
        await SucceedsAsync(lab, new SmtpCheckSettings { Span = Checks.Span, Target = RealServers.Target(25) });
        await FailsAsync(
            lab,
            new SmtpCheckSettings { Span = Checks.Span, Target = RealServers.Target(25), HeloName = "no_such(name)" },
            "the answer to HELO is '501 5.5.4 Invalid command arguments: Invalid domain name', wanted 250");
    }

    [LabFact("socat")]
    public async Task An_echo_server_by_udp_is_judged_by_its_reply()
    {
        using var lab = new RealServers();
        const string UdpFirst = "socat UDP-RECVFROM:7,fork PIPE & until [ -n \"$(ss -Hlun sport = :7)\" ]; do :; done; exec socat TCP-LISTEN:7,fork,reuseaddr PIPE";
        await lab.StartAsync(7, "sh", "-c", UdpFirst);     // the lab waits for the TCP port
        var check = new UdpCheckSettings { Span = Checks.Span, Target = RealServers.Target(7), Payload = [1, 2, 3], RequireReply = true };
        await SucceedsAsync(lab, check with { Reply = [1, 2], ReplyMask = [0xFF, 0xFF] });
        await FailsAsync(lab, check with { Reply = [1, 3], ReplyMask = [0xFF, 0xFF] }, "reply has 02 at byte 1, wanted 03");
        await FailsAsync(lab, check with { MinimumReplyLength = 4 }, "reply of 3 bytes, wanted 4 to 255");
    }

    private static async Task<RealServers> StartNginxAsync()
    {
        var lab = new RealServers();
        Array.ForEach(["default", "a.example", "client"], lab.WriteCertificate);
        await File.WriteAllTextAsync(lab.Folder["page.shtml"], "<!--# echo var='request_method' -->, in chunks\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(lab.Folder["nginx.conf"], Nginx.Replace("FOLDER", lab.Folder.Path, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await lab.StartAsync(80, "nginx", "-c", lab.Folder["nginx.conf"]);
        return lab;
    }

    private static HttpCheckSettings Http(int port, string path, string? regex = null, string address = RealServers.Server) =>
        Checks.Http(RealServers.Target(port, address), Url(path, regex));

    private static HttpUrlSettings Url(string path, string? regex) =>
        new() { Path = path, Regex = regex is null ? null : new HttpRegexSettings(regex, false, [], 0, null, 0, 0) };

    private static async Task SucceedsAsync(RealServers lab, NetworkCheckSettings check, TlsClientSettings? tls = null)
    {
        ProbeResult result = await lab.RunAsync(check, tls);
        Assert.True(result.Verdict == ProbeVerdict.Succeeded, $"{check}: {result}\n{lab.Log}");
    }

    private static async Task FailsAsync(RealServers lab, NetworkCheckSettings check, string note) =>
        Assert.Equal(ProbeResult.Failure(note), await lab.RunAsync(check));
}
