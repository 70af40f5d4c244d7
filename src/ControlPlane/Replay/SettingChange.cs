using System.Globalization;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>One setting of one or all members, changed for a trial: <c>[NODE:]INSTANCE.KEYWORD=VALUE</c>, with keepalived's keywords.</summary>
/// <param name="Node">Null: on every node.</param>
/// <param name="Instance">Name of the <c>vrrp_instance</c>, or <c>*</c>.</param>
public sealed record SettingChange(string? Node, string Instance, string Keyword, string Value)
{
    /// <summary>Keywords that a trial can change.</summary>
    public const string Keywords = "advert_int, priority, down_timer_adverts, nopreempt, preempt, preempt_delay, version, vrrp_startup_delay";

    /// <exception cref="FormatException">Not of that form, no such keyword, or a value that it does not take.</exception>
    public static SettingChange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string left = equals < 0 ? text : text[..equals];
        int dot = left.LastIndexOf('.');
        int colon = left.IndexOf(':', StringComparison.Ordinal);
        if (dot < 1 || colon == 0 || colon > dot)
        {
            throw new FormatException($"'{text}': [NODE:]INSTANCE.KEYWORD=VALUE is expected, such as VI_1.advert_int=0.1");
        }

        SettingChange change = new(
            colon < 0 ? null : left[..colon], left[(colon + 1)..dot], left[(dot + 1)..], equals < 0 ? "" : text[(equals + 1)..]);
        change.Apply(new VrrpConfig { Instance = change.Instance, Vrid = 1, Version = 3 });
        return change;
    }

    /// <summary>Whether it is about this member.</summary>
    public bool Concerns(WorldMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return (Node is null || Node == member.Node) && (Instance == "*" || Instance == member.Instance);
    }

    /// <summary>The configuration with the setting. An interval that version 2 cannot say makes it version 3.</summary>
    /// <exception cref="FormatException">No such keyword, or a value that it does not take.</exception>
    public VrrpConfig Apply(VrrpConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        switch (Keyword)
        {
            case "advert_int":
                TimeSpan interval = Seconds(0.01, 255);
                byte version = interval.Ticks % TimeSpan.TicksPerSecond == 0 ? config.Version : (byte)3;
                return version == 3 && interval > TimeSpan.FromSeconds(40.95)
                    ? throw Refused("0.01 to 40.95 s (version 3), or whole seconds to 255 (version 2)")
                    : config with { AdverInterval = interval, Version = version };
            case "priority":
                return config with { Priority = (byte)Whole(1, 255) };
            case "down_timer_adverts":
                return config with { DownTimerAdverts = Whole(1, 100) };
            case "version":
                return config with { Version = (byte)Whole(2, 3) };
            case "preempt_delay":
                return config with { PreemptDelay = Seconds(0, 1000) };
            case "vrrp_startup_delay":
                return config with { StartupDelay = Seconds(0, 86_400) };
            case "nopreempt":
                return config with { Preempt = !Flag() };
            case "preempt":
                return config with { Preempt = Flag() };
            default:
                throw new FormatException($"'{Keyword}' cannot be tried; {Keywords} can");
        }
    }

    public override string ToString() => $"{(Node is null ? "" : $"{Node}:")}{Instance}.{Keyword}{(Value.Length == 0 ? "" : $"={Value}")}";

    private TimeSpan Seconds(double least, double most) =>
        double.TryParse(Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds >= least && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : throw Refused(string.Create(CultureInfo.InvariantCulture, $"{least} to {most} s"));

    private int Whole(int least, int most) =>
        int.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw Refused($"{least} to {most}");

    private bool Flag() => Value switch { "" or "true" => true, "false" => false, _ => throw Refused("true, false or nothing") };

    private FormatException Refused(string allowed) => new($"{Keyword} '{Value}': allowed are {allowed}");
}
