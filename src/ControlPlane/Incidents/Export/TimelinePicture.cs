using System.Globalization;
using System.Net;
using System.Text;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>An incident as an SVG: a lane for each instance, coloured and lettered by its state, marks beneath, the incident's own time shaded. Pure.</summary>
public static class TimelinePicture
{
    private const int Width = 1100;
    private const int LabelWidth = 190;
    private const int LaneHeight = 34;
    private const int MarkHeight = 16;
    private const int Top = 46;

    /// <summary>Text that belongs to a shape is its title, which browsers show under the pointer and read aloud.</summary>
    public static string Draw(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        IncidentBundle bundle = story.Bundle;
        string[] nodes = [.. story.Lanes.Select(lane => lane.Node).Concat(story.Marks.Select(mark => mark.Node)).Distinct(StringComparer.Ordinal)];
        int height = Top + (story.Lanes.Count * LaneHeight) + (nodes.Length * MarkHeight) + 40;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" role="img" font-family="system-ui, sans-serif" font-size="12">""");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Text($"{bundle.Incident.Kind} of {bundle.Incident.Subject}: {bundle.Incident.Facts.Cause}")}</title>");
        svg.Append("""<defs><pattern id="unknown" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#e5e7eb"/><rect width="3" height="8" fill="#9ca3af"/></pattern></defs>""");
        Shade(svg, bundle, height);
        Axis(svg, bundle, height);
        int y = Top;
        foreach (string node in nodes)
        {
            foreach (StoryLane lane in story.Lanes.Where(lane => lane.Node == node))
            {
                Lane(svg, bundle, lane, y);
                y += LaneHeight;
            }

            Marks(svg, bundle, story.Marks.Where(mark => mark.Node == node), y);
            y += MarkHeight;
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Shade(StringBuilder svg, IncidentBundle bundle, int height)
    {
        double from = X(bundle, bundle.Incident.Facts.Start);
        double to = X(bundle, bundle.Incident.Facts.End ?? bundle.To);
        svg.Append(CultureInfo.InvariantCulture,
            $"""<rect x="{from:0.##}" y="{Top - 8}" width="{Math.Max(to - from, 2):0.##}" height="{height - Top - 24}" fill="#fecaca" opacity="0.55"><title>the incident</title></rect>""");
    }

    private static void Axis(StringBuilder svg, IncidentBundle bundle, int height)
    {
        TimeSpan step = Step(bundle.To - bundle.From);
        for (DateTimeOffset tick = new(((bundle.From.UtcTicks / step.Ticks) + 1) * step.Ticks, TimeSpan.Zero); tick < bundle.To; tick += step)
        {
            double x = X(bundle, tick);
            svg.Append(CultureInfo.InvariantCulture,
                $"""<line x1="{x:0.##}" x2="{x:0.##}" y1="{Top - 12}" y2="{height - 24}" stroke="#d1d5db"/><text x="{x:0.##}" y="{Top - 18}" text-anchor="middle" fill="#374151">{tick.UtcDateTime:HH:mm:ss}</text>""");
        }

        svg.Append(CultureInfo.InvariantCulture, $"""<text x="8" y="{Top - 18}" fill="#374151">{bundle.From.UtcDateTime:yyyy-MM-dd} UTC</text>""");
    }

    private static TimeSpan Step(TimeSpan length)
    {
        double[] seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];
        return TimeSpan.FromSeconds(seconds.FirstOrDefault(s => length.TotalSeconds / s <= 10, 86_400 * Math.Ceiling(length.TotalDays / 10)));
    }

    private static void Lane(StringBuilder svg, IncidentBundle bundle, StoryLane lane, int y)
    {
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="8" y="{y + 18}" fill="#111827">{Text($"{lane.Node} {lane.Instance}")}</text>""");
        foreach (StorySegment segment in lane.Segments)
        {
            double from = X(bundle, segment.From);
            double to = X(bundle, segment.To);
            (string fill, string ink) = Colour(segment.State);
            string title = $"{segment.State} for {Durations.Text(segment.To - segment.From)} from {segment.From.UtcDateTime:HH:mm:ss.fff}{(segment.Why is null ? "" : $": {segment.Why}")}";
            svg.Append(CultureInfo.InvariantCulture,
                $"""<g><title>{Text(title)}</title><rect x="{from:0.##}" y="{y}" width="{Math.Max(to - from, 1):0.##}" height="26" fill="{fill}" stroke="#ffffff"/>""");
            if (to - from > 64)
            {
                svg.Append(CultureInfo.InvariantCulture, $"""<text x="{(from + to) / 2:0.##}" y="{y + 17}" text-anchor="middle" fill="{ink}">{segment.State.ToString().ToUpperInvariant()}</text>""");
            }

            svg.Append("</g>");
        }
    }

    private static void Marks(StringBuilder svg, IncidentBundle bundle, IEnumerable<StoryMark> marks, int y)
    {
        foreach (StoryMark mark in marks)
        {
            double x = X(bundle, mark.At);
            double length = X(bundle, mark.At + mark.Length) - x;
            string colour = mark.IsBad ? "#b91c1c" : "#1d4ed8";
            svg.Append(CultureInfo.InvariantCulture, $"<g><title>{Text($"{mark.At.UtcDateTime:HH:mm:ss.fff} {mark.Text}")}</title>");
            svg.Append(length > 3
                ? string.Create(CultureInfo.InvariantCulture, $"""<rect x="{x:0.##}" y="{y}" width="{length:0.##}" height="6" rx="2" fill="{colour}"/>""")
                : string.Create(CultureInfo.InvariantCulture, $"""<path d="M{x:0.##} {y - 2} l4 8 h-8 z" fill="{colour}"/>"""));
            svg.Append("</g>");
        }
    }

    private static (string Fill, string Ink) Colour(MemberPhase state) => state switch
    {
        MemberPhase.Master => ("#15803d", "#ffffff"),
        MemberPhase.Backup => ("#93c5fd", "#111827"),
        MemberPhase.Fault => ("#b91c1c", "#ffffff"),
        MemberPhase.Unknown => ("url(#unknown)", "#111827"),
        MemberPhase.Stopped => ("#6b7280", "#ffffff"),
        _ => ("#fde68a", "#111827"),
    };

    private static double X(IncidentBundle bundle, DateTimeOffset at)
    {
        double share = (at - bundle.From) / (bundle.To - bundle.From);
        return LabelWidth + (Math.Clamp(share, 0, 1) * (Width - LabelWidth - 10));
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
