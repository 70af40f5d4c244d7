namespace Keepalived.Es.Domain.Bfd;

/// <summary>The intervals of RFC 5880 sections 6.8.2 to 6.8.4 and 6.8.7.</summary>
public static class BfdTimers
{
    /// <summary>Between periodic packets, before jitter: what we want, or what the neighbor bears (section 6.8.2).</summary>
    public static TimeSpan TransmitInterval(in BfdState state) =>
        state.DesiredTransmit > state.RemoteMinimumReceive ? state.DesiredTransmit : state.RemoteMinimumReceive;

    /// <summary>The neighbor's multiplier times what it may send, which is what it wants or what we bear (section 6.8.4).</summary>
    public static TimeSpan DetectionTime(BfdConfig config, in BfdPacket packet)
    {
        ArgumentNullException.ThrowIfNull(config);
        var wanted = TimeSpan.FromMicroseconds(packet.DesiredMinimumTransmit);
        return packet.DetectMultiplier * (wanted > config.MinimumReceive ? wanted : config.MinimumReceive);
    }

    /// <summary>75 to 100 % of the interval; 75 to 90 % with a multiplier of 1, since then no packet may be late (section 6.8.7).</summary>
    /// <param name="interval">Agreed, before jitter.</param>
    /// <param name="multiplier">Our own.</param>
    /// <param name="draw">From 0 up to 1, not included.</param>
    public static TimeSpan Jittered(TimeSpan interval, byte multiplier, double draw) =>
        multiplier == 1 ? interval * (0.75 + (0.15 * draw)) : interval * (1 - (0.25 * draw));

    /// <summary>Desired Min TX Interval, at least a second while not Up (section 6.8.3).</summary>
    public static TimeSpan Desired(BfdConfig config, BfdSessionState session)
    {
        ArgumentNullException.ThrowIfNull(config);
        return session == BfdSessionState.Up ? config.MinimumTransmit : config.IdleTransmit;
    }

    /// <summary>As on the wire; beyond 32 bits the largest.</summary>
    internal static uint Microseconds(TimeSpan time) => (uint)Math.Min(time.Ticks / TimeSpan.TicksPerMicrosecond, uint.MaxValue);
}
