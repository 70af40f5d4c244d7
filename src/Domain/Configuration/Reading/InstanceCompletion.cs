using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Puts a draft in order once all its lines are read: defaults, and rules between several lines.</summary>
internal sealed class InstanceCompletion(DiagnosticLog log)
{
    private const byte Owner = 255;
    private const byte DefaultPriority = 100;
    private const int VirtualAddressesMaximum = 255;
    private static readonly TimeSpan Version3IntervalMaximum = TimeSpan.FromMilliseconds(40_950);

    /// <returns>Null: something that an instance cannot be without is missing or wrong.</returns>
    internal VrrpInstanceSettings? Complete(InstanceDraft draft)
    {
        byte version = draft.Version ?? draft.Defaults.Version;
        byte priority = draft.Priority ?? (draft.StateMaster == true ? Owner : DefaultPriority);
        bool complete = HasIdentity(draft);
        ClearPreemption(draft, priority);
        CheckAuthentication(draft, version);
        CheckUnicast(draft);
        ArrangeAddresses(draft, version);
        if (draft.OwnerIgnoreAdverts && draft.OwnerIgnoreAdvertsAt is { } at && priority != Owner)
        {
            log.Warning(DiagnosticCodes.OwnerOnly, at, $"owner_ignore_adverts acts with priority {Owner} only, this instance has {priority}");
        }

        TimeSpan interval = RoundedInterval(draft, version);
        return complete ? ToSettings(draft, version, priority, interval) : null;
    }

    private bool HasIdentity(InstanceDraft draft)
    {
        if (!draft.VridWritten)
        {
            log.Error(DiagnosticCodes.MissingVrid, draft.Head.Span, $"vrrp_instance {draft.Name} has no virtual_router_id, allowed 1 to 255");
        }

        if (!draft.InterfaceWritten)
        {
            string note = draft.Peers.Count > 0 ? "; unicast without an interface is not yet in force" : "";
            log.Error(DiagnosticCodes.MissingInterface, draft.Head.Span, $"vrrp_instance {draft.Name} has no interface{note}");
        }

        return draft.Vrid is not null && draft.Interface is not null;
    }

    private void ClearPreemption(InstanceDraft draft, byte priority)
    {
        if (draft.NopreemptAt is { } nopreempt && NopreemptObstacle(draft, priority) is { } obstacle)
        {
            draft.NopreemptAt = null;
            log.Warning(DiagnosticCodes.NopreemptCleared, nopreempt, obstacle);
        }

        if (draft.PreemptDelayAt is { } at && draft.PreemptDelay > TimeSpan.Zero)
        {
            string? why = draft.StateMaster == true ? "with 'state MASTER'; write 'state BACKUP' on every node to use it"
                : draft.NopreemptAt is not null ? "with nopreempt, which rules out preemption altogether"
                : null;
            if (why is not null)
            {
                draft.PreemptDelay = TimeSpan.Zero;
                log.Warning(DiagnosticCodes.PreemptDelayCleared, at, $"preempt_delay is ignored together {why}");
            }
        }
    }

    private static string? NopreemptObstacle(InstanceDraft draft, byte priority)
    {
        const string Effect = "nopreempt is ignored: this node will take the addresses back as soon as it returns";
        if (priority == Owner)
        {
            string cause = draft.Priority is null ? "'state MASTER' without a priority means priority 255" : "priority 255 is the address owner, who always preempts";
            return $"{Effect}. Reason: {cause}. To leave them where they are, write 'state BACKUP' and a priority of 1 to 254 on both nodes.";
        }

        return draft.StateMaster == true
            ? $"{Effect}. Reason: it works only with 'state BACKUP'. To leave them where they are, write 'state BACKUP' and nopreempt on both nodes, "
                + "and keep the different priorities: they decide who is master at the first start."
            : null;
    }

