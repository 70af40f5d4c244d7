using System.Globalization;
using System.Text;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>An incident's course as comma-separated values, RFC 4180, with a header. Pure.</summary>
public static class CsvExport
{
    public static string Write(IncidentStory story)
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

    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
