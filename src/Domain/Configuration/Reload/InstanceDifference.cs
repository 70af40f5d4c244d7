using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reload;

/// <summary>What a reload changes of one instance, in words.</summary>
internal static class InstanceDifference
{
    /// <param name="before">Null: it is new.</param>
    internal static IEnumerable<string> Between(VrrpInstanceSettings? before, VrrpInstanceSettings after)
    {
        string subject = $"vrrp_instance {after.Vrrp.Instance}";
        if (before is null)
        {
            return [$"{subject} added"];
        }

        HashSet<AddressKey> old = [.. Keys(before)];
        HashSet<AddressKey> now = [.. Keys(after)];
        return
        [
            .. before.Vrrp.Instance == after.Vrrp.Instance ? Array.Empty<string>() : [$"vrrp_instance {before.Vrrp.Instance} is named {after.Vrrp.Instance}"],
            .. SettingText.Differences(subject, [.. Timing(before.Vrrp), .. Rest(before)], [.. Timing(after.Vrrp), .. Rest(after)]),
            .. old.Except(now).Select(key => $"{subject}: {key} removed"),
            .. now.Except(old).Select(key => $"{subject}: {key} added"),
        ];
    }

    private static IEnumerable<AddressKey> Keys(VrrpInstanceSettings instance) =>
        instance.VirtualAddresses.Concat(instance.ExcludedAddresses).Select(entry => AddressKey.Of(entry, instance.Interface));

    private static IEnumerable<SettingText> Timing(VrrpConfig config) =>
    [
        new("version", $"{config.Version}"),
        new("priority", $"{config.Priority}"),
        SettingText.Seconds("advert_int", config.AdverInterval),
        new("down_timer_adverts", $"{config.DownTimerAdverts}"),
        SettingText.Flag("nopreempt", !config.Preempt),
        SettingText.Seconds("preempt_delay", config.PreemptDelay),
        new("state", config.StartAsMaster ? "MASTER" : "BACKUP"),
        SettingText.Flag("member of a sync group", config.InSyncGroup),
        SettingText.Flag("lower_prio_no_advert", config.LowerPriorityNoAdvert),
        SettingText.Flag("higher_prio_send_advert", config.HigherPrioritySendAdvert),
        SettingText.Flag("owner_ignore_adverts", config.OwnerIgnoreAdverts),
        new("garp_master_repeat", $"{config.Garp.MasterRepeat}"),
        SettingText.Seconds("garp_master_delay", config.Garp.MasterDelay),
        SettingText.Seconds("garp_master_refresh", config.Garp.Refresh),
        new("garp_master_refresh_repeat", $"{config.Garp.RefreshRepeat}"),
        new("garp_lower_prio_repeat", $"{config.Garp.LowerPriorityRepeat}"),
        SettingText.Seconds("garp_lower_prio_delay", config.Garp.LowerPriorityDelay),
    ];

    private static IEnumerable<SettingText> Rest(VrrpInstanceSettings instance) =>
    [
        new("source address", instance.SourceAddress == RouterAddress.None ? "" : $"{instance.SourceAddress}"),
        SettingText.Flag("track_src_ip", instance.TrackSourceAddress),
        new("multicast group", $"{instance.MulticastGroup}"),
        new("unicast_peer", string.Join(", ", instance.UnicastPeers.Select(peer => $"{peer.Address} (ttl {peer.MinimumTtl} to {peer.MaximumTtl})"))),
        new("unicast_ttl", $"{instance.UnicastTtl}"),
        SettingText.Flag("unicast_fault_no_peer", instance.UnicastFaultNoPeer),
        SettingText.Flag("check_unicast_src", instance.CheckUnicastSource),
        new("auth_pass", instance.Password ?? "", IsSecret: true),
        SettingText.Flag("v3_checksum_as_v2", instance.Version3ChecksumAsVersion2),
        SettingText.Flag("skip_check_adv_addr", instance.SkipCheckAdvertisedAddresses),
        SettingText.Flag("dont_track_primary", instance.DontTrackPrimary),
        new("addresses that are advertised", string.Join(", ", instance.VirtualAddresses)),
        .. NotifyTexts.Of(instance.Notify),
        new("track_script", string.Join(", ", instance.TrackScripts.Select(tracked => $"{tracked.Script} weight {tracked.Weight}{(tracked.Reverse ? " reverse" : "")}"))),
        SettingText.Flag("smtp_alert", instance.SmtpAlert),
        SettingText.Flag("notify_priority_changes", instance.NotifyPriorityChanges),
    ];
}

/// <summary>The <c>notify...</c> keywords as text.</summary>
internal static class NotifyTexts
{
    /// <summary>The user of global_defs is compared with global_defs.</summary>
    private static readonly GlobalSettings NoUser = new();

    internal static IEnumerable<SettingText> Of(NotifyScripts notify) =>
    [
        new("notify_master", CommandText.Of(notify.Master, NoUser)),
        new("notify_backup", CommandText.Of(notify.Backup, NoUser)),
        new("notify_fault", CommandText.Of(notify.Fault, NoUser)),
        new("notify_stop", CommandText.Of(notify.Stop, NoUser)),
        new("notify", CommandText.Of(notify.Any, NoUser)),
        new("notify_master_rx_lower_pri", CommandText.Of(notify.MasterReceivedLowerPriority, NoUser)),
        new("notify_deleted", CommandText.Of(notify.Deleted, NoUser)),
        SettingText.Flag("DELETED instead of FAULT", notify.TellsDeleted),
    ];
}
