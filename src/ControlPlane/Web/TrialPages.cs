using System.Globalization;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Incidents.Export;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Replay;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>An incident once more: as recorded, and under another configuration.</summary>
internal static class TrialPages
{
    private const double LongestDelayMs = 10_000;

    internal static async Task<IResult> ReplayAsync(
        string id, HttpContext http, IncidentListStore incidents, BundleReader bundles, TimeProvider time, CancellationToken stop)
    {
        IncidentBundle bundle = await IncidentPage.BundleAsync(id, incidents, bundles, time, stop);
        ReplayedIncident replay = IncidentReplay.Run(bundle);
        return WebAnswer.Page($"Replay of {IncidentWords.Title(bundle.Incident)}", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Replay of {Back(bundle.Incident)}</h1>
            <p>{replay.Inputs} recorded inputs through the machines: {Verdict(replay)}</p>
            {WebParts.Table("Inputs and decisions", ["Time (UTC)", "Node", "Instance", "What", "Difference from the record"], replay.Steps.Select(step => (IReadOnlyList<Markup>)
            [
                WebParts.Time(step.At), WebParts.Cell(step.Node), WebParts.Cell(step.Instance),
                step.IsDecision ? Markup.Of($"<strong>decides: {step.Text}</strong>") : WebParts.Cell(step.Text), WebParts.Cell(step.Difference ?? ""),
            ]))}
            """));
    }

    internal static async Task<IResult> WhatIfAsync(
        string id, string? set, string? delay, HttpContext http, IncidentListStore incidents, BundleReader bundles, TimeProvider time, CancellationToken stop)
    {
        IncidentBundle bundle = await IncidentPage.BundleAsync(id, incidents, bundles, time, stop);
        RecordedWorld world = RecordedWorld.Of(bundle)
            ?? throw new ViewException($"{bundle.Incident.Id} is about {bundle.Incident.Subject}: only incidents of a virtual router can be tried again", missing: false);
        WhatIfReport? report = null;
        string? problem = null;
        try
        {
            report = set is null ? null : WhatIf.Run(bundle.Incident.Id, world, Changes(set, delay), RecordedHooks.Of(bundle));
        }
        catch (FormatException malformed)
        {
            problem = malformed.Message;
        }

        WorldMember first = world.Members[0];
        string settings = set ?? $"{first.Instance}.advert_int={first.Config.AdverInterval.TotalSeconds.ToString(CultureInfo.InvariantCulture)}";
        return WebAnswer.Page($"What if: {IncidentWords.Title(bundle.Incident)}", WebParts.SessionOf(http), Markup.Of($"""
            <h1>What if: {Back(bundle.Incident)}</h1>
            <p>The same links, losses and kills under another configuration, in the simulation. No hook is run, nothing is sent.</p>
            {Markup.If(problem is not null, () => Markup.Of($"""<p class="error" role="alert">{problem}</p>"""))}
            <form method="get"><label>Settings, one a line: [NODE:]INSTANCE.KEYWORD=VALUE <textarea name="set" rows="3" cols="44">{settings}</textarea></label>
            <label>Delay of the LAN, ms <input name="delay" value="{delay}" size="6" inputmode="decimal"></label><button>Try</button></form>
            <p class="hint">Keywords: {SettingChange.Keywords}. Members: {string.Join(", ", world.Members.Select(m => $"{m.Node} {m.Instance} priority {m.Config.Priority}"))}.</p>
            {(report is null ? Markup.Empty : Report(report))}
            """), problem is null ? 200 : 400);
    }

    private static Markup Verdict(ReplayedIncident replay) => replay switch
    {
        { Inputs: 0 } => WebParts.Badge("Unknown", "nothing to replay: no inputs of it are on record"),
        { Same: true } => WebParts.Badge("Master", $"same: all {replay.Decisions} decisions are as recorded"),
        _ => WebParts.Badge("Fault", $"DIFFERENT: {replay.Differences} of what was replayed is not as recorded"),
    };

    private static Markup Report(WhatIfReport report)
    {
        Outcome[] all = [report.Recorded, report.Unchanged, report.Changed];
        StoryLane[] lanes = [.. all.Select(outcome => Lane(report, outcome))];
        DateTimeOffset end = all.SelectMany(outcome => outcome.Stretches).Max(s => report.Zero + s.To);
        return Markup.Of($"""
            <h2>Outcome</h2>
            <p>Changed: {(report.Changes.Count == 0 ? "nothing" : string.Join(", ", report.Changes))}</p>
            {WebParts.Table("Outages", ["Run", "Without a Master", "With several", "Transitions"], all.Select(o => (IReadOnlyList<Markup>)
            [
                WebParts.Cell(o.Name), WebParts.Span(o.WithoutMaster), WebParts.Span(o.WithSeveral), WebParts.Cell(o.Transitions.Count),
            ]))}
            <p>{(report.Faithful
                ? $"The simulation of the recorded configuration makes the recorded transitions, each within {Durations.Text(WhatIf.Tolerance)}."
                : "The simulation of the recorded configuration does NOT make the recorded transitions: read the changed run with care.")}</p>
            {WebParts.Figure(LaneCanvas.Draw("Who was Master in each run", report.Zero, end, lanes), "On the control plane's clock. The table below says the same.")}
            {WebParts.Table("Who was Master", ["Run", "From (UTC)", "For", "Master"], all.SelectMany(o => o.Stretches.Select(s => (IReadOnlyList<Markup>)
            [
                WebParts.Cell(o.Name), WebParts.Time(report.Zero + s.From), WebParts.Span(s.To - s.From),
                WebParts.Cell(s.Masters.Count == 0 ? "nobody" : string.Join(" and ", s.Masters)),
            ])))}
            <h2>Hooks that would have run, and were not run</h2>
            <ul>{Markup.Join(report.Hooks.Select(hook => Markup.Of($"<li>{WebParts.Time(report.Zero + hook.At)} {hook.Node}: {hook.Keyword} {hook.Command}</li>")))}{Markup.If(report.Hooks.Count == 0, () => Markup.Of($"<li>none</li>"))}</ul>
            <h2>What it rests on</h2><p>On record: {string.Join("; ", report.Known)}.</p><p>Assumed: {string.Join("; ", report.Assumed)}.</p>
            """);
    }

    private static StoryLane Lane(WhatIfReport report, Outcome outcome) => new(outcome.Name, "", [.. outcome.Stretches.Where(s => s.To > s.From).Select(s => new StorySegment(
        report.Zero + s.From, report.Zero + s.To, s.Masters.Count == 1 ? MemberPhase.Master : MemberPhase.Fault,
        $"{outcome.Name} run", s.Masters.Count == 0 ? "nobody" : string.Join(" and ", s.Masters)))]);

    private static WhatIfChanges Changes(string set, string? delay)
    {
        TimeSpan? lan = null;
        if (!string.IsNullOrWhiteSpace(delay))
        {
            lan = double.TryParse(delay, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double ms) && ms is >= 0 and <= LongestDelayMs
                ? TimeSpan.FromMilliseconds(ms)
                : throw new FormatException($"delay '{delay}': 0 to {LongestDelayMs} ms are allowed");
        }

        string[] lines = set.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return WhatIfChanges.None with { Settings = [.. lines.Select(SettingChange.Parse)], Delay = lan };
    }

    private static Markup Back(IncidentView incident) =>
        Markup.Of($"""<a href="/incidents/{Uri.EscapeDataString(incident.Id)}">{IncidentWords.Title(incident)}</a>""");
}
