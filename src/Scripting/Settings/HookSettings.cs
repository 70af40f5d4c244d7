using System.Collections.Immutable;
using System.Globalization;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.MySql;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Keepalived.Es.Scripting.Settings;

/// <summary>The key <c>hooks</c> of <c>node.yaml</c>. Every key in it is optional.</summary>
public sealed record HookSettings
{
    public HookPolicy Policy { get; init; } = new();

    /// <summary><c>limits</c>: of each worker that runs JavaScript.</summary>
    public HookLimits Limits { get; init; } = HookLimits.Default;

    /// <summary><c>mysql</c>: the servers that hooks may ask, by name.</summary>
    public ImmutableArray<MySqlTarget> MySql { get; init; } = [];

    /// <summary><c>http.allow</c>: <c>host:port</c> pairs that hooks may fetch from. Default: none.</summary>
    public ImmutableArray<string> HttpAllowed { get; init; } = [];

    /// <summary><c>exec</c>: absolute programs that hooks may run, by the name that they write. Default: none.</summary>
    public ImmutableDictionary<string, string> Programs { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>For <c>http.fetch</c>.</summary>
    public FetchSettings Fetching => new(HttpAllowed, Limits.MessageBytes / 2, Limits.WallClock);

    /// <summary>For <c>exec.run</c>.</summary>
    public ExecSettings Executing => new(Programs, Limits.OutputCharacters);

    /// <summary>Reads the key <c>hooks</c> of a whole <c>node.yaml</c>; all defaults when it is not there.</summary>
    /// <exception cref="FormatException">Not readable, or a key or value is wrong.</exception>
    public static HookSettings ReadFile(string path)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(File.ReadAllText(path)));
            YamlEntry? entry = stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? YamlEntry.Of(root, "", path).Where(entry => entry.Key == "hooks").Select(entry => (YamlEntry?)entry).FirstOrDefault()
                : null;
            return entry is { } hooks ? Read(hooks.Value, path) : new HookSettings();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    /// <param name="node">What follows the key.</param>
    /// <param name="path">Of the file, for messages.</param>
    /// <exception cref="FormatException">A key or value is wrong; the message says where and what is allowed.</exception>
    public static HookSettings Read(YamlNode node, string path)
    {
        var settings = new HookSettings();
        foreach (YamlEntry entry in YamlEntry.Of(node, "hooks", path))
        {
            settings = entry.Key switch
            {
                "notify-overlap" => settings with { Policy = settings.Policy with { Overlap = entry.Truth() } },
                "time-limit" => settings with { Policy = settings.Policy with { TimeLimit = entry.Seconds(1, 3600) } },
                "stop-wait" => settings with { Policy = settings.Policy with { StopWait = entry.Seconds(0, 600) } },
                "retry" => settings with { Policy = ReadRetry(settings.Policy, entry, path) },
                "limits" => settings with { Limits = ReadLimits(entry, path) },
                "mysql" => settings with { MySql = [.. YamlEntry.Of(entry.Value, "hooks.mysql", path).Select(target => ReadTarget(target, path))] },
                "http" => settings with { HttpAllowed = ReadHttp(entry, path) },
                "exec" => settings with { Programs = YamlEntry.Of(entry.Value, "hooks.exec", path).ToImmutableDictionary(program => program.Key, program => program.FilePath()) },
                _ => throw entry.Unknown("notify-overlap, time-limit, stop-wait, retry, limits, mysql, http, exec"),
            };
        }

        return settings;
    }

    private static HookPolicy ReadRetry(HookPolicy policy, YamlEntry retry, string path)
    {
        foreach (YamlEntry entry in YamlEntry.Of(retry.Value, "hooks.retry", path))
        {
            policy = entry.Key switch
            {
                "attempts" => policy with { Retries = (int)entry.Whole(0, 10) },
                "delay" => policy with { RetryDelay = entry.Seconds(0.1m, 60) },
                _ => throw entry.Unknown("attempts, delay"),
            };
        }

        return policy;
    }

