using System.Globalization;
using System.Net;
using System.Text;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>
/// An SVG with a time axis, lanes coloured and lettered by state, and marks. Text that belongs to a shape is its title, which browsers show under the pointer and read aloud.
/// </summary>
internal sealed class LaneCanvas
{
    private const int Width = 1100;
    private const int LabelWidth = 190;
    private const int LaneHeight = 34;
    private const int MarkHeight = 16;
    private const int Top = 46;
    private const int LongestLabel = 26;
    private readonly StringBuilder _svg = new();
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;
    private readonly int _height;
    private int _y = Top;

    internal LaneCanvas(string title, DateTimeOffset from, DateTimeOffset to, int lanes, int markRows)
    {
        (_from, _to) = (from, to);
        _height = Top + (lanes * LaneHeight) + (markRows * MarkHeight) + 40;
        Append($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {_height}" role="img" font-family="system-ui, sans-serif" font-size="12">""");
        Append($"<title>{Text(title)}</title>");
        Append($"""<defs><pattern id="unknown" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">""");
        Append($"""<rect width="8" height="8" fill="#e5e7eb"/><rect width="2" height="8" fill="#b6bcc6"/></pattern></defs>""");
    }

    /// <summary>Several lanes of a stretch, and nothing else.</summary>
    internal static string Draw(string title, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<StoryLane> lanes)
    {
        LaneCanvas canvas = new(title, from, to, lanes.Count, 0);
        canvas.Axis();
        foreach (StoryLane lane in lanes)
        {
            canvas.Lane(lane);
        }

        return canvas.End();
    }

    internal void Shade(DateTimeOffset from, DateTimeOffset to, string title)
    {
        double left = X(from);
        Append($"""<rect x="{left:0.##}" y="{Top - 8}" width="{Math.Max(X(to) - left, 2):0.##}" height="{_height - Top - 24}" fill="#fecaca" opacity="0.55">""");
        Append($"<title>{Text(title)}</title></rect>");
    }

    internal void Axis()
    {
        TimeSpan step = Step(_to - _from);
        string form = step < TimeSpan.FromDays(1) ? "HH:mm:ss" : "MM-dd";
        for (DateTimeOffset tick = new(((_from.UtcTicks / step.Ticks) + 1) * step.Ticks, TimeSpan.Zero); tick < _to; tick += step)
        {
            double x = X(tick);
            string label = tick.UtcDateTime.ToString(form, CultureInfo.InvariantCulture);
            Append($"""<line x1="{x:0.##}" x2="{x:0.##}" y1="{Top - 12}" y2="{_height - 24}" stroke="#d1d5db"/>""");
            Append($"""<text x="{x:0.##}" y="{Top - 18}" text-anchor="middle" fill="#374151">{label}</text>""");
        }

        Append($"""<text x="8" y="{Top - 18}" fill="#374151">{_from.UtcDateTime:yyyy-MM-dd} UTC</text>""");
    }

    internal void Lane(StoryLane lane)
    {
        string label = $"{lane.Node} {lane.Instance}".Trim();
        string shown = label.Length > LongestLabel ? label[..(LongestLabel - 1)] + "…" : label;
        Append($"""<text x="8" y="{_y + 18}" fill="#111827">{Text(shown)}<title>{Text(label)}</title></text>""");
        foreach (StorySegment segment in lane.Segments)
        {
            Segment(segment);
        }

        _y += LaneHeight;
    }

    internal void Marks(IEnumerable<StoryMark> marks)
    {
        foreach (StoryMark mark in marks)
        {
            double x = X(mark.At);
            double length = X(mark.At + mark.Length) - x;
            string colour = mark.IsBad ? "#b91c1c" : "#1d4ed8";
            Append($"<g><title>{Text($"{mark.At.UtcDateTime:HH:mm:ss.fff} {mark.Text}")}</title>");
            if (length > 3)
            {
                Append($"""<rect x="{x:0.##}" y="{_y}" width="{length:0.##}" height="6" rx="2" fill="{colour}"/></g>""");
            }
            else
            {
                Append($"""<path d="M{x:0.##} {_y - 2} l4 8 h-8 z" fill="{colour}"/></g>""");
            }
        }

        _y += MarkHeight;
    }

    internal string End() => _svg.Append("</svg>").ToString();

    private void Segment(StorySegment segment)
    {
        double from = X(segment.From);
        double to = X(segment.To);
        (string fill, string ink) = Colour(segment.State);
        string label = segment.Label ?? segment.State.ToString().ToUpperInvariant();
        string title = $"{label} for {Durations.Text(segment.To - segment.From)} from {segment.From.UtcDateTime:HH:mm:ss.fff}{(segment.Why is null ? "" : $": {segment.Why}")}";
        Append($"""<g><title>{Text(title)}</title><rect x="{from:0.##}" y="{_y}" width="{Math.Max(to - from, 1):0.##}" height="26" fill="{fill}" stroke="#ffffff"/>""");
        if (to - from > 12 + (8 * label.Length))
        {
            Append($"""<text x="{(from + to) / 2:0.##}" y="{_y + 17}" text-anchor="middle" fill="{ink}">{Text(label)}</text>""");
        }

        Append($"</g>");
    }

    private static TimeSpan Step(TimeSpan length)
    {
        double[] seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];
        return TimeSpan.FromSeconds(seconds.FirstOrDefault(s => length.TotalSeconds / s <= 10, 86_400 * Math.Ceiling(length.TotalDays / 10)));
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

    private double X(DateTimeOffset at) => LabelWidth + (Math.Clamp((at - _from) / (_to - _from), 0, 1) * (Width - LabelWidth - 10));

    private void Append(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
