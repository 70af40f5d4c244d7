namespace Keepalived.Es.Domain.Simulation;

/// <summary>How bad the network is. All of it is drawn from the simulation's seed.</summary>
/// <param name="Loss">Share of the copies that are lost, 0 to 1.</param>
/// <param name="Duplication">Share of the copies that arrive twice, 0 to 1.</param>
/// <param name="MinimumDelay">Shortest time from sender to receiver.</param>
/// <param name="MaximumDelay">Longest; copies overtake one another.</param>
public sealed record NetworkFaults(double Loss, double Duplication, TimeSpan MinimumDelay, TimeSpan MaximumDelay)
{
    /// <summary>No loss, 0.1 to 0.5 ms.</summary>
    public static readonly NetworkFaults Healthy = new(0, 0, TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(0.5));

    public static NetworkFaults Lossy(double loss) => Healthy with { Loss = loss };
}
