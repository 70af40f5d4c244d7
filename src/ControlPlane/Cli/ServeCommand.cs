using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keepalived.Es.ControlPlane.Anchors;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Embedded;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Settings;
using Npgsql;
using Serilog.Extensions.Logging;
using Command = System.CommandLine.Command;

namespace Keepalived.Es.ControlPlane.Cli;

internal static class ServeCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        Option<string?> db = new("--db") { Description = "Npgsql connection string; also KES_DB. Default: a private PostgreSQL in the data directory", HelpName = "CONN" };
        Option<string> schema = new("--schema")
        {
            Description = "schema of the tables",
            HelpName = "NAME",
            DefaultValueFactory = _ => "public",
        };
        Option<string> data = new("--data")
        {
            Description = "data directory",
            HelpName = "DIR",
            DefaultValueFactory = _ => environment.DefaultData,
        };
        Option<Uri> listen = new("--listen")
        {
            Description = "address and port",
            HelpName = "URL",
            CustomParser = ListenAddress,
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:7340"),
        };
        Option<string?> anchor = new("--anchor")
        {
            Description = "keep the Merkle root of each minute outside the database: a file, a URL that takes a POST, or '|command'",
            HelpName = "TARGET",
            CustomParser = AnchorTarget,
        };
        Option<string?> certificate = new("--certificate") { Description = "certificate chain for https, PEM", HelpName = "PEM" };
        Option<string?> key = new("--key") { Description = "its private key, PEM", HelpName = "PEM" };
        Option<string?> logFile = new("--log-file") { Description = "log to this file too, a new one each day", HelpName = "FILE" };
        Option<Uri?> seq = new("--seq") { Description = "log to this Seq server too; its API key is in KES_SEQ_API_KEY", HelpName = "URL", CustomParser = SeqAddress };
        Option<string[]> hooks = new("--incident-hook")
        {
            Description = "run this program or file in JavaScript when an incident is opened, changes or closes; may be repeated",
            HelpName = "FILE",
        };
        Option<string?> hookSettings = new("--hook-settings")
        {
            Description = "limits of these hooks, and what JavaScript may fetch and run: the key 'hooks' of this YAML file, as in node.yaml",
            HelpName = "FILE",
        };
        Command command = new("serve", "Run the control plane.") { db, schema, data, listen, certificate, key, logFile, seq, anchor, hooks, hookSettings };
        command.SetAction((parse, stop) => RunAsync(
            new Settings(
                parse.GetValue(db) ?? environment.Variable("KES_DB"), parse.GetValue(schema)!, Path.GetFullPath(parse.GetValue(data)!),
                parse.GetValue(listen)!,
                parse.GetValue(certificate), parse.GetValue(key), parse.GetValue(logFile), parse.GetValue(seq), environment.Variable("KES_SEQ_API_KEY"), parse.GetValue(anchor))
            {
                IncidentHooks = [.. (parse.GetValue(hooks) ?? []).Select(HookFile)],
                HookSettings = parse.GetValue(hookSettings) is { } file ? HooksCommand.Settings(file) : new HookSettings(),
            },
            environment.Time, stop));
        return command;
    }

    private static Uri? ListenAddress(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address!.PathAndQuery == "/"
            && (address.DnsSafeHost == "localhost" || System.Net.IPAddress.TryParse(address.DnsSafeHost, out _)))
        {
            return address;
        }

        argument.AddError($"--listen '{text}': a URL such as http://127.0.0.1:7340 or https://[::]:7340 is expected.");
        return null;
    }

    private static string? AnchorTarget(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        try
        {
            using AnchorSink sink = AnchorSink.Of(text);
            return text;
        }
        catch (ArgumentException)
        {
            argument.AddError($"--anchor '{text}': a file, a URL such as https://log.example.net/kes, or '|command' is expected.");
            return null;
        }
    }

    private static Uri? SeqAddress(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        argument.AddError($"--seq '{text}': a URL such as http://seq.example.net:5341 is expected.");
        return null;
    }

    private sealed record Settings(string? Database, string Schema, string Data, Uri Listen, string? Certificate, string? Key,
        string? LogFile, Uri? Seq, string? SeqApiKey, string? Anchor)
    {
        internal IReadOnlyList<string> IncidentHooks { get; init; } = [];

        internal HookSettings HookSettings { get; init; } = new();
    }

    private static string HookFile(string file)
    {
        string path = Path.GetFullPath(file);
        bool runs = HookScript.IsInJavaScript(path)
            || File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
        return File.Exists(path) && runs
            ? path
            : throw new CliException($"--incident-hook '{file}': a file that can be executed, or one that ends in .js, is expected");
    }

    private static async Task<int> RunAsync(Settings settings, TimeProvider time, CancellationToken stop)
    {
        (X509Certificate2? certificate, X509Certificate2Collection? chain) = Certificate(settings);
        await using Serilog.Core.Logger logger = ServerLogging.Create(
            settings.LogFile, settings.Seq, settings.SeqApiKey, Path.Combine(settings.Data, "seq"));
        using SerilogLoggerFactory loggers = new(logger);
        Microsoft.Extensions.Logging.ILogger log = loggers.CreateLogger("kes");
        try
        {
            await using EmbeddedPostgres? own = settings.Database is null
                ? await EmbeddedPostgres.StartAsync(settings.Data, log.Embedded, stop)
                : null;
            Directory.CreateDirectory(settings.Data);
            ServerOptions options = new(own?.ConnectionString ?? settings.Database!, settings.Schema, settings.Data, settings.Listen,
                certificate, chain, Anchor: settings.Anchor)
            {
                IncidentHooks = settings.IncidentHooks,
                HookSettings = settings.HookSettings,
            };
            await using WebApplication app = await ControlPlaneServer.BuildAsync(options, logger, time, stop);
            await app.StartAsync(stop);
            log.Serving(app.Urls.First(), settings.Data, own is null ? "as given by --db" : "our own");
            if (settings.Listen.Scheme == Uri.UriSchemeHttp && !settings.Listen.IsLoopback)
            {
                log.PlainHttp(settings.Listen.ToString());
            }

            await app.WaitForShutdownAsync(stop);
            return ExitCode.Ok;
        }
        catch (Exception failure) when (Remedy(failure, settings) is { } remedy)
        {
            throw new CliException(remedy);
        }
    }

    private static string? Remedy(Exception failure, Settings settings) => failure switch
    {
        EmbeddedException => failure.Message,
        PostgresException => $"the database refused: {failure.Message}",
        NpgsqlException => $"the database does not answer: {failure.Message}; see --db",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            $"{settings.Listen} is in use: choose another with --listen",
        ArgumentException => $"{failure.Message.TrimEnd('.')}; --db is such as 'Host=db.example.net;Username=kes;Password=…;Database=kes'",
        IOException or UnauthorizedAccessException or InvalidOperationException => failure.Message,
        _ => null,
    };

    /// <summary>The certificate with its key, and what else is in its file: the authorities between it and one that clients know.</summary>
    private static (X509Certificate2? Certificate, X509Certificate2Collection? Chain) Certificate(Settings settings)
    {
        bool secure = settings.Listen.Scheme == Uri.UriSchemeHttps;
        if (secure != (settings.Certificate is not null) || secure != (settings.Key is not null))
        {
            throw new CliException("https needs --certificate and --key, and http needs neither");
        }

        try
        {
            if (!secure)
            {
                return (null, null);
            }

            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(settings.Certificate!);
            return (X509Certificate2.CreateFromPemFile(settings.Certificate!, settings.Key), chain);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"--certificate '{settings.Certificate}', --key '{settings.Key}': {unreadable.Message}");
        }
    }
}
