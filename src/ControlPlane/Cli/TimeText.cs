using System.Globalization;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Moments as people write and read them, in one zone.</summary>
public sealed record TimeText(TimeZoneInfo Zone)
{
    private static readonly string[] ClockOnly = ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"];

    /// <summary>"2026-11-23 14:02:11.612 +01:00".</summary>
    public string Full(DateTimeOffset moment) =>
        TimeZoneInfo.ConvertTime(moment, Zone).ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);

    /// <summary>"14:02:11.612".</summary>
    public string Clock(DateTimeOffset moment) =>
        TimeZoneInfo.ConvertTime(moment, Zone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>Reads <c>now</c>, an age (<c>90s</c>, <c>15m</c>, <c>2h</c>, <c>1d</c>), a time of today, or a date and time; a missing
    /// offset is the zone's.</summary>
    /// <exception cref="CliException">None of these.</exception>
    public DateTimeOffset Parse(string text, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "now")
        {
            return now;
        }

        if (Age(text) is { } age)
        {
            return now - age;
        }

        if (DateTime.TryParseExact(text, ClockOnly, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out DateTime clock))
        {
            return InZone(TimeZoneInfo.ConvertTime(now, Zone).Date + clock.TimeOfDay);
        }

        if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime plain)
            && plain.Kind == DateTimeKind.Unspecified)
        {
            return InZone(plain);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            ? moment
            : throw new CliException(
                $"time '{text}': 'now', an age such as 15m or 2h, a time such as 14:02:11, or a date and time such as 2026-11-23T14:02:11+01:00 is expected");
    }

    private DateTimeOffset InZone(DateTime local) => new(local, Zone.GetUtcOffset(local));

    private static TimeSpan? Age(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(Math.Min(count, 36_500)),
            _ => null,
        };
    }
}
