using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Makes a check of a draft: defaults filled in, what it refers to looked up.</summary>
internal sealed class CheckCompletion(DiagnosticLog log, TrackFileReader files, BfdInstanceReader sessions)
{
    private static readonly TimeSpan DelayLoop = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HttpDelayBeforeRetry = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan DelayBeforeRetry = TimeSpan.FromSeconds(1);
    private const int DnsRetry = 3;

    /// <summary>What a check has from its real server and from <c>global_defs</c>.</summary>
    internal readonly record struct Surroundings(DestinationKey Server, CheckDefaults Defaults, bool Alpha, bool LogAllFailures);

    /// <summary>The checks of one block: none when it is wrong, several for old <c>host</c> blocks.</summary>
    internal IEnumerable<CheckSettings> Complete(CheckDraft draft, Surroundings around)
    {
        if (draft.Hosts.Count == 0)
        {
            return CompleteOne(draft, draft, around) is { } check ? [check] : [];
        }

        return draft.Hosts.Select(host => CompleteOne(draft, host, around with { Defaults = draft.Defaults.Within(around.Defaults) })).OfType<CheckSettings>().ToList();
    }

    /// <param name="draft">Has what belongs to the kind of check.</param>
    /// <param name="lines">Has connection and timing: the same, or a <c>host</c> block within it.</param>
    private CheckSettings? CompleteOne(CheckDraft draft, CheckDraft lines, Surroundings around)
    {
        CheckDefaults defaults = lines.Defaults.Within(around.Defaults);
        CheckSettings? check = draft.Keyword switch
        {
            "MISC_CHECK" => Misc(draft, defaults),
            "FILE_CHECK" => File(draft),
            "BFD_CHECK" => Bfd(draft),
            _ => Target(lines, draft.Keyword, defaults, around.Server) is { } target ? Network(draft, target, defaults) : null,
        };
        return check is null ? null : check with
        {
            Timing = Timing(draft.Keyword, defaults),
            Alpha = check is BfdCheckSettings || (lines.Alpha ?? draft.Alpha ?? around.Alpha),    // a session is Down until its neighbor is heard
            LogAllFailures = lines.LogAllFailures ?? draft.LogAllFailures ?? around.LogAllFailures,
        };
    }

    private static CheckTiming Timing(string keyword, CheckDefaults defaults)
    {
        TimeSpan loop = defaults.DelayLoop ?? DelayLoop;
        return new CheckTiming
        {
            DelayLoop = loop,
            Retry = defaults.Retry ?? keyword switch { "MISC_CHECK" => 0, "DNS_CHECK" => DnsRetry, _ => 1 },
            DelayBeforeRetry = defaults.DelayBeforeRetry ?? keyword switch { "HTTP_GET" or "SSL_GET" => HttpDelayBeforeRetry, "DNS_CHECK" => loop, _ => DelayBeforeRetry },
            Warmup = defaults.Warmup ?? loop,
            Rise = defaults.Rise ?? 1,
        };
    }

    private CheckTarget? Target(CheckDraft lines, string keyword, CheckDefaults defaults, DestinationKey server)
    {
        RouterAddress address = lines.ConnectAddress ?? server.Address;
        ushort port = keyword == "PING_CHECK" ? (ushort)0 : lines.ConnectPort ?? server.Port;
        if (port == 0 && keyword != "PING_CHECK")
        {
            log.Error(DiagnosticCodes.MissingValue, lines.Head.Span, $"{keyword} of {server} has no port to ask: give connect_port");
            return null;
        }

        if (lines.BindAddress != RouterAddress.None && lines.BindAddress.IsIPv4 != address.IsIPv4)
        {
            log.Error(DiagnosticCodes.WrongFamily, lines.BindSpan, $"bindto {lines.BindAddress} is not of the same family as {address}, which is asked");
            return null;
        }

        return new CheckTarget
        {
            Address = address,
            Port = port,
            BindAddress = lines.BindAddress,
            BindPort = lines.BindPort,
            BindInterface = lines.BindInterface,
            FirewallMark = lines.FirewallMark,
            Timeout = defaults.ConnectTimeout ?? ConnectTimeout,
        };
    }

    private NetworkCheckSettings? Network(CheckDraft draft, CheckTarget target, CheckDefaults defaults) => draft.Keyword switch
    {
        "TCP_CHECK" => new TcpCheckSettings { Span = draft.Head.Span, Target = target },
        "PING_CHECK" => new PingCheckSettings { Span = draft.Head.Span, Target = target },
        "DNS_CHECK" => new DnsCheckSettings { Span = draft.Head.Span, Target = target, Type = draft.DnsType, Name = draft.DnsName },
        "UDP_CHECK" => Udp(draft, target),
        "SMTP_CHECK" => Smtp(draft, target),
        _ => Http(draft, target, defaults),
    };

    private static SmtpCheckSettings Smtp(CheckDraft draft, CheckTarget target)
    {
        var check = new SmtpCheckSettings { Span = draft.Head.Span, Target = target };
        return draft.HeloName is { } name ? check with { HeloName = name } : check;
    }

