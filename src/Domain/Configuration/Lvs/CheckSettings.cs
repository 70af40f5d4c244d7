using System.Collections.Immutable;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Lvs;

/// <summary>One check of a real server, the values of server and virtual server and the defaults filled in.</summary>
public abstract record CheckSettings
{
    public required SourceSpan Span { get; init; }

    public CheckTiming Timing { get; init; } = new();

    /// <summary><c>alpha</c>: counts as failed until it has succeeded for the first time.</summary>
    public bool Alpha { get; init; }

    /// <summary><c>log_all_failures</c>: each failure is logged, not only the one that takes the server down.</summary>
    public bool LogAllFailures { get; init; }

    /// <summary>The keyword: <c>TCP_CHECK</c>, <c>HTTP_GET</c>…</summary>
    public abstract string Kind { get; }
}

/// <summary>When a check runs.</summary>
public sealed record CheckTiming
{
    /// <summary><c>delay_loop</c>: from the end of one check to the next; above zero. Default 60 s.</summary>
    public TimeSpan DelayLoop { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>retry</c>: further tries after a first failure before the check counts as failed; at least 0. Default 1 (MISC_CHECK 0, DNS_CHECK 3).</summary>
    public long Retry { get; init; } = 1;

    /// <summary><c>delay_before_retry</c>. Default 1 s (HTTP_GET and SSL_GET 3 s, DNS_CHECK the <see cref="DelayLoop"/>).</summary>
    public TimeSpan DelayBeforeRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>warmup</c>: the first check begins at a random moment within it; zero: at once. Default the <see cref="DelayLoop"/>.</summary>
    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>rise</c> of ours: successes in succession until a failed check is up, 1 to 100. Default 1.</summary>
    public int Rise { get; init; } = 1;
}

/// <summary>Whom a check asks, and from where.</summary>
public sealed record CheckTarget
{
    /// <summary><c>connect_ip</c>; default the real server's address.</summary>
    public required RouterAddress Address { get; init; }

    /// <summary><c>connect_port</c>; default the real server's port. 0 for a check without ports.</summary>
    public ushort Port { get; init; }

    /// <summary><c>bindto</c>; <see cref="RouterAddress.None"/>: the kernel chooses.</summary>
    public RouterAddress BindAddress { get; init; }

    /// <summary><c>bind_port</c>; 0: the kernel chooses.</summary>
    public ushort BindPort { get; init; }

    /// <summary><c>bind_if</c>: name of the interface, at most 15 characters; null: any.</summary>
    public string? BindInterface { get; init; }

    /// <summary><c>fwmark</c>: SO_MARK of what is sent; 0: none.</summary>
    public uint FirewallMark { get; init; }

    /// <summary><c>connect_timeout</c>, above zero to 4294 s: limit of each step, connecting, sending, waiting for an answer. Default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>A check that sends packets of its own.</summary>
public abstract record NetworkCheckSettings : CheckSettings
{
    public required CheckTarget Target { get; init; }
}

/// <summary><c>TCP_CHECK</c>: a connection can be made.</summary>
public sealed record TcpCheckSettings : NetworkCheckSettings
{
    public override string Kind => "TCP_CHECK";
}

/// <summary><c>PING_CHECK</c>: an ICMP echo is answered.</summary>
public sealed record PingCheckSettings : NetworkCheckSettings
{
    public override string Kind => "PING_CHECK";
}

/// <summary><c>HTTP_GET</c> or <c>SSL_GET</c>.</summary>
public sealed record HttpCheckSettings : NetworkCheckSettings
{
    /// <summary>True: <c>SSL_GET</c>.</summary>
    public bool Tls { get; init; }

    /// <summary><c>virtualhost</c> of the check, the real server or the virtual server; null: address and port.</summary>
    public string? VirtualHost { get; init; }

    /// <summary><c>http_protocol</c>. Default <see cref="HttpProtocol.Http10"/>.</summary>
    public HttpProtocol Protocol { get; init; }

    /// <summary><c>enable_sni</c>, or a name is given with <c>sni_name</c>.</summary>
    public bool EnableSni { get; init; }

    /// <summary><c>sni_name</c>; null: the virtual host.</summary>
    public string? SniName { get; init; }

    /// <summary><c>fast_recovery</c>: no delay between the urls at the start and while coming up again.</summary>
    public bool FastRecovery { get; init; }

    /// <summary>Asked one after the other; at least one.</summary>
    public required ImmutableArray<HttpUrlSettings> Urls { get; init; }

    public override string Kind => Tls ? "SSL_GET" : "HTTP_GET";
}

/// <summary>Version of the request. The ones with <c>Close</c> send <c>Connection: close</c>; 1.1 does so anyway in keepalived.</summary>
public enum HttpProtocol : byte
{
    /// <summary><c>1.0</c>, no Connection header.</summary>
    Http10,

    /// <summary><c>1.0c</c>: <c>Connection: close</c>.</summary>
    Http10Close,

    /// <summary><c>1.0C</c>: <c>Connection: Close</c>.</summary>
    Http10CapitalClose,

    /// <summary><c>1.1</c>: <c>Connection: close</c>.</summary>
    Http11,

    /// <summary><c>2</c>, of ours beyond keepalived: HTTP/2, over TLS by ALPN, otherwise with prior knowledge.</summary>
    Http2,
}

/// <summary>A <c>url</c> block.</summary>
public sealed record HttpUrlSettings
{
    public required string Path { get; init; }

