using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keepalived.Es.NodeRuntime.Tests.Checkers;

namespace Keepalived.Es.Vm;

/// <summary>
/// Every checker against every way in which a server can misbehave, keepalived and our daemon in turn. Each server is in two virtual servers: in one it is up until it
/// fails, in the other down until it succeeds, so that either verdict is told.
/// </summary>
public sealed class VerdictLab
{
    /// <summary>Address of the virtual server whose real servers are up until they fail.</summary>
    private const string Hopeful = "192.0.2.1";

    /// <summary>The same with <c>alpha</c>: down until they succeed.</summary>
    private const string Doubtful = "192.0.2.2";

    private static readonly string[] _stream = ["good", "slow", "refusing", "deaf", "garbage", "half-open", "never closing", "early close"];

    [Theory]
    [InlineData("streams")]
    [InlineData("pages")]
    [InlineData("patterns")]
    [InlineData("datagrams")]
    [InlineData("scripts")]
    public async Task Both_come_to_the_same_verdict(string group)
    {
        using var rows = new Rows();
        Action<Rows> add = group switch
        {
            "streams" => AddStreams,
            "pages" => AddPages,
            "patterns" => AddPatterns,
            "datagrams" => AddDatagrams,
            _ => AddScripts,
        };
        add(rows);
        Dictionary<string, string> theirs = await JudgeAsync(Balancer.Keepalived, rows);
        Dictionary<string, string> ours = await JudgeAsync(Balancer.Ours, rows);
        IEnumerable<string> different = theirs.Where(row => ours[row.Key] != row.Value).Select(row => $"{row.Key}: keepalived {row.Value}, ours {ours[row.Key]}");
        Assert.True(!different.Any(), string.Join('\n', different));
    }

    private static void AddStreams(Rows rows)
    {
        foreach (string behaviour in _stream)
        {
            rows.Add($"TCP_CHECK {behaviour}", () => Behaviour.Server(behaviour, null, "hello\r\n"), "TCP_CHECK {", "}");
            rows.Add($"HTTP_GET {behaviour}", () => Behaviour.Server(behaviour, null, Page("hello")), Get("HTTP_GET"));
            if (behaviour is not ("slow" or "half-open" or "never closing"))   // there keepalived 2.2.7 comes to no verdict within a minute
            {
                rows.Add($"SSL_GET {behaviour}", () => Behaviour.Server(behaviour, rows.Tls, Page("hello")), Get("SSL_GET"));
            }

            rows.Add($"SMTP_CHECK {behaviour}", () => Behaviour.Server(behaviour, null, "", "220 mail\r\n", "250 hello\r\n", "221 bye\r\n"), "SMTP_CHECK {", "}");
        }

        rows.Add("HTTP_GET resetting", () => Behaviour.Server("resetting", null), Get("HTTP_GET"));
        rows.Add("SSL_GET resetting", () => Behaviour.Server("resetting", null), Get("SSL_GET"));
        rows.Add("SMTP_CHECK resetting", () => Behaviour.Server("resetting", null), "SMTP_CHECK {", "}");
        rows.Add("SMTP_CHECK greeting 421", () => Behaviour.Server("good", null, "", "421 busy\r\n", "250 hello\r\n", "221 bye\r\n"), "SMTP_CHECK {", "}");
        rows.Add("SMTP_CHECK HELO 550", () => Behaviour.Server("good", null, "", "220 mail\r\n", "550 no\r\n", "221 bye\r\n"), "SMTP_CHECK {", "}");
        rows.Add("SMTP_CHECK QUIT 500", () => Behaviour.Server("good", null, "", "220 mail\r\n", "250 hello\r\n", "500 what\r\n"), "SMTP_CHECK {", "}");
    }

