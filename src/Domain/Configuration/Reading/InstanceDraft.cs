using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>A <c>vrrp_instance</c> as far as its lines have been read; null or empty: not given.</summary>
internal sealed class InstanceDraft(string name, Statement head, InstanceDefaults defaults)
{
    internal string Name { get; } = name;

    internal Statement Head { get; } = head;

    internal InstanceDefaults Defaults { get; } = defaults;

    internal bool? StateMaster { get; set; }

    internal string? Interface { get; set; }

    /// <summary>The keyword was there, with a good value or a bad one: that it is missing is then no further error.</summary>
    internal bool InterfaceWritten { get; set; }

    internal byte? Vrid { get; set; }

    internal bool VridWritten { get; set; }

    internal byte? Priority { get; set; }

    internal byte? Version { get; set; }

    internal TimeSpan AdverInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Where <c>advert_int</c> stands.</summary>
    internal SourceSpan? AdverIntervalAt { get; set; }

    /// <summary>Where <c>nopreempt</c> stands; null: preemption is on.</summary>
    internal SourceSpan? NopreemptAt { get; set; }

    internal TimeSpan PreemptDelay { get; set; }

    internal SourceSpan? PreemptDelayAt { get; set; }

    internal RouterAddress? Source { get; set; }

    internal SourceSpan? TrackSourceAt { get; set; }

    internal RouterAddress? MulticastGroup { get; set; }

    internal List<UnicastPeer> Peers { get; } = [];

    internal HashSet<RouterAddress> PeerAddresses { get; } = [];

    /// <summary>A keyword that makes sense with unicast peers only.</summary>
    internal Statement? UnicastKeyword { get; set; }

    internal byte UnicastTtl { get; set; } = 255;

    internal bool UnicastFaultNoPeer { get; set; }

    internal bool CheckUnicastSource { get; set; } = defaults.CheckUnicastSource;

    internal bool DontTrackPrimary { get; set; }

    internal bool NoVirtualAddress { get; set; }

    internal bool Version3ChecksumAsVersion2 { get; set; } = defaults.Version3ChecksumAsVersion2;

    internal bool SkipCheckAdvertisedAddresses { get; set; } = defaults.SkipCheckAdvertisedAddresses;

    internal int DownTimerAdverts { get; set; } = defaults.DownTimerAdverts;

    internal bool LowerPriorityNoAdvert { get; set; } = defaults.LowerPriorityNoAdvert;

    internal bool HigherPrioritySendAdvert { get; set; } = defaults.HigherPrioritySendAdvert;

    internal bool OwnerIgnoreAdverts { get; set; } = defaults.OwnerIgnoreAdverts;

    internal SourceSpan? OwnerIgnoreAdvertsAt { get; set; }

    internal int? GarpRepeat { get; set; }

    internal TimeSpan? GarpDelay { get; set; }

    internal TimeSpan? GarpRefresh { get; set; }

    internal int? GarpRefreshRepeat { get; set; }

    internal int? GarpLowerPriorityRepeat { get; set; }

    internal TimeSpan? GarpLowerPriorityDelay { get; set; }

    internal AuthenticationDraft? Authentication { get; set; }

    internal List<AddressEntry> Addresses { get; } = [];

    internal List<AddressEntry> Excluded { get; } = [];

    /// <summary>An address was written, right or wrong: to miss addresses is then no further error.</summary>
    internal bool AddressesWritten { get; set; }

    internal NotifyScripts Notify { get; set; } = NotifyScripts.None;

    internal List<TrackScriptReader.Entry> TrackScripts { get; } = [];

    internal bool? SmtpAlert { get; set; }

    internal bool? NotifyPriorityChanges { get; set; }
}

/// <summary>An <c>authentication</c> block.</summary>
internal sealed record AuthenticationDraft(SourceSpan Span, bool TypeWritten = false, string? Password = null);