    /// <summary><c>digest</c>: MD5 of the body, 32 lower-case hex digits; null: any.</summary>
    public string? Digest { get; init; }

    /// <summary><c>status_code</c>: inclusive ranges within 100 to 599; default 200 to 299.</summary>
    public ImmutableArray<(int First, int Last)> StatusCodes { get; init; } = [(200, 299)];

    /// <summary><c>virtualhost</c> of the url; null: the check's.</summary>
    public string? VirtualHost { get; init; }

    /// <summary>Null: any body.</summary>
    public HttpRegexSettings? Regex { get; init; }

    /// <summary><c>tls_compliant</c>: our side ends TLS by close_notify.</summary>
    public bool TlsCompliant { get; init; }
}

/// <summary><c>regex</c> and what belongs to it, looked for in the body.</summary>
/// <param name="Pattern">PCRE2 syntax, escapes resolved.</param>
/// <param name="NoMatch"><c>regex_no_match</c>: must not be found.</param>
/// <param name="Options"><c>regex_options</c>: PCRE2's names in lower case.</param>
/// <param name="MinimumOffset"><c>regex_min_offset</c>: a match begins there or later. Counted, as keepalived 2.2.7 does, from the first byte of the answer, its header among them.</param>
/// <param name="MaximumOffset"><c>regex_max_offset</c>: a match begins there or earlier, counted likewise; null: anywhere.</param>
/// <param name="StackMaximum"><c>regex_stack</c>: bytes of stack for the matcher; 0: the library's.</param>
public sealed record HttpRegexSettings(
    string Pattern, bool NoMatch, ImmutableArray<string> Options, long MinimumOffset, long? MaximumOffset, long StackStart, long StackMaximum);

/// <summary><c>SMTP_CHECK</c>: greeting 220, HELO 250, QUIT 221.</summary>
public sealed record SmtpCheckSettings : NetworkCheckSettings
{
    /// <summary><c>helo_name</c>. Default smtpchecker.keepalived.org.</summary>
    public string HeloName { get; init; } = "smtpchecker.keepalived.org";

    public override string Kind => "SMTP_CHECK";
}

/// <summary><c>DNS_CHECK</c>: a query is answered without error.</summary>
public sealed record DnsCheckSettings : NetworkCheckSettings
{
    /// <summary><c>type</c>. Default SOA.</summary>
    public DnsType Type { get; init; } = DnsType.SOA;

    /// <summary><c>name</c>; empty, the default: the root.</summary>
    public string Name { get; init; } = "";

    public override string Kind => "DNS_CHECK";
}

/// <summary>Query types with their numbers (RFC 1035 section 3.2.2, RFC 3596, RFC 4034).</summary>
public enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    MX = 15,
    TXT = 16,
    AAAA = 28,
    RRSIG = 46,
    DNSKEY = 48,
}

/// <summary><c>UDP_CHECK</c>: a datagram is not refused, or answered.</summary>
public sealed record UdpCheckSettings : NetworkCheckSettings
{
    /// <summary><c>payload</c>; default (empty array): random bytes.</summary>
    public ImmutableArray<byte> Payload { get; init; } = [];

    /// <summary><c>require_reply</c>: silence is a failure.</summary>
    public bool RequireReply { get; init; }

    /// <summary>Bytes that the reply begins with; empty: any.</summary>
    public ImmutableArray<byte> Reply { get; init; } = [];

    /// <summary>For each byte of <see cref="Reply"/> the bits that count: an <c>X</c> in the file is a half byte that does not.</summary>
    public ImmutableArray<byte> ReplyMask { get; init; } = [];

    /// <summary><c>min_reply_length</c>, 0 to 65535. Default 0.</summary>
    public int MinimumReplyLength { get; init; }

    /// <summary><c>max_reply_length</c>, 0 to 65535. Default 255.</summary>
    public int MaximumReplyLength { get; init; } = 255;

    public override string Kind => "UDP_CHECK";
}

/// <summary><c>MISC_CHECK</c>: a program, or a hook in JavaScript, ends with 0.</summary>
public sealed record MiscCheckSettings : CheckSettings
{
    /// <summary><c>misc_path</c>, with <c>user</c>.</summary>
    public required ScriptCommand Script { get; init; }

    /// <summary><c>misc_timeout</c>: then it is ended and has failed. Default the delay_loop.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>misc_dynamic</c>: an exit code of 2 to 255 is a success and the weight plus 2.</summary>
    public bool Dynamic { get; init; }

    public override string Kind => "MISC_CHECK";
}

/// <summary><c>FILE_CHECK</c>: the number in a tracked file.</summary>
public sealed record FileCheckSettings : CheckSettings
{
    /// <summary><c>track_file</c>: name of the root block.</summary>
    public required string TrackFile { get; init; }

    /// <summary><c>weight</c>, by which the number is multiplied; 0: a number other than 0 is a failure. Default the tracked file's.</summary>
    public long Weight { get; init; }

    /// <summary><c>weight N reverse</c>: the product counts with the opposite sign.</summary>
    public bool Reverse { get; init; }

    public override string Kind => "FILE_CHECK";
}

/// <summary><c>BFD_CHECK</c>: the session is up.</summary>
public sealed record BfdCheckSettings : CheckSettings
{
    /// <summary><c>name</c>: of the <c>bfd_instance</c>.</summary>
    public required string Session { get; init; }

    public override string Kind => "BFD_CHECK";
}
