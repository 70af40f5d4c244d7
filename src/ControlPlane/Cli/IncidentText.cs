using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Incidents.Export;
using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Incidents for people.</summary>
internal static class IncidentText
{
    internal static void Write(CliEnvironment environment, TimeText times, IReadOnlyList<IncidentView> incidents)
    {
        if (incidents.Count == 0)
        {
            environment.Out.WriteLine("No incident on record.");
            return;
        }

        Table table = Tables.Create("Start", "Kind", "Severity", "Lasted", "Outage", "Nodes", "Cause", "Incident");
        foreach (IncidentView incident in incidents)
        {
            table.AddPlainRow(
                times.Full(incident.Facts.Start), IncidentBook.Slug(incident.Kind), incident.Facts.Severity.ToString(),
                incident.Facts.End is { } end ? Durations.Text(end - incident.Facts.Start) : "it lasts", Outage(incident), string.Join(", ", incident.Facts.Nodes),
                incident.Facts.Cause, incident.Id);
        }

        table.Write(environment);
    }

    internal static void Write(CliEnvironment environment, TimeText times, IncidentStory story)
    {
        IncidentView incident = story.Bundle.Incident;
        TextWriter output = environment.Out;
        output.WriteLine($"{IncidentWords.Title(incident)}: {incident.Facts.Cause}.");
        output.WriteLine();
        foreach ((string name, string value) in IncidentWords.Facts(incident).Where(fact => fact.Name is not ("Start" or "End")))
        {
            output.WriteLine($"{name + ':',-14}{value}");
        }

        string uncertainty = incident.Facts.Uncertainty > TimeSpan.Zero ? $" ±{Durations.Text(incident.Facts.Uncertainty)}" : "";
        output.WriteLine($"{"Start:",-14}{times.Full(incident.Facts.Start)}{uncertainty}");
        output.WriteLine($"{"End:",-14}{(incident.Facts.End is { } end ? times.Full(end) + uncertainty : "it lasts")}");
        output.WriteLine();
        output.WriteLine("Course, on the control plane's clock:");
        foreach (StoryLine line in story.Lines)
        {
            bool inside = line.At >= incident.Facts.Start && line.At <= (incident.Facts.End ?? story.Bundle.To);
            output.WriteLine($"{(inside ? "*" : " ")} {times.Clock(line.At)}  {line.Node}: {line.Text}");
        }

        if (story.Bundle.Truncated)
        {
            output.WriteLine("  Later events were left out.");
        }

        foreach (IncidentNote note in incident.Notes)
        {
            output.WriteLine($"{times.Full(note.At)}  {note.By}: {note.Text}");
        }

        output.WriteLine();
        output.WriteLine($"Rests on: {string.Join(", ", incident.Facts.Evidence)}");
    }

    private static string Outage(IncidentView incident) =>
        incident.Facts.Outage is { } outage ? outage == TimeSpan.Zero ? "none" : Durations.Text(outage) : "";
}