    private void CheckAuthentication(InstanceDraft draft, byte version)
    {
        if (draft.Authentication is not { } authentication)
        {
            return;
        }

        if (version == 3)
        {
            log.Error(
                DiagnosticCodes.AuthenticationWithVersion3,
                authentication.Span,
                "VRRP version 3 has no authentication: take the block away, or use version 2");
        }
        else if (!authentication.TypeWritten || authentication.Password is null)
        {
            string missing = authentication.TypeWritten ? "auth_pass" : "auth_type";
            log.Error(
                DiagnosticCodes.AuthenticationIncomplete,
                authentication.Span,
                $"authentication has no usable {missing}: the instance would run without authentication");
        }
    }

    private void CheckUnicast(InstanceDraft draft)
    {
        if (draft.UnicastKeyword is { } keyword && draft.Peers.Count == 0 && !draft.UnicastFaultNoPeer)
        {
            log.Warning(
                DiagnosticCodes.UnicastWithoutPeers, keyword.Span, $"{keyword.Keyword} without any unicast_peer: the instance uses multicast");
        }

        if (draft.TrackSourceAt is { } at && draft.Source is null)
        {
            log.Warning(DiagnosticCodes.NoSourceToTrack, at, "track_src_ip is ignored: there is no mcast_src_ip or unicast_src_ip to track");
            draft.TrackSourceAt = null;
        }
    }

    private void ArrangeAddresses(InstanceDraft draft, byte version)
    {
        if (draft.Addresses is [{ Address.IsIPv4: false } first, ..])
        {
            log.Error(
                DiagnosticCodes.IPv6NotInForce,
                draft.Head.Span,
                $"vrrp_instance {draft.Name} is for IPv6, as its first address {first.Address} is; IPv6 virtual routers are not yet in force");
        }
        else
        {
            foreach (AddressEntry other in draft.Addresses.Where(entry => !entry.Address.IsIPv4))
            {
                log.Error(
                    DiagnosticCodes.WrongFamily, other.Span, $"{other.Address} is IPv6 and the first address is IPv4: move it to virtual_ipaddress_excluded");
            }
        }

        RemoveDuplicates(draft);
        if (draft.Addresses.Count > VirtualAddressesMaximum)
        {
            log.Warning(
                DiagnosticCodes.TooManyVirtualAddresses,
                draft.Addresses[VirtualAddressesMaximum].Span,
                $"{draft.Addresses.Count} addresses are more than an advertisement carries, allowed {VirtualAddressesMaximum}; the rest is held without being advertised");
            draft.Excluded.InsertRange(0, draft.Addresses.Skip(VirtualAddressesMaximum));
            draft.Addresses.RemoveRange(VirtualAddressesMaximum, draft.Addresses.Count - VirtualAddressesMaximum);
        }

        if (draft.Addresses.Count == 0 && !draft.NoVirtualAddress && !draft.AddressesWritten)
        {
            ReportNoAddress(draft, version);
        }
    }

    private void ReportNoAddress(InstanceDraft draft, byte version)
    {
        const string Remedy = "give it a virtual_ipaddress, or say no_virtual_ipaddress";
        if (version == 3)
        {
            log.Error(
                DiagnosticCodes.NoVirtualAddress, draft.Head.Span, $"vrrp_instance {draft.Name} has no address, version 3 needs one: {Remedy}");
        }
        else
        {
            log.Warning(DiagnosticCodes.NoVirtualAddress, draft.Head.Span, $"vrrp_instance {draft.Name} has no address: {Remedy}");
        }
    }

    private void RemoveDuplicates(InstanceDraft draft)
    {
        HashSet<(RouterAddress Address, string? Device)> known = [];
        foreach (List<AddressEntry> list in (List<AddressEntry>[])[draft.Addresses, draft.Excluded])
        {
            list.RemoveAll(entry =>
            {
                bool again = !known.Add((entry.Address, entry.Device));
                if (again)
                {
                    log.Warning(DiagnosticCodes.DuplicateAddress, entry.Span, $"{entry.Address} is given twice in this instance, the first one counts");
                }

                return again;
            });
        }
    }

