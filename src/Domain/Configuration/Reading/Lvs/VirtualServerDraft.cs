using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>A <c>virtual_server</c> as its lines have it; null: not given.</summary>
internal sealed class VirtualServerDraft(Statement head)
{
    internal Statement Head { get; } = head;

    /// <summary>By address; null: by mark or group, or wrong and reported.</summary>
    internal RouterAddress? Address { get; set; }

    internal ushort Port { get; set; }

    internal uint? FirewallMark { get; set; }

    internal string? Group { get; set; }

    internal SourceSpan NameSpan { get; set; }

    /// <summary><c>ip_family</c>.</summary>
    internal bool? IsIPv6 { get; set; }

    internal SourceSpan FamilySpan { get; set; }

    internal LvsProtocol? Protocol { get; set; }

    internal string? Scheduler { get; set; }

    internal Forwarding? Forwarding { get; set; }

    internal ServiceTraits Traits { get; set; }

    /// <summary><c>ops</c>.</summary>
    internal SourceSpan? OnePacketAt { get; set; }

    /// <summary>Seconds.</summary>
    internal uint? PersistenceTimeout { get; set; }

    internal byte? PersistencePrefixLength { get; set; }

    internal SourceSpan PersistencePrefixSpan { get; set; }

    internal bool PersistencePrefixIsIPv6 { get; set; }

    internal string? PersistenceEngine { get; set; }

    internal bool InhibitOnFailure { get; set; }

    internal bool Alpha { get; set; }

    internal bool Omega { get; set; }

    internal SourceSpan? HaSuspendAt { get; set; }

    internal bool? SmtpAlert { get; set; }

    internal ScriptCommand? QuorumUp { get; set; }

    internal ScriptCommand? QuorumDown { get; set; }

    internal long Quorum { get; set; } = 1;

    internal SourceSpan QuorumSpan { get; set; }

    internal long Hysteresis { get; set; }

    internal SourceSpan HysteresisSpan { get; set; }

    internal int? Weight { get; set; }

    internal string? Label { get; set; }

    internal SorryServerDraft? Sorry { get; set; }

    internal CheckDefaults Defaults { get; } = new();

    internal List<RealServerDraft> RealServers { get; } = [];
}

/// <summary>The <c>sorry_server…</c> lines.</summary>
internal sealed record SorryServerDraft(RouterAddress Address, ushort? Port, SourceSpan Span, Forwarding? Forwarding = null, bool Inhibit = false);
