using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Replay;
using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Trials for people.</summary>
internal static class WhatIfText
{
    internal static void Write(CliEnvironment environment, TimeText times, WhatIfReport report)
    {
        TextWriter output = environment.Out;
        output.WriteLine($"{report.Incident} under another configuration: {(report.Changes.Count == 0 ? "nothing is changed" : string.Join(", ", report.Changes))}");
        output.WriteLine();
        Table table = Tables.Create("", "Without a Master", "With several", "Transitions");
        foreach (Outcome outcome in new[] { report.Recorded, report.Unchanged, report.Changed })
        {
            table.AddPlainRow(
                outcome.Name, Durations.Text(outcome.WithoutMaster), Durations.Text(outcome.WithSeveral), $"{outcome.Transitions.Count}");
        }

        table.Write(environment);
        output.WriteLine(report.Faithful
            ? $"The simulation of the recorded configuration makes the recorded transitions, each within {Durations.Text(WhatIf.Tolerance)}."
            : "The simulation of the recorded configuration does NOT make the recorded transitions: read the changed run with care.");
        foreach (Outcome outcome in new[] { report.Recorded, report.Changed })
        {
            output.WriteLine();
            output.WriteLine($"{char.ToUpperInvariant(outcome.Name[0])}{outcome.Name[1..]}: who was Master");
            foreach (MasterStretch stretch in outcome.Stretches)
            {
                output.WriteLine(
                    $"  {times.Clock(report.Zero + stretch.From)}  {(stretch.Masters.Count == 0 ? "nobody" : string.Join(" and ", stretch.Masters))}, " +
                    $"for {Durations.Text(stretch.To - stretch.From)}");
            }
        }

        output.WriteLine();
        output.WriteLine("Hooks that would have run, and were not run:");
        foreach (WouldRun hook in report.Hooks)
        {
            output.WriteLine($"  {times.Clock(report.Zero + hook.At)}  {hook.Node}: {hook.Keyword} {hook.Command}");
        }

        output.WriteLine(report.Hooks.Count == 0 ? "  none" : "");
        output.WriteLine($"On record: {string.Join("; ", report.Known)}.");
        output.WriteLine($"Assumed: {string.Join("; ", report.Assumed)}.");
    }

    internal static void Write(CliEnvironment environment, Sweep sweep)
    {
        Table table = Tables.Create(sweep.Keyword, "Mean outage", "Worst outage", "False fail-overs");
        foreach (SweepPoint point in sweep.Points)
        {
            table.AddPlainRow(point.Value, Durations.Text(point.MeanOutage), Durations.Text(point.WorstOutage), $"{point.FalseFailOvers}");
        }

        table.Write(environment);
        environment.Out.WriteLine(
            $"Over {sweep.Incidents} fail-overs on record; false fail-overs are counted over {sweep.Stalls} quiet stretches of ten seconds around them.");
    }
}
