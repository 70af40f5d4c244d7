using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Keepalived.Es.Scripting.Settings;

/// <summary>One key of a mapping in <c>node.yaml</c>, and its value read as what it must be.</summary>
/// <param name="Parent">Path of the mapping's key: <c>hooks.retry</c>.</param>
/// <param name="Key">The key itself.</param>
/// <param name="KeyNode">Where it stands.</param>
/// <param name="Value">What follows it.</param>
/// <param name="File">For messages.</param>
public readonly record struct YamlEntry(string Parent, string Key, YamlNode KeyNode, YamlNode Value, string File)
{
    private string Name => $"{Parent}.{Key}";

    /// <exception cref="FormatException">The node is no mapping.</exception>
    public static IEnumerable<YamlEntry> Of(YamlNode node, string parent, string file)
    {
        if (node is not YamlMappingNode mapping)
        {
            throw Wrong(file, node, $"'{parent}' takes keys, seen '{node}'");
        }

        return mapping.Children.Select(pair => new YamlEntry(parent, $"{pair.Key}", pair.Key, pair.Value, file));
    }

    public string Text() => Value is YamlScalarNode { Value: { Length: > 0 } text } && !text.Contains('\0', StringComparison.Ordinal)
        ? text
        : throw Wrong(File, Value, $"'{Name}' takes one value");

    /// <summary>An absolute path.</summary>
    public string FilePath() =>
        Path.IsPathRooted(Text()) ? Text() : throw Wrong(File, Value, $"{Name} '{Text()}': an absolute path is allowed");

    /// <summary>A list of texts, or one text.</summary>
    public IReadOnlyList<string> Texts()
    {
        if (Value is not YamlSequenceNode sequence)
        {
            return [Text()];
        }

        YamlEntry entry = this;
        return [.. sequence.Children.Select(child => (entry with { Value = child }).Text())];
    }

    public bool Truth() => Text() switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        string other => throw Wrong(File, Value, $"{Name} '{other}': true or false is allowed"),
    };

    public long Whole(long minimum, long maximum) =>
        long.TryParse(Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(File, Value, $"{Name} '{Text()}' is out of range, allowed {minimum} to {maximum}");

    public TimeSpan Seconds(decimal minimum, decimal maximum) =>
        decimal.TryParse(Text(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds >= minimum && seconds <= maximum
            ? TimeSpan.FromSeconds((double)seconds)
            : throw Wrong(File, Value, $"{Name} '{Text()}' is out of range, allowed {minimum} to {maximum} seconds");

    public FormatException Unknown(string allowed) => Wrong(File, KeyNode, $"unknown key '{Name}', allowed: {allowed}");

    public FormatException Bad(string problem) => Wrong(File, Value, $"{Name} {problem}");

    private static FormatException Wrong(string file, YamlNode at, string message) => new($"{file}:{at.Start.Line}:{at.Start.Column}: {message}");
}
