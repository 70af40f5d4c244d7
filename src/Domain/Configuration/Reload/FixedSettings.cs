namespace Keepalived.Es.Domain.Configuration.Reload;

/// <summary>What a reload cannot change (keepalived: likewise): it stays as it was at the start, and is said.</summary>
public static class FixedSettings
{
    /// <param name="before">In force.</param>
    /// <param name="after">The new configuration.</param>
    /// <param name="complaints">What was asked for and stays, a line each.</param>
    /// <returns>The new configuration with what cannot change as it was.</returns>
    public static KeepalivedConfig Keep(KeepalivedConfig before, KeepalivedConfig after, out IReadOnlyList<string> complaints)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        complaints =
        [
            .. SettingText.Differences("", Texts(before), Texts(after)).Concat(TakenBack(before.Global, after.Global))
                .Select(difference => $"{difference}: not by a reload, restart the daemon for it"),
        ];
        return after with
        {
            Global = after.Global with
            {
                InstanceName = before.Global.InstanceName,
                UsePidDirectory = before.Global.UsePidDirectory,
                StartupScript = before.Global.StartupScript,
                ShutdownScript = before.Global.ShutdownScript,
                ProcessPriority = after.Global.ProcessPriority ?? before.Global.ProcessPriority,
                RealTimePriority = after.Global.RealTimePriority ?? before.Global.RealTimePriority,
                RealTimeLimitMicroseconds = after.Global.RealTimeLimitMicroseconds ?? before.Global.RealTimeLimitMicroseconds,
                NoSwap = after.Global.NoSwap || before.Global.NoSwap,
                CpuAffinity = after.Global.CpuAffinity.IsEmpty ? before.Global.CpuAffinity : after.Global.CpuAffinity,
            },
            Lvs = after.Lvs with { Namespace = before.Lvs.Namespace },
        };
    }

    /// <summary>A real-time option can be put in force and not taken back: nobody knows what held before.</summary>
    private static IEnumerable<string> TakenBack(GlobalSettings before, GlobalSettings after) =>
    [
        .. before.ProcessPriority is { } nice && after.ProcessPriority is null ? [$"vrrp_priority no longer {nice}"] : Array.Empty<string>(),
        .. before.RealTimePriority is { } priority && after.RealTimePriority is null ? [$"vrrp_rt_priority no longer {priority}"] : Array.Empty<string>(),
        .. before.RealTimeLimitMicroseconds is { } limit && after.RealTimeLimitMicroseconds is null ? [$"vrrp_rlimit_rttime no longer {limit}"] : Array.Empty<string>(),
        .. before.NoSwap && !after.NoSwap ? ["vrrp_no_swap off"] : Array.Empty<string>(),
        .. !before.CpuAffinity.IsEmpty && after.CpuAffinity.IsEmpty ? ["vrrp_cpu_affinity no longer given"] : Array.Empty<string>(),
    ];

    private static IEnumerable<SettingText> Texts(KeepalivedConfig config) =>
    [
        new("instance", config.Global.InstanceName ?? ""),
        SettingText.Flag("use_pid_dir", config.Global.UsePidDirectory),
        new("startup_script", Life(config.Global.StartupScript)),
        new("shutdown_script", Life(config.Global.ShutdownScript)),
        new("net_namespace_ipvs", config.Lvs.Namespace ?? ""),
    ];

    private static string Life(LifeScript? script) => script is null ? "" : $"{CommandText.Of(script.Script, new GlobalSettings())} within {script.TimeLimit.TotalSeconds:0} s";
}
