using System.Globalization;
using System.Text;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>An incident's post-mortem in Markdown. Times are UTC. Pure.</summary>
public static class MarkdownReport
{
    public static string Write(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        IncidentView incident = story.Bundle.Incident;
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {IncidentWords.Title(incident)}").AppendLine();
        foreach ((string name, string value) in IncidentWords.Facts(incident))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- **{name}**: {Escaped(value)}");
        }

        text.AppendLine().AppendLine("## Cause").AppendLine().AppendLine(Escaped(incident.Facts.Cause) + ".");
        text.AppendLine().AppendLine("## Course").AppendLine().AppendLine("| time (UTC) | node | what |").AppendLine("|---|---|---|");
        foreach (StoryLine line in story.Lines)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {IncidentWords.Clock(line.At)} | {line.Node} | {Escaped(line.Text)} |");
        }

        if (story.Bundle.Truncated)
        {
            text.AppendLine().AppendLine("Later events were left out.");
        }

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

    private static string Escaped(string text) => text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("|", @"\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
