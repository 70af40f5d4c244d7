using Keepalived.Es.ControlPlane.Audit;
using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Answers of the audit for people.</summary>
internal static class AuditText
{
    internal static void Write(CliEnvironment environment, TimeText times, Timeline timeline)
    {
        if (timeline.Truncated)
        {
            environment.Out.WriteLine($"Earlier events were left out: only the last {timeline.Entries.Count} are shown, see --limit.");
        }

        if (timeline.Entries.Count == 0)
        {
            environment.Out.WriteLine($"No event from {times.Full(timeline.From)} to {times.Full(timeline.To)}.");
            return;
        }

        Table table = Tables.Create("Time", "Position", "Site", "Node", "Event");
        foreach (TimelineEntry entry in timeline.Entries)
        {
            table.AddPlainRow(times.Full(entry.Time), $"{entry.Position}", BoardText.Site(entry.Site), entry.Node, entry.Text);
        }

        table.Write(environment);
    }

    internal static void Write(TextWriter output, TimeText times, Explanation explanation)
    {
        output.WriteLine(explanation.Headline);
        output.WriteLine($"{times.Full(explanation.Time)}, position {explanation.Position}, event {explanation.EventId}");
        foreach (IGrouping<ExplanationPart, ExplanationStep> part in explanation.Steps.GroupBy(step => step.Part))
        {
            output.WriteLine();
            output.WriteLine(Heading(part.Key));
            foreach (ExplanationStep step in part)
            {
                string at = step.At is { } moment ? times.Clock(moment) : "            ";
                output.WriteLine($"  {at}  {step.Text}{(step.Position is { } position ? $" [{position}]" : "")}");
            }
        }

        output.WriteLine();
        output.WriteLine($"Conclusion: {explanation.Conclusion}");
    }

    internal static void Write(TextWriter output, ReplayResult replay)
    {
        output.WriteLine(
            $"{replay.Node}: {replay.Instance}: {replay.Inputs} recorded inputs replayed" +
            $"{(replay.Truncated ? ", beginning with the state recorded then" : ", from the start of the instance")}");
        output.WriteLine($"Recorded: {Decision(replay.Recorded)}");
        foreach (ReplayedDecision decision in replay.Decided)
        {
            output.WriteLine($"Decided:  {Decision(decision)}");
        }

        output.WriteLine(replay.Same ? "Same: the machine decides as the node did." : $"Different: {replay.Difference}");
    }

    private static string Decision(ReplayedDecision decision) =>
        $"{EventSentence.PhaseName(decision.From)} -> {EventSentence.PhaseName(decision.To)} at {decision.At:c} because {EventSentence.Reason(decision.Reason)}";

    private static string Heading(ExplanationPart part) => part switch
    {
        ExplanationPart.Before => "Before:",
        ExplanationPart.Decision => "What decided:",
        ExplanationPart.Others => "Meanwhile, by their own clocks:",
        _ => "What followed:",
    };
}
