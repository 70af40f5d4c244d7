namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>Spans of time in words.</summary>
public static class Durations
{
    /// <summary>"0.4 ms", "612 ms", "3.612 s", "2 min 03 s", "1 d 02 h".</summary>
    public static string Text(TimeSpan span)
    {
        TimeSpan size = span.Duration();
        return size switch
        {
            { TotalMilliseconds: < 10 } => $"{size.TotalMilliseconds:0.#} ms",
            { TotalSeconds: < 1 } => $"{size.TotalMilliseconds:0} ms",
            { TotalMinutes: < 1 } => $"{size.TotalSeconds:0.###} s",
            { TotalHours: < 1 } => $"{size.Minutes} min {size.Seconds:00} s",
            { TotalDays: < 1 } => $"{size.Hours} h {size.Minutes:00} min",
            _ => $"{size.Days} d {size.Hours:00} h",
        };
    }

    /// <summary>The span and its side: "3.612 s before", "20 ms after", "at that moment".</summary>
    public static string Around(TimeSpan offset) =>
        offset == TimeSpan.Zero ? "at that moment" : $"{Text(offset)} {(offset < TimeSpan.Zero ? "before" : "after")}";
}
