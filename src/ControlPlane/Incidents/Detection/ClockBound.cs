namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>How a node's wall clock stands to the control plane's.</summary>
/// <param name="Offset">The node's clock minus ours, as estimated; positive: it is ahead.</param>
/// <param name="Bound">By how much the estimate may be wrong; at least zero.</param>
/// <param name="Measured">False: nothing is known, <paramref name="Bound"/> is assumed.</param>
public readonly record struct ClockBound(TimeSpan Offset, TimeSpan Bound, bool Measured)
{
    /// <summary>For a node whose clock was never measured: half a second, what hosts with a time service keep.</summary>
    public static readonly ClockBound Unknown = new(TimeSpan.Zero, TimeSpan.FromMilliseconds(500), false);

    /// <summary>
    /// Of what was measured. A clock that cannot be told from ours is taken for right, as one with a time service is: to correct it by what may be nothing but
    /// the network's delay would put the events of two nodes into a wrong order.
    /// </summary>
    public static ClockBound Of(TimeSpan offset, TimeSpan bound) => offset.Duration() <= bound
        ? new ClockBound(TimeSpan.Zero, offset.Duration() + bound, true)
        : new ClockBound(offset, bound, true);

    /// <summary>A moment of the node's clock on ours.</summary>
    public DateTimeOffset Correct(DateTimeOffset wall) => wall - Offset;
}
