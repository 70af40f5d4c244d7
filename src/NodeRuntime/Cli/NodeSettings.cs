using System.Globalization;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.Scripting.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary>What <c>keepalived.conf</c> has no room for: <c>node.yaml</c>. Every key is optional.</summary>
internal sealed record NodeSettings
{
    internal const string DefaultPath = "/etc/keepalived-es/node.yaml";

    /// <summary><c>node</c>: this node's name in every event. Default: the host's name up to the first dot.</summary>
    internal required string Node { get; init; }

    /// <summary><c>site</c>: the cluster, which is the control plane's tenant. Default <c>default</c>.</summary>
    internal string Site { get; init; } = "default";

    /// <summary><c>state</c>: directory of the journal. Default /var/lib/keepalived-es.</summary>
    internal string StateDirectory { get; init; } = "/var/lib/keepalived-es";

    /// <summary><c>control-plane.url</c>; null: events stay in the journal.</summary>
    internal Uri? ControlPlane { get; init; }

    /// <summary><c>control-plane.token-file</c>: the node's credential, as <c>kes nodes enroll</c> wrote it.</summary>
    internal string? TokenFile { get; init; }

    /// <summary><c>control-plane.ca</c>: PEM file of the authority that signed its certificate; null: the system's.</summary>
    internal string? AuthorityFile { get; init; }

    /// <summary><c>seq.url</c>; null: off.</summary>
    internal Uri? Seq { get; init; }

    /// <summary><c>seq.api-key-file</c>.</summary>
    internal string? SeqApiKeyFile { get; init; }

    /// <summary><c>journal.keep-days</c> and <c>journal.max-mib</c>.</summary>
    internal JournalLimits Journal { get; init; } = JournalLimits.Default;

    /// <summary><c>hooks</c>.</summary>
    internal HookSettings Hooks { get; init; } = new();

    /// <summary>Reads a settings file.</summary>
    /// <param name="path">Null: <see cref="DefaultPath"/> if it exists, otherwise all defaults.</param>
    /// <param name="hostName">The host's name.</param>
    /// <exception cref="FormatException">Not readable, or a key or value is wrong; the message says where and what is allowed.</exception>
    internal static NodeSettings Load(string? path, string hostName)
    {
        var defaults = new NodeSettings { Node = hostName.Split('.')[0] };
        if (path is null && !File.Exists(DefaultPath))
        {
            return defaults;
        }

        path ??= DefaultPath;
        try
        {
            return Parse(File.ReadAllText(path), path, defaults);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    internal static NodeSettings Parse(string text, string path, NodeSettings defaults)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count switch
            {
                0 => defaults,
                1 => Apply(defaults, stream.Documents[0].RootNode, "", path),
                _ => throw Wrong(path, stream.Documents[1].RootNode, "a second document begins here, allowed is one"),
            };
        }
        catch (YamlException e)
        {
            throw new FormatException($"{path}:{e.Start.Line}:{e.Start.Column}: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)   // what the YAML reader throws at some nonsense
        {
            throw new FormatException($"{path}:1:1: is not YAML that can be read: {e.Message}", e);
        }
    }

    private static NodeSettings Apply(NodeSettings settings, YamlNode node, string prefix, string path)
    {
        if (node is not YamlMappingNode mapping)
        {
            string what = prefix.Length == 0 ? "the file" : $"'{prefix.TrimEnd('.')}'";
            throw Wrong(path, node, $"{what} takes keys, seen '{node}'");
        }

        foreach ((YamlNode keyNode, YamlNode value) in mapping.Children)
        {
            string key = prefix + keyNode;
            settings = key switch
            {
                "hooks" => settings with { Hooks = HookSettings.Read(value, path) },
                "control-plane" or "seq" or "journal" => Apply(settings, value, key + ".", path),
                _ when !Keys.Contains(key) || $"{keyNode}".Contains('.', StringComparison.Ordinal) =>
                    throw Wrong(path, keyNode, $"unknown key '{key}', allowed: {string.Join(", ", Keys)}, hooks"),
                _ when value is YamlScalarNode { Value: { Length: > 0 } text } && !text.Contains('\0', StringComparison.Ordinal) =>
                    Set(settings, key, text, value, path),
                _ => throw Wrong(path, value, $"'{key}' takes one value"),
            };
        }

        return settings;
    }

    private static readonly string[] Keys =
    [
        "node", "site", "state", "control-plane.url", "control-plane.token-file", "control-plane.ca", "seq.url", "seq.api-key-file",
        "journal.keep-days", "journal.max-mib",
    ];

    private static NodeSettings Set(NodeSettings settings, string key, string value, YamlNode at, string path) => key switch
    {
        "node" => settings with { Node = Name(value, key, at, path) },
        "site" => settings with { Site = Name(value, key, at, path) },
        "state" => settings with { StateDirectory = Path.GetFullPath(value) },
        "control-plane.url" => settings with { ControlPlane = Url(value, key, at, path) },
        "control-plane.token-file" => settings with { TokenFile = Path.GetFullPath(value) },
        "control-plane.ca" => settings with { AuthorityFile = Path.GetFullPath(value) },
        "seq.url" => settings with { Seq = Url(value, key, at, path) },
        "seq.api-key-file" => settings with { SeqApiKeyFile = Path.GetFullPath(value) },
        "journal.keep-days" => settings with
        {
            Journal = settings.Journal with { KeepAcknowledged = TimeSpan.FromDays(Whole(value, key, 1, 36_500, at, path)) },
        },
        "journal.max-mib" => settings with { Journal = settings.Journal with { MaximumBytes = (long)Whole(value, key, 1, 1 << 20, at, path) << 20 } },
        _ => throw new System.Diagnostics.UnreachableException(key),
    };

    private static string Name(string value, string key, YamlNode at, string path) =>
        value.Length is > 0 and <= 64 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? value
            : throw Wrong(path, at, $"{key} '{value}': 1 to 64 letters, digits, '-', '_' and '.' are allowed");

    private static Uri Url(string value, string key, YamlNode at, string path) =>
        Uri.TryCreate(value, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
            ? url
            : throw Wrong(path, at, $"{key} '{value}': an http or https URL is allowed");

    private static int Whole(string value, string key, int minimum, int maximum, YamlNode at, string path) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(path, at, $"{key} '{value}' is out of range, allowed {minimum} to {maximum}");

    private static FormatException Wrong(string path, YamlNode at, string message) => new($"{path}:{at.Start.Line}:{at.Start.Column}: {message}");
}
