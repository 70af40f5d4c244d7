namespace Keepalived.Es.Domain.Configuration.Reload;

/// <summary>One setting, as text.</summary>
/// <param name="Name">Its keyword.</param>
/// <param name="Value">Empty: not given, or off.</param>
/// <param name="IsSecret">The value is compared and never shown.</param>
internal readonly record struct SettingText(string Name, string Value, bool IsSecret = false)
{
    internal static SettingText Flag(string name, bool isOn) => new(name, isOn ? "on" : "");

    internal static SettingText Seconds(string name, TimeSpan value) => new(name, value == TimeSpan.Zero ? "" : $"{value.TotalSeconds:0.######} s");

    /// <summary>A line for each that differs.</summary>
    /// <param name="subject">What they belong to; empty: the whole daemon.</param>
    /// <param name="before">In a fixed order.</param>
    /// <param name="after">In the same order.</param>
    internal static IEnumerable<string> Differences(string subject, IEnumerable<SettingText> before, IEnumerable<SettingText> after)
    {
        string prefix = subject.Length == 0 ? "" : subject + ": ";
        foreach ((SettingText old, SettingText now) in before.Zip(after))
        {
            if (old.Value != now.Value)
            {
                yield return prefix + (now.IsSecret ? $"{now.Name} changed" : Sentence(now.Name, old.Value, now.Value));
            }
        }
    }

    private static string Sentence(string name, string before, string after) => (before, after) switch
    {
        ("", "on") => $"{name} on",
        ("on", "") => $"{name} off",
        ("", _) => $"{name} {after}",
        (_, "") => $"{name} no longer {before}",
        _ => $"{name} {before}, now {after}",
    };
}
