using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>A <c>real_server</c> as its lines have it; null: not given.</summary>
internal sealed class RealServerDraft(Statement head)
{
    internal Statement Head { get; } = head;

    /// <summary>Null: wrong, and reported.</summary>
    internal RouterAddress? Address { get; set; }

    internal ushort? Port { get; set; }

    internal int? Weight { get; set; }

    internal Forwarding? Forwarding { get; set; }

    internal uint UpperThreshold { get; set; }

    internal uint LowerThreshold { get; set; }

    internal bool? InhibitOnFailure { get; set; }

    internal bool? Alpha { get; set; }

    internal bool? SmtpAlert { get; set; }

    internal ScriptCommand? NotifyUp { get; set; }

    internal ScriptCommand? NotifyDown { get; set; }

    internal string? Label { get; set; }

    internal CheckDefaults Defaults { get; } = new();

    internal List<CheckDraft> Checks { get; } = [];
}
