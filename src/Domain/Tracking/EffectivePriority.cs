using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tracking;

/// <summary>What one tracker does to one instance.</summary>
/// <param name="Weight">Added to the priority, -253 to 253.</param>
/// <param name="Faults"><see cref="FaultReasons.Tracker"/> or <see cref="FaultReasons.TrackerPending"/> from a tracker of weight 0, otherwise none.</param>
public readonly record struct TrackerContribution(int Weight, FaultReasons Faults)
{
    /// <summary>A positive weight counts while the tracker is up, a negative one while it is down, weight 0 decides between Fault and not.</summary>
    /// <param name="weight">-253 to 253.</param>
    /// <param name="reverse">Up and down change places.</param>
    /// <param name="status">Unknown: a weight counts nothing, and weight 0 holds the instance back.</param>
    public static TrackerContribution Of(int weight, bool reverse, TrackStatus status)
    {
        if (status == TrackStatus.Unknown)
        {
            return new TrackerContribution(0, weight == 0 ? FaultReasons.TrackerPending : FaultReasons.None);
        }

        bool good = (status == TrackStatus.Up) != reverse;
        return weight == 0
            ? new TrackerContribution(0, good ? FaultReasons.None : FaultReasons.Tracker)
            : new TrackerContribution(good == weight > 0 ? weight : 0, FaultReasons.None);
    }
}

/// <summary>The priority that an instance announces: its base and what its trackers add.</summary>
public static class EffectivePriority
{
    private const int Highest = 254;

    /// <param name="config">The owner (255) keeps its priority whatever the trackers say.</param>
    /// <param name="weights">Sum of the contributions.</param>
    /// <returns>1 to 254, or 255.</returns>
    public static byte Of(VrrpConfig config, int weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.IsOwner ? config.Priority : (byte)Math.Clamp(config.Priority + weights, 1, Highest);
    }
}
