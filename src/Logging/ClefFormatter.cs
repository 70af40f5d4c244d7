using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Serilog.Events;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace Keepalived.Es.Logging;

/// <summary>Writes log events as CLEF, one JSON object a line, the format that Seq takes.</summary>
internal static class ClefFormatter
{
    /// <summary>Seq's default limit of one event; a larger one would make it refuse the whole batch.</summary>
    internal const int MaximumEventBytes = 256 * 1024;

    /// <summary>Properties by which a placeholder is found like the event itself.</summary>
    private static readonly string[] KeptNames = ["Node", "Application", "Instance", "SourceContext"];

    private const int ShownLength = 1_000;

    private static readonly JsonValueFormatter Values = new(typeTagName: "$type");

    /// <summary>The line without its end. An event that is too large or cannot be written becomes a placeholder that names its template.</summary>
    internal static string Format(LogEvent logEvent)
    {
        try
        {
            string line = Write(logEvent);
            int size = Encoding.UTF8.GetByteCount(line);
            return size <= MaximumEventBytes ? line : Write(Placeholder(logEvent, $"of {size} bytes was too large for Seq"));
        }
        catch (Exception e)                                      // an object or a format of the caller's that throws: the others go on
        {
            return Write(Placeholder(logEvent, $"could not be written: {e.Message}"));
        }
    }

    private static readonly MessageTemplate PlaceholderTemplate = new MessageTemplateParser().Parse(
        "An event {Problem} and is only in the local log; its template is {Template}");

    private static LogEvent Placeholder(LogEvent logEvent, string problem)
    {
        IEnumerable<LogEventProperty> kept = logEvent.Properties
            .Where(property => KeptNames.Contains(property.Key) && property.Value is ScalarValue { Value: string { Length: <= ShownLength } })
            .Select(property => new LogEventProperty(property.Key, property.Value));
        return new LogEvent(logEvent.Timestamp, logEvent.Level, null, PlaceholderTemplate, [
            .. kept, new LogEventProperty("Problem", Shown(problem)), new LogEventProperty("Template", Shown(logEvent.MessageTemplate.Text)),
        ]);
    }

    private static ScalarValue Shown(string text) => new(text.Length > ShownLength ? text[..ShownLength] : text);

    private static string Write(LogEvent logEvent)
    {
        using var output = new StringWriter(new StringBuilder(256), CultureInfo.InvariantCulture);
        output.Write("{\"@t\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Write("\",\"@mt\":");
        WriteString(logEvent.MessageTemplate.Text, output);
        if (logEvent.Level != LogEventLevel.Information)
        {
            output.Write(",\"@l\":\"");
            output.Write(logEvent.Level);
            output.Write('"');
        }

        if (logEvent.Exception is { } exception)
        {
            output.Write(",\"@x\":");
            WriteString(exception.ToString(), output);
        }

        if (logEvent.TraceId is { } trace)
        {
            output.Write($",\"@tr\":\"{trace.ToHexString()}\"");
        }

        if (logEvent.SpanId is { } span)
        {
            output.Write($",\"@sp\":\"{span.ToHexString()}\"");
        }

        WriteRenderings(logEvent, output);
        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties)
        {
            output.Write(',');
            WriteString(name.StartsWith('@') ? "@" + name : name, output);
            output.Write(':');
            Values.Format(value, output);
        }

        output.Write('}');
        return output.ToString();
    }

    /// <summary><c>@r</c>: the holes of the template that have a format, rendered here, since Seq does not know it.</summary>
    private static void WriteRenderings(LogEvent logEvent, StringWriter output)
    {
        string separator = ",\"@r\":[";
        foreach (MessageTemplateToken token in logEvent.MessageTemplate.Tokens)
        {
            if (token is not PropertyToken { Format: not null } hole)
            {
                continue;
            }

            output.Write(separator);
            using var rendered = new StringWriter(CultureInfo.InvariantCulture);
            hole.Render(logEvent.Properties, rendered, CultureInfo.InvariantCulture);
            WriteString(rendered.ToString(), output);
            separator = ",";
        }

        if (separator == ",")
        {
            output.Write(']');
        }
    }

    private static void WriteString(string text, StringWriter output)
    {
        output.Write('"');
        output.Write(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text));
        output.Write('"');
    }
}
