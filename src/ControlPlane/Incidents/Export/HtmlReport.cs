using System.Globalization;
using System.Net;
using System.Text;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>An incident's post-mortem in one HTML file that needs nothing else. Times are UTC. Pure.</summary>
public static class HtmlReport
{
    public static string Write(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        return HtmlPage.Of(IncidentWords.Title(story.Bundle.Incident), Body(story));
    }

    /// <summary>All of it but the frame.</summary>
    internal static string Body(IncidentStory story)
    {
        IncidentView incident = story.Bundle.Incident;
        StringBuilder body = new();
        body.Append(CultureInfo.InvariantCulture, $"<h1>{Encoded(IncidentWords.Title(incident))}</h1><p class=\"cause\">{Encoded(incident.Facts.Cause)}.</p><dl>");
        foreach ((string name, string value) in IncidentWords.Facts(incident))
        {
            body.Append(CultureInfo.InvariantCulture, $"<dt>{name}</dt><dd>{Encoded(value)}</dd>");
        }

        body.Append(CultureInfo.InvariantCulture, $"</dl><figure>{TimelinePicture.Draw(story)}</figure>");
        body.Append("<h2>Course</h2><table><thead><tr><th>Time (UTC)</th><th>Node</th><th>What</th></tr></thead><tbody>");
        foreach (StoryLine line in story.Lines)
        {
            bool inside = line.At >= incident.Facts.Start && line.At <= (incident.Facts.End ?? story.Bundle.To);
            body.Append(CultureInfo.InvariantCulture,
                $"<tr{(inside ? " class=\"inside\"" : "")}><td><time title=\"{Encoded(line.Record)}\">{IncidentWords.Clock(line.At)}</time></td><td>{Encoded(line.Node)}</td><td>{Encoded(line.Text)}</td></tr>");
        }

        body.Append("</tbody></table>");
        if (story.Bundle.Truncated)
        {
            body.Append("<p>Later events were left out.</p>");
        }

        if (incident.Notes.Count > 0)
        {
            body.Append("<h2>Notes</h2><ul>");
            foreach (IncidentNote note in incident.Notes)
            {
                body.Append(CultureInfo.InvariantCulture, $"<li>{note.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {Encoded(note.By)}: {Encoded(note.Text)}</li>");
            }

            body.Append("</ul>");
        }

        body.Append("<h2>Rests on</h2><ul>").AppendJoin("", incident.Facts.Evidence.Select(record => $"<li><code>{Encoded(record)}</code></li>")).Append("</ul>");
        return body.ToString();
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
