using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>The formats in which an incident leaves the control plane.</summary>
public static class IncidentExport
{
    /// <summary>Markdown, HTML, CSV, bundle, Chrome's trace, picture.</summary>
    public static readonly IReadOnlyList<string> Formats = ["md", "html", "csv", "json", "trace", "svg"];

    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">None of them.</exception>
    public static string Write(string format, IncidentBundle bundle)
    {
        IncidentStory story = IncidentStory.Of(bundle);
        return format switch
        {
            "md" => MarkdownReport.Write(story),
            "html" => HtmlReport.Write(story),
            "csv" => CsvExport.Write(story),
            "trace" => ChromeTrace.Write(story),
            "svg" => TimelinePicture.Draw(story),
            "json" => JsonSerializer.Serialize(bundle, ApiJson.Options),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, string.Join(", ", Formats)),
        };
    }
}
