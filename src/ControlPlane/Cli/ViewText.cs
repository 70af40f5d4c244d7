using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Views;
using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Views of nodes, instances, hooks, virtual servers and configurations for people.</summary>
internal static class ViewText
{
    internal static void Write(CliEnvironment environment, TimeText times, NodeSheet sheet)
    {
        TextWriter output = environment.Out;
        foreach ((string name, string value) in ViewWords.Facts(sheet, times.Full))
        {
            output.WriteLine($"{name + ':',-16}{value}");
        }

        foreach (string warning in sheet.Configuration?.Warnings ?? [])
        {
            output.WriteLine($"{"Warning:",-16}{warning}");
        }

        Table table = Tables.Create("Instance", "VRID", "Interface", "Addresses", "Phase", "Since", "Priority", "Because");
        foreach (SheetInstance i in sheet.Instances)
        {
            table.AddPlainRow(
                i.Instance, $"{i.Vrid}", i.Interface, string.Join(", ", i.Addresses), ViewWords.Phase(i.Phase, i.LastSaid), times.Full(i.Since), $"{i.Priority}",
                EventSentence.Reason(i.Reason));
        }

        table.Write(environment);
        if (sheet.Configuration?.Text is { } text)
        {
            output.WriteLine(text);
        }
    }

    internal static void Write(CliEnvironment environment, TimeText times, InstanceHistory history)
    {
        environment.Out.WriteLine(
            $"{history.Node}: {history.Instance} from {times.Full(history.From)} to {times.Full(history.To)}, on the control plane's clock; {ViewWords.Clock(history.Clock)}");
        Table phases = Tables.Create("From", "For", "Phase", "Because");
        foreach (PhaseStretch s in history.Phases)
        {
            phases.AddPlainRow(times.Full(s.From), Durations.Text(s.To - s.From), ViewWords.Phase(s.Phase, s.LastSaid), ViewWords.Why(s, times.Full));
        }

        phases.Write(environment);
        Table priorities = Tables.Create("From", "Priority", "Base", "Contributions");
        foreach (PriorityPoint p in history.Priorities)
        {
            priorities.AddPlainRow(times.Full(p.At), $"{p.Priority}", p.Base is { } configured ? $"{configured}" : "-", ViewWords.Contributions(p));
        }

        priorities.Write(environment);
    }

    internal static void Write(CliEnvironment environment, TimeText times, HookRuns runs)
    {
        if (runs.Truncated)
        {
            environment.Out.WriteLine("Earlier runs were left out, see --limit.");
        }

        if (runs.Runs.Count == 0)
        {
            environment.Out.WriteLine($"No run from {times.Full(runs.From)} to {times.Full(runs.To)}.");
            return;
        }

        Table table = Tables.Create("Started", "Node", "Took", "Outcome", "Output");
        foreach (HookRun run in runs.Runs)
        {
            table.AddPlainRow(
                times.Full(run.Started), run.Node, run.Duration is { } took ? Durations.Text(took) : "-",
                $"{(run.Failed ? "FAILED: " : "")}{(run.Duration is null && run.Run is not null ? $"hook {run.Hook}: " : "")}{run.Outcome}", run.OutputTail.Trim());
        }

        table.Write(environment);
    }

    internal static void Write(CliEnvironment environment, TimeText times, ServiceHistory history)
    {
        environment.Out.WriteLine($"{history.Service} from {times.Full(history.From)} to {times.Full(history.To)}, on the control plane's clock");
        Table table = Tables.Create("Node", "Server", "From", "For", "State", "Weight", "Because");
        foreach (HealthStretch s in history.Stretches)
        {
            table.AddPlainRow(
                s.Node, s.Server ?? "(quorum)", times.Full(s.From), Durations.Text(s.To - s.From), ViewWords.Health(s), s.Weight is { } weight ? $"{weight}" : "",
                s.Cause ?? "");
        }

        table.Write(environment);
        foreach (TimelineEntry fact in history.Facts)
        {
            environment.Out.WriteLine($"{times.Full(fact.Time)}  {fact.Node}: {fact.Text}");
        }
    }

    internal static void Write(CliEnvironment environment, TimeText times, ConfigurationHistory history)
    {
        if (history.Changes.Count == 0)
        {
            environment.Out.WriteLine($"{history.Node}: nothing from {times.Full(history.From)} to {times.Full(history.To)}.");
        }

        foreach (ConfigurationChange change in history.Changes)
        {
            environment.Out.WriteLine($"{times.Full(change.At)}  {ViewWords.Change(change)}");
            foreach (string note in change.Notes)
            {
                environment.Out.WriteLine($"    {note}");
            }

            if (change.Difference is { } difference)
            {
                environment.Out.WriteLine(difference.Length == 0 ? "    the text is the same" : difference);
            }
        }
    }
}
