using Keepalived.Es.Logging;
using Keepalived.Es.NodeRuntime.Cli;
using Serilog;
using Serilog.Events;

namespace Keepalived.Es.NodeRuntime;

/// <summary>Where the log goes: standard error with <c>-l</c> or in the foreground under systemd, otherwise a file; and Seq, when configured.</summary>
internal static class Logging
{
    private const string Template = "{Timestamp:ddd MMM dd HH:mm:ss yyyy}: {Message:lj}{NewLine}{Exception}";
    private const long MaximumFileBytes = 32L << 20;

    /// <summary>Sets <see cref="Serilog.Log.Logger"/>.</summary>
    internal static void SetUp(CommandLine options, NodeSettings settings)
    {
        LogEventLevel level = options.LogDetail ? LogEventLevel.Debug : LogEventLevel.Information;
        LoggerConfiguration local = new LoggerConfiguration().MinimumLevel.Is(level);
        if (options.LogConsole)
        {
            local.WriteTo.Console(outputTemplate: Template, standardErrorFromLevel: LogEventLevel.Verbose);
        }
        else
        {
            local.WriteTo.File(
                Path.Combine(settings.StateDirectory, "keepalived-es.log"),
                outputTemplate: Template,
                fileSizeLimitBytes: MaximumFileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: 4);
        }

        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .Enrich.WithProperty("Node", settings.Node)
            .Enrich.WithProperty("Application", "keepalived-es")
            .WriteTo.Sink(new BackgroundSink(local.CreateLogger()));
        if (settings.Seq is { } seq)
        {
            string? key = settings.SeqApiKeyFile is { } file ? File.ReadAllText(file).Trim() : null;
            configuration.WriteTo.Sink(new SeqSink(seq, key, Path.Combine(settings.StateDirectory, "seq")));
        }

        Serilog.Debugging.SelfLog.Enable(Console.Error);
        Serilog.Log.Logger = configuration.CreateLogger();
    }
}
