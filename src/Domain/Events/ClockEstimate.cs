using System.Globalization;

namespace Keepalived.Es.Domain.Events;

/// <summary>How a node's wall clock stands to the control plane's, from one request and its answer (RFC 5905 section 8).</summary>
/// <param name="Offset">The node's clock minus the control plane's.</param>
/// <param name="Bound">The true offset is at most so far from <paramref name="Offset"/>: half of the time that the two ways took together.</param>
public readonly record struct ClockEstimate(TimeSpan Offset, TimeSpan Bound)
{
    /// <summary>Header of an ingest request: the offset and the bound in microseconds, <c>-1250 300</c>.</summary>
    public const string Header = "Kes-Clock";

    /// <param name="sent">By the node's clock.</param>
    /// <param name="received">By the control plane's clock.</param>
    /// <param name="answered">By the control plane's clock.</param>
    /// <param name="returned">By the node's clock.</param>
    /// <returns>Null: the moments contradict each other, since a clock was set meanwhile.</returns>
    public static ClockEstimate? Of(DateTimeOffset sent, DateTimeOffset received, DateTimeOffset answered, DateTimeOffset returned)
    {
        TimeSpan ways = (returned - sent) - (answered - received);
        return answered < received || ways < TimeSpan.Zero ? null : new ClockEstimate(((sent - received) + (returned - answered)) / 2, ways / 2);
    }

    /// <summary>The header's value; the bound is rounded up.</summary>
    public string ToHeader() => string.Create(
        CultureInfo.InvariantCulture, $"{Offset.Ticks / TimeSpan.TicksPerMicrosecond} {(Bound.Ticks / TimeSpan.TicksPerMicrosecond) + 1}");

    /// <returns>Null: it is not of this form, or the bound is negative.</returns>
    public static ClockEstimate? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(' ');
        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        return parts.Length == 2 && long.TryParse(parts[0], Whole, CultureInfo.InvariantCulture, out long offset) && Math.Abs((double)offset) < 1e17
            && long.TryParse(parts[1], Whole, CultureInfo.InvariantCulture, out long bound) && bound is >= 0 and < 100_000_000_000_000_000
            ? new ClockEstimate(TimeSpan.FromMicroseconds(offset), TimeSpan.FromMicroseconds(bound))
            : null;
    }
}