    private UdpCheckSettings? Udp(CheckDraft draft, CheckTarget target)
    {
        if (draft.MinimumReplyLength > draft.MaximumReplyLength)
        {
            log.Error(
                DiagnosticCodes.OutOfRange, draft.Head.Span, $"min_reply_length {draft.MinimumReplyLength} is above max_reply_length {draft.MaximumReplyLength}");
            return null;
        }

        return new UdpCheckSettings
        {
            Span = draft.Head.Span,
            Target = target,
            Payload = draft.Payload,
            RequireReply = draft.RequireReply,
            Reply = draft.Reply,
            ReplyMask = draft.ReplyMask,
            MinimumReplyLength = draft.MinimumReplyLength,
            MaximumReplyLength = draft.MaximumReplyLength,
        };
    }

    private HttpCheckSettings? Http(CheckDraft draft, CheckTarget target, CheckDefaults defaults)
    {
        if (draft.Urls.Count == 0)
        {
            log.Error(DiagnosticCodes.MissingValue, draft.Head.Span, $"{draft.Keyword} has no url: there is nothing to ask for");
            return null;
        }

        return new HttpCheckSettings
        {
            Span = draft.Head.Span,
            Target = target,
            Tls = draft.Keyword == "SSL_GET",
            VirtualHost = defaults.VirtualHost,
            Protocol = draft.Protocol,
            EnableSni = draft.EnableSni,
            SniName = draft.SniName,
            FastRecovery = draft.FastRecovery,
            Urls = [.. draft.Urls.Select(url => Url(url, draft)).OfType<HttpUrlSettings>()],
        };
    }

    private HttpUrlSettings? Url(UrlDraft draft, CheckDraft check)
    {
        if (draft.Path is null)
        {
            log.Error(DiagnosticCodes.MissingValue, draft.Head.Span, "url has no path");
            return null;
        }

        if (draft is { Regex: null, RegexOptionAt: { } at })
        {
            log.Error(DiagnosticCodes.BadEntry, at, "this needs a regex in the same url");
            return null;
        }

        if (draft.RegexMaximum < draft.RegexMinimum)
        {
            log.Error(DiagnosticCodes.OutOfRange, draft.Head.Span, $"regex_max_offset {draft.RegexMaximum} is below regex_min_offset {draft.RegexMinimum}");
            return null;
        }

        var url = new HttpUrlSettings
        {
            Path = draft.Path,
            Digest = draft.Digest,
            VirtualHost = draft.VirtualHost,
            TlsCompliant = draft.TlsCompliant ?? check.TlsCompliant,
            Regex = draft.Regex is { } pattern
                ? new HttpRegexSettings(
                    pattern, draft.RegexNoMatch, draft.RegexOptions, draft.RegexMinimum, draft.RegexMaximum, draft.RegexStack.Start, draft.RegexStack.Maximum)
                : null,
        };
        return draft.StatusCodes.Count == 0 ? url : url with { StatusCodes = [.. draft.StatusCodes] };
    }

    private MiscCheckSettings? Misc(CheckDraft draft, CheckDefaults defaults)
    {
        if (draft.Script is not { } script)
        {
            log.Error(DiagnosticCodes.MissingValue, draft.Head.Span, "MISC_CHECK has no misc_path: there is nothing to run");
            return null;
        }

        return new MiscCheckSettings
        {
            Span = draft.Head.Span,
            Script = draft.Owner is var (user, group) ? script with { User = user, Group = group } : script,
            Timeout = draft.MiscTimeout ?? defaults.DelayLoop ?? DelayLoop,
            Dynamic = draft.Dynamic,
        };
    }

    private FileCheckSettings? File(CheckDraft draft)
    {
        if (draft.Reference is not { } name)
        {
            log.Error(DiagnosticCodes.MissingValue, draft.Head.Span, "FILE_CHECK has no track_file");
            return null;
        }

        return files.Find(name, draft.ReferenceSpan, "FILE_CHECK") is { } file
            ? new FileCheckSettings { Span = draft.Head.Span, TrackFile = name, Weight = draft.Weight ?? file.Weight, Reverse = draft.Reverse ?? file.Reverse }
            : null;
    }

    private BfdCheckSettings? Bfd(CheckDraft draft)
    {
        if (draft.Reference is not { } name)
        {
            log.Error(DiagnosticCodes.MissingValue, draft.Head.Span, "BFD_CHECK has no name of a bfd_instance");
            return null;
        }

        if (sessions.Find(name, draft.ReferenceSpan, "BFD_CHECK") is not { } session)
        {
            return null;
        }

        if (!session.ForCheckers)
        {
            log.Error(DiagnosticCodes.BadEntry, draft.ReferenceSpan, $"bfd_instance {name} is for vrrp only: add 'checker' to it");
            return null;
        }

        return new BfdCheckSettings { Span = draft.Head.Span, Session = name };
    }
}
