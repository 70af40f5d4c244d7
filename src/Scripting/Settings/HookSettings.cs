using System.Collections.Immutable;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.MySql;
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
                _ => throw entry.Unknown("notify-overlap, time-limit, stop-wait, retry, limits, mysql"),
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

        return read;
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
