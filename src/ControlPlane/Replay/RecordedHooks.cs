using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>The notify scripts that the nodes' recorded configurations name. Pure.</summary>
public static class RecordedHooks
{
    /// <summary>Keyword and command of what a transition to a phase starts, by member.</summary>
    public static Func<WorldMember, VrrpPhase, IEnumerable<(string Keyword, string Command)>> Of(IncidentBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        Dictionary<string, KeepalivedConfig?> configurations = bundle.Before.Concat(bundle.Events).Select(e => e.Event).OfType<ConfigurationLoaded>()
            .GroupBy(loaded => loaded.Node, StringComparer.Ordinal).ToDictionary(node => node.Key, node => Read(node.First().Text), StringComparer.Ordinal);
        return (member, phase) => configurations.GetValueOrDefault(member.Node)?.Instances.FirstOrDefault(i => i.Vrrp.Instance == member.Instance) is { } instance
            ? Started(instance.Notify, phase).Select(hook => (hook.Keyword, string.Join(' ', hook.Script.Command)))
            : [];
    }

    /// <summary>Reads a whole configuration's text; null when it has an error.</summary>
    internal static KeepalivedConfig? Read(string text) => ConfigReader.Read("recorded", new OneText(text), new ConfigOptions("")).Config;

    private static IEnumerable<(string Keyword, ScriptCommand Script)> Started(NotifyScripts scripts, VrrpPhase phase)
    {
        string keyword = phase switch
        {
            VrrpPhase.Master => "notify_master",
            VrrpPhase.Backup => "notify_backup",
            VrrpPhase.Fault => "notify_fault",
            _ => "notify_stop",
        };
        return scripts.Given().Where(given => given.Keyword == keyword || given.Keyword == "notify");
    }

    private sealed class OneText(string text) : IConfigFiles
    {
        public ConfigFile? Read(string path) => path == "recorded" ? new ConfigFile("/recorded", text) : null;

        public IReadOnlyList<string> Glob(string pattern, string workingDirectory) => pattern == "recorded" ? [pattern] : [];
    }
}
