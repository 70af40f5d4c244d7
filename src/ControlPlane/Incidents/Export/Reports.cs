using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents.Detection;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>Reports for people, made of an incident's story. Times are UTC. Pure.</summary>
public static class Reports
{
    /// <summary>"fail-over of VRID 51".</summary>
    public static string Title(IncidentView incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return $"{IncidentBook.Slug(incident.Kind)} of {incident.Subject}";
    }

    /// <summary>Post-mortem in Markdown.</summary>
    public static string Markdown(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        IncidentView incident = story.Bundle.Incident;
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {Title(incident)}").AppendLine();
        foreach ((string name, string value) in Facts(incident))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- **{name}**: {Escaped(value)}");
        }

        text.AppendLine().AppendLine("## Cause").AppendLine().AppendLine(Escaped(incident.Facts.Cause) + ".");
        text.AppendLine().AppendLine("## Course").AppendLine().AppendLine("| time (UTC) | node | what |").AppendLine("|---|---|---|");
        foreach (StoryLine line in story.Lines)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {Clock(line.At)} | {line.Node} | {Escaped(line.Text)} |");
        }

        Truncation(story, text);
        text.AppendLine().AppendLine("## Rests on").AppendLine();
        foreach (string record in incident.Facts.Evidence)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- `{record}`");
        }

        if (incident.Notes.Count > 0)
        {
            text.AppendLine().AppendLine("## Notes").AppendLine();
            foreach (IncidentNote note in incident.Notes)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- {note.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {Escaped(note.By)}: {Escaped(note.Text)}");
            }
        }

        return text.ToString();
    }

    /// <summary>What is to be said of any incident, as name and value.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(IncidentView incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        yield return ("Incident", incident.Id);
        yield return ("Severity", incident.Facts.Severity.ToString());
        yield return ("Start", Moment(incident.Facts.Start, incident.Facts.Uncertainty));
        yield return ("End", incident.Facts.End is { } end ? $"{Moment(end, incident.Facts.Uncertainty)}, after {Durations.Text(end - incident.Facts.Start)}" : "it lasts");
        if (incident.Facts.Outage is { } outage)
        {
            yield return ("Outage", outage == TimeSpan.Zero ? "none" : $"at most {Durations.Text(outage)}");
        }

        yield return ("Site", incident.Site);
        yield return ("Nodes", string.Join(", ", incident.Facts.Nodes));
        if (incident.Facts.Addresses.Count > 0)
        {
            yield return ("Addresses", string.Join(", ", incident.Facts.Addresses));
        }

        yield return ("Acknowledged", incident.AcknowledgedBy is { } by ? $"by {by}" : "by nobody yet");
        yield return ("Assigned", incident.AssignedTo is { } to ? $"to {to}" : "to nobody");
    }

    /// <summary>The course as comma-separated values, RFC 4180, with a header.</summary>
    public static string Csv(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        StringBuilder text = new("time,node,type,text,record\r\n");
        foreach (StoryLine line in story.Lines)
        {
            text.AppendJoin(',', new[] { line.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), line.Node, line.Type, line.Text, line.Record }.Select(Field));
            text.Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>Chrome's trace format (JSON), which Perfetto opens: a process for each node, a thread for each instance and for the marks.</summary>
    public static string ChromeTrace(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        string[] nodes = [.. story.Lanes.Select(lane => lane.Node).Concat(story.Marks.Select(mark => mark.Node)).Distinct(StringComparer.Ordinal)];
        List<object> events = [];
        double Micros(DateTimeOffset at) => (at - story.Bundle.From).TotalMicroseconds;
        for (int node = 0; node < nodes.Length; node++)
        {
            events.Add(new { name = "process_name", ph = "M", pid = node + 1, tid = 0, args = new { name = nodes[node] } });
            StoryLane[] lanes = [.. story.Lanes.Where(lane => lane.Node == nodes[node])];
            for (int lane = 0; lane < lanes.Length; lane++)
            {
                events.Add(new { name = "thread_name", ph = "M", pid = node + 1, tid = lane + 1, args = new { name = lanes[lane].Instance } });
                events.AddRange(lanes[lane].Segments.Select(s => new
                {
                    name = s.State.ToString(), ph = "X", pid = node + 1, tid = lane + 1, ts = Micros(s.From), dur = (s.To - s.From).TotalMicroseconds,
                    args = new { why = s.Why ?? "" },
                }));
            }

            events.Add(new { name = "thread_name", ph = "M", pid = node + 1, tid = 1000, args = new { name = "hooks, checks, links" } });
            events.AddRange(story.Marks.Where(mark => mark.Node == nodes[node]).Select(mark => (object)(mark.Length > TimeSpan.Zero
                ? new { name = mark.Text, ph = "X", pid = node + 1, tid = 1000, ts = Micros(mark.At), dur = mark.Length.TotalMicroseconds }
                : new { name = mark.Text, ph = "i", s = "t", pid = node + 1, tid = 1000, ts = Micros(mark.At) })));
        }

        return JsonSerializer.Serialize(new { displayTimeUnit = "ms", traceEvents = events, otherData = new { incident = story.Bundle.Incident.Id } }, ApiJson.Options);
    }

    /// <summary>A post-mortem in one HTML file that needs nothing else.</summary>
    public static string Html(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        IncidentView incident = story.Bundle.Incident;
        StringBuilder body = new();
        body.Append(CultureInfo.InvariantCulture, $"<h1>{Encoded(Title(incident))}</h1><p class=\"cause\">{Encoded(incident.Facts.Cause)}.</p><dl>");
        foreach ((string name, string value) in Facts(incident))
        {
            body.Append(CultureInfo.InvariantCulture, $"<dt>{name}</dt><dd>{Encoded(value)}</dd>");
        }

        body.Append(CultureInfo.InvariantCulture, $"</dl><figure>{TimelinePicture.Draw(story)}</figure>");
        body.Append("<h2>Course</h2><table><thead><tr><th>Time (UTC)</th><th>Node</th><th>What</th></tr></thead><tbody>");
        foreach (StoryLine line in story.Lines)
        {
            bool inside = line.At >= incident.Facts.Start && line.At <= (incident.Facts.End ?? story.Bundle.To);
            body.Append(CultureInfo.InvariantCulture,
                $"<tr{(inside ? " class=\"inside\"" : "")}><td><time title=\"{Encoded(line.Record)}\">{Clock(line.At)}</time></td><td>{Encoded(line.Node)}</td><td>{Encoded(line.Text)}</td></tr>");
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
        return HtmlPage.Of(Title(incident), body.ToString());
    }

    private static void Truncation(IncidentStory story, StringBuilder text)
    {
        if (story.Bundle.Truncated)
        {
            text.AppendLine().AppendLine("Later events were left out.");
        }
    }

    private static string Moment(DateTimeOffset at, TimeSpan uncertainty) =>
        $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC{(uncertainty > TimeSpan.Zero ? $" ±{Durations.Text(uncertainty)}" : "")}";

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("|", @"\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);

    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
