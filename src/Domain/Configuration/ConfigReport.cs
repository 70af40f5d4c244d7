using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Keepalived.Es.Domain.Configuration;

/// <summary>Shows what a reading found, for people and for programs, and as an exit code.</summary>
public static class ConfigReport
{
    /// <summary>Nothing to say.</summary>
    public const int Good = 0;

    /// <summary>A file is missing, or the configuration cannot be run at all.</summary>
    public const int CannotRun = 4;

    /// <summary>Anything else, a warning too: a keyword that is not yet in force, or a word that is ignored.</summary>
    public const int Content = 5;

    /// <summary>Scripts run as root and <c>enable_script_security</c> is off; nothing else.</summary>
    public const int Security = 6;

    /// <summary>Exit code of <c>--config-test</c>: <see cref="Good"/>, <see cref="CannotRun"/>, <see cref="Content"/> or <see cref="Security"/>.</summary>
    public static int ExitCode(ConfigParse parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        bool cannotRun = parse.Diagnostics.Any(diagnostic => diagnostic is { Severity: Severity.Error, Class: DiagnosticClass.CannotRun });
        return cannotRun ? CannotRun
            : parse.Diagnostics.IsEmpty ? Good
            : parse.Diagnostics.All(diagnostic => diagnostic.Class == DiagnosticClass.Security) ? Security
            : Content;
    }

    /// <summary>One line for each diagnostic; empty when there is nothing to say.</summary>
    public static string Text(ConfigParse parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        var text = new StringBuilder();
        foreach (ConfigDiagnostic diagnostic in parse.Diagnostics)
        {
            text.Append(diagnostic).Append('\n');
        }

        return text.ToString();
    }

    /// <summary><c>{"exitCode":0,"diagnostics":[{"code","severity","class","file","line","column","length","message"}]}</c>, indented.</summary>
    public static string Json(ConfigParse parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("exitCode", ExitCode(parse));
            json.WriteStartArray("diagnostics");
            foreach (ConfigDiagnostic diagnostic in parse.Diagnostics)
            {
                Write(json, diagnostic);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, ConfigDiagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("code", diagnostic.Code);
        json.WriteString("severity", diagnostic.Severity == Severity.Error ? "error" : "warning");
        json.WriteString("class", diagnostic.Class switch { DiagnosticClass.CannotRun => "cannot-run", DiagnosticClass.Security => "security", _ => "content" });
        json.WriteString("file", diagnostic.Span.File);
        json.WriteNumber("line", diagnostic.Span.Line);
        json.WriteNumber("column", diagnostic.Span.Column);
        json.WriteNumber("length", diagnostic.Span.Length);
        json.WriteString("message", diagnostic.Message);
        json.WriteEndObject();
    }
}
