using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.NodeRuntime.Hooks;

namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary><c>-t</c>: reads the configuration, says what is wrong with it, and exits.</summary>
internal static class ConfigTest
{
    private const string JsonOutput = "json";

    internal static int Run(CommandLine options)
    {
        ConfigParse parse = Read(options);
        switch (options.ConfigTestOutput)
        {
            case JsonOutput:
                Console.Out.WriteLine(ConfigReport.Json(parse));
                break;
            case { } path:
                WriteTo(path, ConfigReport.Text(parse));
                break;
            default:
                Console.Error.Write(ConfigReport.Text(parse));
                break;
        }

        return ConfigReport.ExitCode(parse);
    }

    /// <summary>Reads the configuration that the options name, and looks at its scripts.</summary>
    /// <param name="memory">Of an earlier reading: spares work.</param>
    internal static ConfigParse Read(CommandLine options, ConfigMemory? memory = null)
    {
        string host = System.Environment.MachineName.Split('.')[0];
        var reading = new ConfigOptions(
            options.ConfigId ?? host, System.Environment.TickCount, System.Environment.GetEnvironmentVariable, options.AllIncludes);
        return ScriptAudit.Examine(ConfigReader.Read(options.ConfigurationFile, new DiskFiles(), reading, memory));
    }

    private static void WriteTo(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"option -t: cannot write {path}: {e.Message}", e);
        }
    }
}
