using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>Files in memory. A text of null stands for a file that cannot be read.</summary>
internal sealed class MemoryFiles : IConfigFiles
{
    private readonly Dictionary<string, string?> _texts = new(StringComparer.Ordinal);

    internal string? this[string path]
    {
        set => _texts[path] = value;
    }

    public ConfigFile? Read(string path) =>
        !_texts.TryGetValue(path, out string? text) ? null : text is null ? new ConfigFile(path, null, "permission denied") : new ConfigFile(path, text);

    public IReadOnlyList<string> Glob(string pattern, string workingDirectory)
    {
        string full = pattern.StartsWith('/') || workingDirectory.Length == 0 ? pattern : $"{workingDirectory}/{pattern}";
        var expression = new Regex("^" + Regex.Escape(full).Replace("\\*", "[^/]*", StringComparison.Ordinal).Replace("\\?", "[^/]", StringComparison.Ordinal) + "$");
        return [.. _texts.Keys.Where(path => expression.IsMatch(path)).Reverse()];
    }
}

internal static class Configs
{
    internal const string Path = "/etc/keepalived/keepalived.conf";

    internal static readonly ConfigOptions Options = new("node-a");

    internal static ConfigParse Read(string text, ConfigOptions? options = null) =>
        ConfigReader.Read(Path, new MemoryFiles { [Path] = text }, options ?? Options);

    /// <summary>A complete instance with more lines in it.</summary>
    internal static string Instance(string lines, string name = "VI_1", int vrid = 51) =>
        $"vrrp_instance {name} {{\ninterface eth0\nvirtual_router_id {vrid}\n{lines}\nvirtual_ipaddress {{\n192.0.2.10/24\n}}\n}}\n";

    /// <summary>The one instance of a text that has no error.</summary>
    internal static VrrpInstanceSettings ReadInstance(string lines, string before = "")
    {
        ConfigParse parse = Read(before + Instance(lines));
        Assert.True(parse.Config is not null, ConfigReport.Text(parse));
        return Assert.Single(parse.Config.Instances);
    }

    internal static string[] Codes(ConfigParse parse) => [.. parse.Diagnostics.Select(diagnostic => diagnostic.Code)];

    internal static ConfigDiagnostic Only(ConfigParse parse)
    {
        Assert.True(parse.Diagnostics.Length == 1, $"one diagnostic expected:\n{ConfigReport.Text(parse)}");
        return parse.Diagnostics[0];
    }

    internal static string Golden(string name, [CallerFilePath] string here = "") =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "Golden", name);
}
