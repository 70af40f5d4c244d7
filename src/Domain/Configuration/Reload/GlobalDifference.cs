namespace Keepalived.Es.Domain.Configuration.Reload;

/// <summary>What a reload changes of the whole daemon, of sync groups, scripts and static entries, in words.</summary>
internal static class GlobalDifference
{
    internal static IEnumerable<string> Between(KeepalivedConfig before, KeepalivedConfig after) =>
    [
        .. SettingText.Differences("global_defs", Global(before.Global), Global(after.Global)),
        .. Blocks("vrrp_script", before.Scripts.ToDictionary(s => s.Name, s => Script(s, before.Global)), after.Scripts.ToDictionary(s => s.Name, s => Script(s, after.Global))),
        .. Blocks("vrrp_sync_group", before.SyncGroups.ToDictionary(g => g.Name, Group), after.SyncGroups.ToDictionary(g => g.Name, Group)),
        .. Entries("static address", Addresses(before), Addresses(after)),
        .. Entries("static route", Routes(before), Routes(after)),
    ];

    private static IEnumerable<string> Blocks(string kind, Dictionary<string, SettingText[]> before, Dictionary<string, SettingText[]> after) =>
    [
        .. before.Keys.Except(after.Keys).Select(name => $"{kind} {name} removed"),
        .. after.Keys.Except(before.Keys).Select(name => $"{kind} {name} added"),
        .. after.Where(block => before.ContainsKey(block.Key)).SelectMany(block => SettingText.Differences($"{kind} {block.Key}", before[block.Key], block.Value)),
    ];

    private static IEnumerable<string> Entries(string kind, string[] before, string[] after) =>
        [.. before.Except(after).Select(entry => $"{kind} {entry} removed"), .. after.Except(before).Select(entry => $"{kind} {entry} added")];

    private static string[] Addresses(KeepalivedConfig config) =>
        [.. config.StaticAddresses.Select(entry => AddressKey.Of(entry, config.Global.DefaultInterface).ToString())];

    private static string[] Routes(KeepalivedConfig config) => [.. config.StaticRoutes.Select(entry => entry.ToString())];

    private static IEnumerable<SettingText> Global(GlobalSettings global) =>
    [
        new("router_id", global.RouterId ?? ""),
        new("default_interface", global.DefaultInterface),
        new("vrrp_priority", $"{global.ProcessPriority}"),
        new("vrrp_rt_priority", $"{global.RealTimePriority}"),
        SettingText.Flag("vrrp_no_swap", global.NoSwap),
        new("vrrp_rlimit_rttime", $"{global.RealTimeLimitMicroseconds}"),
        new("vrrp_cpu_affinity", string.Join(' ', global.CpuAffinity)),
        SettingText.Flag("log_unknown_vrids", global.LogUnknownVrids),
        SettingText.Flag("enable_script_security", global.ScriptSecurity),
        new("script_user", $"{global.ScriptUser} {global.ScriptGroup}".Trim()),
        new("notify_fifo", Fifo(global.Fifo, global)),
        new("vrrp_notify_fifo", Fifo(global.VrrpFifo, global)),
        SettingText.Flag("fifo_write_vrrp_states_on_reload", global.WriteStatesOnReload),
        new("reload_check_config", global.ReloadLog ?? ""),
        new("notification_email", string.Join(", ", global.Mail.Recipients)),
        new("notification_email_from", global.Mail.From ?? ""),
        new("smtp_server", global.Mail.Server is null ? "" : $"{global.Mail.Server} {global.Mail.Port}"),
        new("smtp_helo_name", global.Mail.HeloName ?? ""),
        SettingText.Seconds("smtp_connect_timeout", global.Mail.ConnectTimeout),
        SettingText.Flag("no_email_faults", global.Mail.NoFaults),
    ];

    private static string Fifo(FifoSettings? fifo, GlobalSettings global) =>
        fifo is null ? "" : $"{fifo.Path} {fifo.User} {fifo.Group} {CommandText.Of(fifo.Script, global)}".TrimEnd();

    private static SettingText[] Script(VrrpScriptSettings script, GlobalSettings global) =>
    [
        new("script", CommandText.Of(script.Script, global)),
        SettingText.Seconds("interval", script.Interval),
        SettingText.Seconds("timeout", script.Timeout),
        new("weight", $"{script.Weight}{(script.Reverse ? " reverse" : "")}"),
        new("rise", $"{script.Rise}"),
        new("fall", $"{script.Fall}"),
        SettingText.Flag("init_fail", script.InitFail),
    ];

    private static SettingText[] Group(SyncGroupSettings group) =>
        [new("group", string.Join(", ", group.Members)), .. NotifyTexts.Of(group.Notify), SettingText.Flag("smtp_alert", group.SmtpAlert)];
}
