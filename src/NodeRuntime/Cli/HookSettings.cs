using Keepalived.Es.Scripting.Hooks;
using YamlDotNet.RepresentationModel;

namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary>The key <c>hooks</c> of <c>node.yaml</c>. Every key in it is optional.</summary>
internal sealed record HookSettings
{
    internal HookPolicy Policy { get; init; } = new();

    /// <exception cref="FormatException">A key or value is wrong; the message says where and what is allowed.</exception>
    internal static HookSettings Read(YamlNode node, string path)
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
                _ => throw entry.Unknown("notify-overlap, time-limit, stop-wait, retry"),
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
}