    private static ImmutableArray<string> ReadHttp(YamlEntry http, string path)
    {
        ImmutableArray<string> allowed = [];
        foreach (YamlEntry entry in YamlEntry.Of(http.Value, "hooks.http", path))
        {
            if (entry.Key != "allow")
            {
                throw entry.Unknown("allow");
            }

            allowed = [.. entry.Texts()];
            if (allowed.FirstOrDefault(place => !IsPlace(place)) is { } wrong)
            {
                throw entry.Bad($"'{wrong}': HOST:PORT is allowed, a port of 1 to 65535");
            }
        }

        return allowed;
    }

    private static bool IsPlace(string place) =>
        place.LastIndexOf(':') is var colon and > 0 && int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65_535;

    private static HookLimits ReadLimits(YamlEntry limits, string path)
    {
        const int KiB = 1024;
        HookLimits read = HookLimits.Default;
        foreach (YamlEntry entry in YamlEntry.Of(limits.Value, "hooks.limits", path))
        {
            read = entry.Key switch
            {
                "wall-clock" => read with { WallClock = entry.Seconds(0.1m, 3600) },
                "cpu-time" => read with { CpuTime = entry.Seconds(0.1m, 3600) },
                "heap-mib" => read with { HeapBytes = entry.Whole(16, 1024) * KiB * KiB },
                "statements" => read with { Statements = (int)entry.Whole(1_000, 1_000_000_000) },
                "stack-kib" => read with { StackBytes = (int)entry.Whole(64, 64 * KiB) * KiB },
                "output-characters" => read with { OutputCharacters = (int)entry.Whole(256, 4 * KiB * KiB) },
                "source-kib" => read with { SourceBytes = (int)entry.Whole(1, 4 * KiB) * KiB },
                "nesting" => read with { Nesting = (int)entry.Whole(10, 1_000) },
                "host-calls" => read with { HostCalls = (int)entry.Whole(0, 1_000_000) },
                "message-kib" => read with { MessageBytes = (int)entry.Whole(4, 16 * KiB) * KiB },
                _ => throw entry.Unknown("wall-clock, cpu-time, heap-mib, statements, stack-kib, output-characters, source-kib, nesting, host-calls, message-kib"),
            };
        }

        return read.Problem is { } problem ? throw limits.Bad(problem) : read;
    }

    private static MySqlTarget ReadTarget(YamlEntry target, string path)
    {
        string parent = $"hooks.mysql.{target.Key}";
        var read = new MySqlTarget(target.Key) { User = "" };
        foreach (YamlEntry entry in YamlEntry.Of(target.Value, parent, path))
        {
            read = entry.Key switch
            {
                "host" => read with { Host = entry.Text() },
                "port" => read with { Port = (int)entry.Whole(1, 65_535) },
                "socket" => read with { Socket = entry.FilePath() },
                "user" => read with { User = entry.Text() },
                "password-file" => read with { PasswordFile = entry.FilePath() },
                "database" => read with { Database = entry.Text() },
                "tls" => read with { Tls = ReadTls(entry) },
                "ca" => read with { CaFile = entry.FilePath() },
                "certificate" => read with { CertificateFile = entry.FilePath() },
                "key" => read with { KeyFile = entry.FilePath() },
                "connect-timeout" => read with { ConnectTimeout = entry.Seconds(0.1m, 60) },
                "query-timeout" => read with { QueryTimeout = entry.Seconds(0.1m, 3600) },
                _ => throw entry.Unknown("host, port, socket, user, password-file, database, tls, ca, certificate, key, connect-timeout, query-timeout"),
            };
        }

        return read.User.Length > 0 ? read : throw target.Bad("has no user");
    }

    private static MySqlTls ReadTls(YamlEntry entry) => entry.Text() switch
    {
        "off" => MySqlTls.Off,
        "required" => MySqlTls.Required,
        "verify" => MySqlTls.Verify,
        string other => throw entry.Bad($"'{other}': off, required or verify is allowed"),
    };
}
