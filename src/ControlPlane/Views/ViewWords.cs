using System.Globalization;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>Views in words: the same on the command line and on the pages. Pure.</summary>
public static class ViewWords
{
    /// <summary>What is to be said of any node, as name and value.</summary>
    /// <param name="moment">How a moment is written.</param>
    public static IEnumerable<(string Name, string Value)> Facts(NodeSheet sheet, Func<DateTimeOffset, string> moment)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        ArgumentNullException.ThrowIfNull(moment);
        yield return ("Node", sheet.Node);
        yield return ("As of", moment(sheet.AsOf));
        yield return ("State", sheet switch
        {
            { Since: null } => "it has not said anything yet",
            { Stopped: true } => $"stopped since {moment(sheet.Since.Value)}{(sheet.StopSignal is { } by ? $" ({by})" : "")}",
            { Silent: true } => $"UNKNOWN: it is silent; it had started {moment(sheet.Since.Value)}",
            _ => $"running since {moment(sheet.Since.Value)}",
        });
        yield return ("Last heard", sheet.LastContact is { } last ? $"{moment(last)}, {Durations.Text(sheet.AsOf - last)} before" : "never, before that moment");
        yield return ("Clock", sheet.Clock is { } clock ? Clock(clock) : "its clock was never measured");
        if (sheet.Version is { } version)
        {
            yield return ("Version", $"{version}, pid {sheet.ProcessId}");
            yield return ("Boot", $"{sheet.Boot}, of the kernel {sheet.KernelBoot}");
        }

        yield return ("Configuration", sheet.Configuration is { } c ? $"{c.Path}, in force since {moment(c.Since)}" : "none on record");
        if (sheet.Configuration is { } configuration)
        {
            yield return ("SHA-256", configuration.Sha256);
        }
    }

    /// <summary>"MASTER", "unknown (said BACKUP last)".</summary>
    public static string Phase(MemberPhase phase, MemberPhase lastSaid) => phase == MemberPhase.Unknown ? $"unknown (said {Name(lastSaid)} last)" : Name(phase);

    /// <summary>"MASTER", "INIT", "stopped".</summary>
    public static string Name(MemberPhase phase) => phase switch
    {
        MemberPhase.Unknown or MemberPhase.Stopped => phase.ToString().ToLowerInvariant(),
        MemberPhase.Initialize => "INIT",
        _ => phase.ToString().ToUpperInvariant(),
    };

    /// <summary>"one Master", "SEVERAL MASTERS".</summary>
    public static string Verdict(RouterVerdict verdict) => verdict switch
    {
        RouterVerdict.OneMaster => "one Master",
        RouterVerdict.OneMasterKnown => "one Master known",
        RouterVerdict.SeveralMasters => "SEVERAL MASTERS",
        RouterVerdict.NoMaster => "NO MASTER",
        _ => "unknown",
    };

    /// <summary>Why an instance came into a phase.</summary>
    public static string Why(PhaseStretch stretch, Func<DateTimeOffset, string> moment)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        ArgumentNullException.ThrowIfNull(moment);
        return stretch switch
        {
            { Phase: MemberPhase.Unknown } => "the node was silent, and has not accounted for this time",
            { Why: { } why } => why,
            _ => $"since {moment(stretch.Since)}: {EventSentence.Reason(stretch.Reason)}",
        };
    }

    /// <summary>Who answered, and how sure that is.</summary>
    public static string Answer(AnswerStretch stretch)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        string sure = stretch.WithinUncertainty ? ", if the clocks are right: it is shorter than they may be wrong by" : "";
        return stretch.Verdict switch
        {
            RouterVerdict.OneMaster => stretch.Masters[0],
            RouterVerdict.OneMasterKnown => $"{stretch.Masters[0]}, as far as is known",
            RouterVerdict.SeveralMasters => $"SEVERAL: {string.Join(" and ", stretch.Masters)}{sure}",
            RouterVerdict.NoMaster => $"NOBODY{sure}",
            _ => "unknown",
        };
    }

    /// <summary>"99.98 %", or "97.20 % to 99.98 %" where part is unknown.</summary>
    public static string Share(Availability availability)
    {
        ArgumentNullException.ThrowIfNull(availability);
        string least = Percent(availability.ShareAtLeast);
        string most = Percent(availability.ShareAtMost);
        return least == most ? least : $"{least} to {most}";
    }

    /// <summary>"its clock is 3 ms ahead, ±1 ms".</summary>
    public static string Clock(ClockBound clock) => clock switch
    {
        { Measured: false } => $"its clock was never measured, ±{Durations.Text(clock.Bound)} is assumed",
        { Offset.Ticks: 0 } => $"its clock is right, ±{Durations.Text(clock.Bound)}",
        _ => $"its clock is {Durations.Text(clock.Offset)} {(clock.Offset > TimeSpan.Zero ? "ahead" : "behind")}, ±{Durations.Text(clock.Bound)}",
    };

    /// <summary>"chk_mysql -30, chk_link +10".</summary>
    public static string Contributions(PriorityPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return point.Contributions switch
        {
            null => "not on record",
            { Count: 0 } => "none",
            { } all => string.Join(", ", all.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value:+0;-0;0}")),
        };
    }

    /// <summary>"up", "DOWN", "unknown (was up)"; of a quorum "met" and "LOST".</summary>
    public static string Health(HealthStretch stretch)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        string said = (stretch.LastSaid, stretch.Server) switch
        {
            (HealthState.Up, null) => "met",
            (HealthState.Up, _) => "up",
            (HealthState.Down, null) => "LOST",
            (HealthState.Drained, _) => "drained",
            _ => "DOWN",
        };
        return stretch.State == HealthState.Unknown ? $"unknown (was {said})" : said;
    }

    /// <summary>"loaded /etc/keepalived/keepalived.conf (sha256 …)".</summary>
    public static string Change(ConfigurationChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        string verb = change.Type switch
        {
            "configuration_rejected" => "REFUSED",
            "configuration_reloaded" => "reloaded",
            _ => "loaded",
        };
        return $"{verb} {change.Path} (sha256 {change.Sha256[..Math.Min(12, change.Sha256.Length)]})";
    }

    private static string Percent(double share) => (Math.Floor(share * 1e6) / 1e4).ToString("0.####", CultureInfo.InvariantCulture) + " %";
}
