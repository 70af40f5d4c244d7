using Keepalived.Es.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Keepalived.Es.ControlPlane;

/// <summary>Where the server's log goes: the one place that decides it.</summary>
internal static class ServerLogging
{
    private const int DaysKept = 14;
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <param name="file">A file to log to as well, one for each day; null for none.</param>
    /// <param name="seq">Base address of a Seq server; null for none.</param>
    /// <param name="seqApiKey">Its API key; null for none.</param>
    /// <param name="seqBuffer">Directory of the buffer between us and Seq.</param>
    internal static Logger Create(string? file, Uri? seq, string? seqApiKey, string seqBuffer)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
            .WriteTo.Console(outputTemplate: Line, standardErrorFromLevel: LogEventLevel.Verbose);
        if (file is not null)
        {
            configuration.WriteTo.File(file, outputTemplate: Line, rollingInterval: RollingInterval.Day, retainedFileCountLimit: DaysKept);
        }

        if (seq is not null)
        {
            configuration.Enrich.WithProperty("Application", "kes").WriteTo.Sink(new SeqSink(seq, seqApiKey, seqBuffer));
        }

        return configuration.CreateLogger();
    }
}