    private static void AddPages(Rows rows)
    {
        const string Status = "status_code 200";
        Add("status 204", "HTTP/1.0 204 No Content\r\n\r\n");
        Add("status 301", "HTTP/1.0 301 Moved\r\nLocation: /else\r\n\r\n");
        Add("status 404", "HTTP/1.0 404 Not Found\r\n\r\nno");
        Add("status 500", "HTTP/1.0 500 Error\r\n\r\nno");
        Add("status 404 wanted", "HTTP/1.0 404 Not Found\r\n\r\nno", "status_code 404");
        Add("status 204 where 200 is wanted", "HTTP/1.0 204 No Content\r\n\r\n", Status);
        Add("status in a range", "HTTP/1.0 302 Found\r\n\r\n", "status_code 200-204 300-399");
        Add("digest", Page("hello"), "digest 5d41402abc4b2a76b9719d911017c592");
        Add("another digest", Page("hello"), "digest 5d41402abc4b2a76b9719d911017c593");
        Add("digest and another status", "HTTP/1.0 404 Not Found\r\n\r\nhello", "digest 5d41402abc4b2a76b9719d911017c592");
        Add("no body", "HTTP/1.0 200 OK\r\n\r\n", Status);
        Add("no header", "HTTP/1.0 200 OK\r\n\r\nhello", Status);
        Add("status line only", "HTTP/1.0 200 OK\r\n", Status);
        Add("length right", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Status);
        Add("length too long", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", Status);
        Add("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Status);
        Add("answers 1.1 to 1.0", "HTTP/1.1 200 OK\r\n\r\nhello", Status);
        foreach (string protocol in (string[])["1.0", "1.0C", "1.1"])
        {
            rows.Add($"HTTP_GET protocol {protocol}", () => Behaviour.Server("good", null, Page("hello")), ["HTTP_GET {", $"http_protocol {protocol}", "url {", "path /", Status, "}", "}"]);
        }

        void Add(string name, string answer, params string[] lines) =>
            rows.Add($"HTTP_GET {name}", () => Behaviour.Server("good", null, answer), ["HTTP_GET {", "url {", "path /", .. lines, "}", "}"]);
    }

    private static void AddPatterns(Rows rows)
    {
        // Offsets count from the first byte of the answer, not of its body
        const string Body = "0123456789needle";
        int at = Page(Body).IndexOf("needle", StringComparison.Ordinal);
        Add("regex", "regex needle");
        Add("regex of nothing", "regex straw");
        Add("no match of nothing", "regex straw", "regex_no_match");
        Add("no match", "regex needle", "regex_no_match");
        Add("regex in any case", "regex NEEDLE", "regex_options caseless");
        foreach (int from in (int[])[10, 11, at - 1, at, at + 1])
        {
            Add($"regex from {from}", "regex needle", $"regex_min_offset {from}");
        }

        foreach (int to in (int[])[10, 11, 16, 17, at - 1, at, at + 1, at + 6, at + 7])
        {
            Add($"regex to {to}", "regex needle", $"regex_max_offset {to}");
            Add($"regex from 5 to {to}", "regex needle", "regex_min_offset 5", $"regex_max_offset {to}");
            Add($"limited regex to {to}", "regex needle", "regex_options use_offset_limit", $"regex_max_offset {to}");
        }

        void Add(string name, params string[] lines) =>
            rows.Add($"HTTP_GET {name}", () => Behaviour.Server("good", null, Page(Body)), ["HTTP_GET {", "url {", "path /", .. lines, "}", "}"]);
    }

    private static void AddDatagrams(Rows rows)
    {
        foreach (string behaviour in (string[])["good", "slow", "silent", "refusing", "garbage", "cut"])
        {
            Add(false, behaviour, "UDP_CHECK", "UDP_CHECK {", "}");
            Add(false, behaviour, "UDP_CHECK with payload", "UDP_CHECK {", "payload 010203", "}");
            Add(false, behaviour, "UDP_CHECK reply", "UDP_CHECK {", "payload 010203", "require_reply", "}");
            Add(false, behaviour, "UDP_CHECK this reply", "UDP_CHECK {", "payload 010203", "require_reply 010203", "}");
            Add(false, behaviour, "UDP_CHECK another reply", "UDP_CHECK {", "payload 010203", "require_reply 010204", "}");
            Add(true, behaviour, "DNS_CHECK", "DNS_CHECK {", "type A", "name server.example", "}");
        }

        Add(true, "servfail", "DNS_CHECK", "DNS_CHECK {", "name server.example", "}");
        Add(false, "good", "PING_CHECK", "PING_CHECK {", "}");
        Add(false, "good", "PING_CHECK elsewhere", "PING_CHECK {", "connect_ip 10.255.255.1", "}");

        void Add(bool isDns, string behaviour, string name, params string[] lines) =>
            rows.Add($"{name} {behaviour}", () => new DatagramServer(isDns, behaviour), lines);
    }

    private static void AddScripts(Rows rows)
    {
        foreach (int code in (int[])[0, 1, 2, 5, 255])
        {
            Add($"exit code {code}", $"misc_path \"{rows.Exit} {code}\"");
            Add($"exit code {code}, dynamic", $"misc_path \"{rows.Exit} {code}\"", "misc_dynamic");
        }

        Add("too slow", "misc_path \"/bin/sleep 100\"", "misc_timeout 1");
        Add("killed", $"misc_path \"{rows.Exit} killed\"");

        void Add(string name, params string[] lines) =>
            rows.Add($"MISC_CHECK {name}", () => new DatagramServer(false, "silent"), ["MISC_CHECK {", .. lines, .. name == "too slow" ? (string[])[] : ["misc_timeout 30"], "}"]);
    }

    private static string Page(string body) => $"HTTP/1.0 200 OK\r\nServer: test\r\n\r\n{body}";

    private static string[] Get(string check) => [$"{check} {{", "url {", "path /", "status_code 200", "}", "}"];

    /// <returns>For each row what the notify FIFO says of either real server, in its order, and the destinations in the table.</returns>
    private static async Task<Dictionary<string, string>> JudgeAsync(string kind, Rows rows)
    {
        using Balancer balancer = await Balancer.StartAsync(kind, rows.Director.Network, rows.Configuration());
        string[] open = [], lines = [], table = [];
        await balancer.AwaitAsync(
            () =>
            {
                lines = balancer.Told;
                table = rows.Director.Saved();
                HashSet<string> told = [.. lines];
                open = [.. rows.All.Where(row => !told.Contains($"{NameOf(row.Port, Hopeful)} DOWN") && !IsUpInBoth(row.Port, told)).Select(row => row.Name)];
                return open.Length == 0;
            },
            "verdict on every server", () => string.Join('\n', open));
        return rows.All.ToDictionary(row => row.Name, row => $"{Of(row.Port, Hopeful)} | {WithoutFirstDown(Of(row.Port, Doubtful))}");

        // Nothing is told of a server that stays up: its weight shows that its script has ended too
        bool IsUpInBoth(int port, HashSet<string> told) =>
            told.Contains($"{NameOf(port, Doubtful)} UP") && Weight(port, Hopeful).SequenceEqual(Weight(port, Doubtful));

        IEnumerable<string> Weight(int port, string service) => table
            .Where(line => line.StartsWith($"-a -t {service}:80 -r 127.0.0.1:{port} ", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("-w", StringComparison.Ordinal)..]);

        string Of(int port, string service) => string.Join(' ', [
            .. lines.Where(line => line.StartsWith($"{NameOf(port, service)} ", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]),
            .. Weight(port, service),
        ]);
    }

    /// <summary>Of a server that never was up keepalived tells that it is down, but not where HTTP_GET or SSL_GET finds it; we always do.</summary>
    private static string WithoutFirstDown(string told) => told.StartsWith("DOWN", StringComparison.Ordinal) ? told[4..].Trim() : told;

    private static string NameOf(int port, string service) => $"RS [127.0.0.1]:tcp:{port} [{service}]:tcp:80";

    /// <summary>Servers, one port each, and the check that asks each of them.</summary>
    private sealed class Rows : IDisposable
    {
        private readonly List<IDisposable> _servers = [];
        private readonly X509Certificate2 _certificate = Checks.Certificate("server");
        private readonly string _folder = Directory.CreateTempSubdirectory("verdicts-").FullName;

        internal Rows()
        {
            Exit = Path.Combine(_folder, "exit.sh");
            File.WriteAllText(Exit, "#!/bin/sh\n[ $1 = killed ] && kill -9 $$\nexit $1\n");
            File.SetUnixFileMode(Exit, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Tls = Checks.Secure(new SslServerAuthenticationOptions { ServerCertificate = _certificate });
        }

        internal Director Director { get; } = new();

        internal List<(string Name, int Port, string[] Check)> All { get; } = [];

        /// <summary>A script that ends with the code it is given.</summary>
        internal string Exit { get; }

        internal Func<Stream, Task<Stream>> Tls { get; }

        internal void Add(string name, Func<IDisposable> start, params string[] check)
        {
            const int Attempts = 10;
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                IDisposable server = Director.Network.Run(start);
                _servers.Add(server);
                int port = server is CheckServer stream ? stream.Port : ((DatagramServer)server).Port;
                if (!All.Exists(row => row.Port == port))        // one number may be free for datagrams and taken for streams
                {
                    All.Add((name, port, check));
                    return;
                }
            }

            Assert.Fail($"no port for {name}");
        }

        internal string Configuration()
        {
            var text = new StringBuilder($"global_defs {{\n{Balancer.Fifo}\nenable_script_security\nscript_user root\n}}\n");
            foreach (string service in (string[])[Hopeful, Doubtful])
            {
                text.Append($"virtual_server {service} 80 {{\ndelay_loop 1\nwarmup 3\nconnect_timeout 5\ndelay_before_retry 0.2\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n");
                text.Append(service == Doubtful ? "alpha\n" : "");
                foreach ((string _, int port, string[] check) in All)
                {
                    text.Append($"real_server 127.0.0.1 {port} {{\n").AppendJoin('\n', [check[0], "retry 1", .. check[1..]]).Append("\n}\n");
                }

                text.Append("}\n");
            }

            return text.ToString();
        }

        public void Dispose()
        {
            _servers.ForEach(server => server.Dispose());
            _certificate.Dispose();
            Director.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
