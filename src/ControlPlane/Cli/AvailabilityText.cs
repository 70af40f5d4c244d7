using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Views;
using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Addresses and their availability for people.</summary>
internal static class AvailabilityText
{
    internal static void Write(CliEnvironment environment, TimeText times, AddressHistory history)
    {
        environment.Out.WriteLine(
            $"{history.Address} from {times.Full(history.From)} to {times.Full(history.To)}, on the control plane's clock; two nodes' moments may differ by "
            + $"{Durations.Text(history.Uncertainty)}");
        Table table = Tables.Create("From", "For", "Who answered", "Silent");
        foreach (AnswerStretch s in history.Stretches)
        {
            table.AddPlainRow(times.Full(s.From), Durations.Text(s.To - s.From), ViewWords.Answer(s), string.Join(", ", s.Silent));
        }

        table.Write(environment);
        Write(environment, [history.Availability]);
    }

    internal static void Write(CliEnvironment environment, IReadOnlyList<Availability> found)
    {
        if (found.Count == 0)
        {
            environment.Out.WriteLine("No node had a virtual address configured.");
            return;
        }

        Table table = Tables.Create("Site", "Address", "Over", "One Master", "One known", "Several", "None", "Unknown", "Share");
        foreach (Availability a in found)
        {
            table.AddPlainRow(
                BoardText.Site(a.Site), a.Address, Durations.Text(a.Length), Durations.Text(a.OneMaster), Durations.Text(a.OneMasterKnown),
                Durations.Text(a.SeveralMasters), Durations.Text(a.NoMaster), Durations.Text(a.Unknown), ViewWords.Share(a));
        }

        table.Write(environment);
    }
}