    /// <summary>Version 2 sends whole seconds, version 3 hundredths.</summary>
    private TimeSpan RoundedInterval(InstanceDraft draft, byte version)
    {
        TimeSpan asked = draft.AdverInterval;
        SourceSpan at = draft.AdverIntervalAt ?? draft.Head.Span;
        if (version == 3 && asked > Version3IntervalMaximum)
        {
            log.Error(
                DiagnosticCodes.OutOfRange, at, $"advert_int {asked.TotalSeconds} s is out of range for version 3, allowed 0.01 s to {Version3IntervalMaximum.TotalSeconds} s");
            return Version3IntervalMaximum;
        }

        long unit = version == 3 ? TimeSpan.TicksPerMillisecond * 10 : TimeSpan.TicksPerSecond;
        var rounded = new TimeSpan(Math.Max(1, (asked.Ticks + (unit / 2)) / unit) * unit);
        if (rounded != asked)
        {
            string step = version == 3 ? "hundredths of a second" : "whole seconds";
            log.Warning(
                DiagnosticCodes.Rounded, at, $"advert_int {asked.TotalSeconds} s is rounded to {rounded.TotalSeconds} s: version {version} knows {step} only");
        }

        return rounded;
    }

    private static VrrpInstanceSettings ToSettings(InstanceDraft draft, byte version, byte priority, TimeSpan interval) => new()
    {
        Span = draft.Head.Span,
        Interface = draft.Interface!,
        SourceAddress = draft.Source ?? RouterAddress.None,
        TrackSourceAddress = draft.TrackSourceAt is not null,
        MulticastGroup = draft.MulticastGroup ?? RouterAddress.None,
        UnicastPeers = [.. draft.Peers],
        UnicastTtl = draft.UnicastTtl,
        UnicastFaultNoPeer = draft.UnicastFaultNoPeer,
        CheckUnicastSource = draft.CheckUnicastSource,
        Password = draft.Authentication?.Password,
        Version3ChecksumAsVersion2 = draft.Version3ChecksumAsVersion2,
        SkipCheckAdvertisedAddresses = draft.SkipCheckAdvertisedAddresses,
        DontTrackPrimary = draft.DontTrackPrimary,
        VirtualAddresses = [.. draft.Addresses],
        ExcludedAddresses = [.. draft.Excluded],
        Notify = draft.Notify,
        Vrrp = new VrrpConfig
        {
            Instance = draft.Name,
            Vrid = draft.Vrid!.Value,
            Version = version,
            Priority = priority,
            AdverInterval = interval,
            DownTimerAdverts = draft.DownTimerAdverts,
            Preempt = draft.NopreemptAt is null,
            PreemptDelay = draft.PreemptDelay,
            StartAsMaster = draft.StateMaster ?? (priority == Owner),
            LowerPriorityNoAdvert = draft.LowerPriorityNoAdvert,
            HigherPrioritySendAdvert = draft.HigherPrioritySendAdvert,
            OwnerIgnoreAdverts = draft.OwnerIgnoreAdverts && priority == Owner,
            Garp = Schedule(draft),
        },
    };

    private static GratuitousArpSchedule Schedule(InstanceDraft draft)
    {
        InstanceDefaults defaults = draft.Defaults;
        GratuitousArpSchedule usual = GratuitousArpSchedule.Default;
        int repeat = draft.GarpRepeat ?? defaults.GarpRepeat ?? (defaults.MinimalGarp ? 1 : usual.MasterRepeat);
        TimeSpan delay = draft.GarpDelay ?? defaults.GarpDelay ?? (defaults.MinimalGarp ? TimeSpan.Zero : usual.MasterDelay);
        return new GratuitousArpSchedule(
            repeat,
            delay,
            draft.GarpRefresh ?? defaults.GarpRefresh ?? TimeSpan.Zero,
            draft.GarpRefreshRepeat ?? defaults.GarpRefreshRepeat ?? usual.RefreshRepeat,
            draft.GarpLowerPriorityRepeat ?? defaults.GarpLowerPriorityRepeat ?? repeat,
            draft.GarpLowerPriorityDelay ?? defaults.GarpLowerPriorityDelay ?? delay);
    }
}
