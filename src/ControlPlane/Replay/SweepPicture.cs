using System.Globalization;
using System.Net;
using System.Text;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>A sweep as an SVG: outage as a line, false fail-overs as bars. Pure.</summary>
public static class SweepPicture
{
    private const int Width = 760;
    private const int Height = 360;
    private const int Left = 70;
    private const int Bottom = 50;
    private const int Top = 40;

    public static string Draw(Sweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        double most = Math.Max(sweep.Points.Max(p => p.WorstOutage.TotalSeconds), 0.001);
        int bars = Math.Max(sweep.Points.Max(p => p.FalseFailOvers), 1);
        double column = (Width - (2.0 * Left)) / sweep.Points.Count;
        double X(int i) => Left + (column * (i + 0.5));
        double Y(double share) => Height - Bottom - (share * (Height - Bottom - Top));
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img" font-family="system-ui, sans-serif" font-size="12"><title>{WebUtility.HtmlEncode(sweep.Keyword)}</title><rect width="{Width}" height="{Height}" fill="#ffffff"/>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="20" fill="#1d4ed8">outage in seconds: mean (line), worst (dots), of {sweep.Incidents} fail-overs</text><text x="{Width - Left}" y="20" text-anchor="end" fill="#b91c1c">false fail-overs (bars)</text>""");
        for (int tick = 0; tick <= 4; tick++)
        {
            double y = Y(tick / 4.0);
            svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{Left}" x2="{Width - Left}" y1="{y:0.#}" y2="{y:0.#}" stroke="#e5e7eb"/><text x="{Left - 8}" y="{y + 4:0.#}" text-anchor="end" fill="#1d4ed8">{most * tick / 4:0.###}</text><text x="{Width - Left + 8}" y="{y + 4:0.#}" fill="#b91c1c">{bars * tick / 4.0:0.#}</text>""");
        }

        for (int i = 0; i < sweep.Points.Count; i++)
        {
            SweepPoint point = sweep.Points[i];
            double bar = Y(point.FalseFailOvers / (double)bars);
            svg.Append(CultureInfo.InvariantCulture, $"""<g><title>{point.Value}: mean {point.MeanOutage.TotalSeconds:0.###} s, worst {point.WorstOutage.TotalSeconds:0.###} s, {point.FalseFailOvers} false</title><rect x="{X(i) - (column / 4):0.#}" y="{bar:0.#}" width="{column / 2:0.#}" height="{Height - Bottom - bar:0.#}" fill="#fecaca"/><circle cx="{X(i):0.#}" cy="{Y(point.WorstOutage.TotalSeconds / most):0.#}" r="3" fill="#1d4ed8"/></g><text x="{X(i):0.#}" y="{Height - Bottom + 18}" text-anchor="middle">{point.Value}</text>""");
        }

        string line = string.Join(' ', sweep.Points.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{X(i):0.#},{Y(p.MeanOutage.TotalSeconds / most):0.#}")));
        return svg.Append(CultureInfo.InvariantCulture, $"""<polyline points="{line}" fill="none" stroke="#1d4ed8" stroke-width="2"/><text x="{Width / 2}" y="{Height - 10}" text-anchor="middle">{WebUtility.HtmlEncode(sweep.Keyword)}</text></svg>""").ToString();
    }
}
