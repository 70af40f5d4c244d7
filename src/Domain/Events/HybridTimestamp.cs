using System.Globalization;

namespace Keepalived.Es.Domain.Events;

/// <summary>
/// A hybrid logical clock reading (Kulkarni et al., 2014): 48 bits of milliseconds since 1970 and a 16-bit counter. If one event
/// happened before another, its timestamp is smaller; it stays near the wall clock.
/// </summary>
/// <param name="Packed">Milliseconds shifted left by 16, or-ed with the counter.</param>
public readonly record struct HybridTimestamp(long Packed) : IComparable<HybridTimestamp>
{
    public long Milliseconds => Packed >> 16;

    public int Counter => (int)(Packed & 0xFFFF);

    /// <summary>The clock after a local event or a send at <paramref name="wallMilliseconds"/>.</summary>
    public HybridTimestamp Tick(long wallMilliseconds) =>
        wallMilliseconds > Milliseconds ? new HybridTimestamp(wallMilliseconds << 16) : new HybridTimestamp(Packed + 1);

    /// <summary>The clock after receiving <paramref name="remote"/>. A remote clock further ahead than <paramref name="maximumAhead"/> is not adopted.</summary>
    public HybridTimestamp Merge(HybridTimestamp remote, long wallMilliseconds, TimeSpan maximumAhead)
    {
        bool trusted = remote.Milliseconds - wallMilliseconds <= (long)maximumAhead.TotalMilliseconds;
        return (trusted && remote.Packed > Packed ? remote : this).Tick(wallMilliseconds);
    }

    /// <exception cref="FormatException">Not 16 hex digits.</exception>
    public static HybridTimestamp Parse(string text) =>
        text is { Length: 16 } && long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long packed)
            ? new HybridTimestamp(packed)
            : throw new FormatException($"hybrid timestamp '{text}': 16 hex digits are allowed");

    public int CompareTo(HybridTimestamp other) => Packed.CompareTo(other.Packed);

    public static bool operator <(HybridTimestamp left, HybridTimestamp right) => left.Packed < right.Packed;

    public static bool operator >(HybridTimestamp left, HybridTimestamp right) => left.Packed > right.Packed;

    public static bool operator <=(HybridTimestamp left, HybridTimestamp right) => left.Packed <= right.Packed;

    public static bool operator >=(HybridTimestamp left, HybridTimestamp right) => left.Packed >= right.Packed;

    public override string ToString() => Packed.ToString("x16", CultureInfo.InvariantCulture);
}
