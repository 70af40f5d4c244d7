namespace Keepalived.Es.Domain.Vrrp;

/// <summary>The intervals of RFC 9568 section 6.1 and RFC 3768 section 6.2, exact to 100 ns.</summary>
public static class VrrpTimers
{
    /// <summary>Extra wait that lets the Backup with the highest priority win the race.</summary>
    /// <param name="version">2 divides one second whatever the interval (RFC 3768); 3 divides the Master's interval (RFC 9568).</param>
    /// <param name="priority">Effective priority, 1 to 255 (255: the address owner, who waits least).</param>
    /// <param name="masterAdverInterval">Interval heard from the Master, not our own; 10 ms to 40.95 s.</param>
    /// <returns>More than zero, less than one second (version 2) or <paramref name="masterAdverInterval"/> (version 3).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is 0, which means "resigning".</exception>
    /// <remarks>Not rounded to centiseconds: at a 1 s interval one step of priority is 3.9 ms, so rounding would make neighbours fire together.</remarks>
    public static TimeSpan SkewTime(byte version, byte priority, TimeSpan masterAdverInterval)
    {
        ArgumentOutOfRangeException.ThrowIfZero(priority);
        long whole = version == 2 ? TimeSpan.TicksPerSecond : masterAdverInterval.Ticks;
        return new TimeSpan(whole * (256 - priority) / 256);
    }

    /// <summary>Silence after which a Backup takes over: <c>down_timer_adverts</c> intervals and the skew.</summary>
    public static TimeSpan MasterDownInterval(VrrpConfig config, byte priority, TimeSpan masterAdverInterval)
    {
        ArgumentNullException.ThrowIfNull(config);
        return masterAdverInterval * config.DownTimerAdverts + SkewTime(config.Version, priority, masterAdverInterval);
    }

    /// <summary>The Master's interval after a reload: in version 3 what was learned stays, version 2 always goes by its own.</summary>
    internal static TimeSpan MasterIntervalAfter(VrrpConfig after, in VrrpState state) => after.Version == 2 ? after.AdverInterval : state.MasterAdverInterval;

    /// <summary>What a Master-down timer that runs becomes longer by when the configuration changes. After a resignation it is Skew_Time alone.</summary>
    internal static TimeSpan Shift(VrrpConfig before, VrrpConfig after, in VrrpState state, byte priority)
    {
        TimeSpan interval = MasterIntervalAfter(after, in state);
        return state.DownTimerBasis == DownTimerBasis.Resigned
            ? SkewTime(after.Version, priority, interval) - SkewTime(before.Version, state.Priority, state.MasterAdverInterval)
            : MasterDownInterval(after, priority, interval) - MasterDownInterval(before, state.Priority, state.MasterAdverInterval);
    }
}
