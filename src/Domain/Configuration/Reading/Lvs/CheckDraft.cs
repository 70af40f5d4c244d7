using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>A <c>…_CHECK</c> or <c>…_GET</c> block as its lines have it; null: not given.</summary>
internal sealed class CheckDraft(Statement head)
{
    internal Statement Head { get; } = head;

    internal string Keyword => Head.Keyword;

    internal CheckDefaults Defaults { get; } = new();

    internal bool? Alpha { get; set; }

    internal bool? LogAllFailures { get; set; }

    internal RouterAddress? ConnectAddress { get; set; }

    internal ushort? ConnectPort { get; set; }

    internal RouterAddress BindAddress { get; set; }

    internal SourceSpan BindSpan { get; set; }

    internal ushort BindPort { get; set; }

    internal string? BindInterface { get; set; }

    internal uint FirewallMark { get; set; }

    internal List<UrlDraft> Urls { get; } = [];

    internal HttpProtocol Protocol { get; set; }

    internal bool EnableSni { get; set; }

    internal string? SniName { get; set; }

    internal bool FastRecovery { get; set; }

    internal bool TlsCompliant { get; set; }

    internal string? HeloName { get; set; }

    /// <summary>Old <c>host</c> blocks of SMTP_CHECK: each is a check of its own.</summary>
    internal List<CheckDraft> Hosts { get; } = [];

    internal DnsType DnsType { get; set; } = DnsType.SOA;

    internal string DnsName { get; set; } = "";

    internal ImmutableArray<byte> Payload { get; set; } = [];

    internal bool RequireReply { get; set; }

    internal ImmutableArray<byte> Reply { get; set; } = [];

    internal ImmutableArray<byte> ReplyMask { get; set; } = [];

    internal int MinimumReplyLength { get; set; }

    internal int MaximumReplyLength { get; set; } = 255;

    internal ScriptCommand? Script { get; set; }

    internal (string User, string? Group)? Owner { get; set; }

    /// <summary>Whole seconds; null: the delay_loop.</summary>
    internal TimeSpan? MiscTimeout { get; set; }

    internal bool Dynamic { get; set; }

    /// <summary>Name of a tracked file or a BFD session.</summary>
    internal string? Reference { get; set; }

    internal SourceSpan ReferenceSpan { get; set; }

    internal int? Weight { get; set; }

    internal bool? Reverse { get; set; }
}

/// <summary>A <c>url</c> block as its lines have it.</summary>
internal sealed class UrlDraft(Statement head)
{
    internal Statement Head { get; } = head;

    internal string? Path { get; set; }

    internal string? Digest { get; set; }

    internal List<(int First, int Last)> StatusCodes { get; } = [];

    internal string? VirtualHost { get; set; }

    internal bool? TlsCompliant { get; set; }

    internal string? Regex { get; set; }

    internal bool RegexNoMatch { get; set; }

    internal ImmutableArray<string> RegexOptions { get; set; } = [];

    internal long RegexMinimum { get; set; }

    internal long? RegexMaximum { get; set; }

    internal (long Start, long Maximum) RegexStack { get; set; }

    /// <summary>Of the first <c>regex_…</c> line.</summary>
    internal SourceSpan? RegexOptionAt { get; set; }
}
