using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>What a detector sees in a history: the incident as it should be on record.</summary>
/// <param name="Key">Tells findings of one kind and subject apart that may last at the same time, such as the instance in FAULT; usually empty.</param>
public sealed record Finding(IncidentKind Kind, string Key, IncidentFacts Facts);

/// <summary>What detectors know beside the history.</summary>
/// <param name="Now">By the control plane's clock.</param>
/// <param name="LastContact">When each silent node was last in contact; who is not in it is in contact or has stopped.</param>
public sealed record DetectionContext(
    DateTimeOffset Now, IReadOnlyDictionary<string, DateTimeOffset> LastContact, Func<string, ClockBound> Clock)
{
    /// <summary>By how much moments of these nodes may be wrong against one another.</summary>
    public TimeSpan Uncertainty(IEnumerable<string> nodes)
    {
        TimeSpan[] bounds = [.. nodes.Distinct(StringComparer.Ordinal).Select(node => Clock(node).Bound)];
        return bounds.Length < 2 ? TimeSpan.Zero : bounds.OrderDescending().Take(2).Aggregate((one, other) => one + other);
    }
}
