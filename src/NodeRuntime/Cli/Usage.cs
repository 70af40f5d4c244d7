using System.Reflection;
using System.Text;

namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class Usage
{
    internal static string Version { get; } =
        typeof(Usage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    internal static string Text
    {
        get
        {
            var text = new StringBuilder("keepalived-es: VRRP fail-over of virtual addresses, from keepalived.conf as it stands\n\nUsage: keepalived-es [OPTION]...\n       keepalived-es journal show|export [--state=DIRECTORY] [--node-config=FILE]\n");
            foreach (CommandOption option in CommandOption.All.Where(option => option.Apply is not null))
            {
                bool takesValue = option.Help.Contains("   ", StringComparison.Ordinal);
                string[] parts = takesValue ? option.Help.Split("   ", 2) : ["", option.Help];
                string separator = parts[0].StartsWith('[') || parts[0].Length == 0 ? "" : "=";
                string names = $"{(option.Short == '\0' ? "    " : $"-{option.Short}, ")}--{option.Long}{separator}{parts[0]}";
                text.Append($"  {names,-34}{parts[1]}\n");
            }

            return text
                .Append("\nSignals: TERM and INT stop it. Exit codes: 0 good, 1 fatal, 2 configuration, 4 a capability is missing, 6 no configuration.\n")
                .ToString();
        }
    }
}
