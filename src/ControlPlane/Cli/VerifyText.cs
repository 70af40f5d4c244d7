using System.Globalization;
using Keepalived.Es.ControlPlane.Audit.Verify;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>What came of a verification, for people.</summary>
internal static class VerifyText
{
    /// <param name="compared">Roots compared with those kept outside; null: there was no file of them.</param>
    internal static void Write(TextWriter output, VerifyReport report, long? compared)
    {
        VerifyCounts looked = report.Looked;
        output.WriteLine($"looked at {N(looked.Nodes)} nodes, {N(looked.Boots)} boots, {N(looked.Records)} records, {N(looked.Events)} events in their streams");
        output.WriteLine($"  signatures: {N(looked.Signatures)} right; {N(looked.Unsigned)} records are unsigned, of nodes without a key");
        output.WriteLine($"  decisions: {N(looked.Decisions)} made again; {N(looked.Undecided)} could not be, what came before is not on record or not in the range");
        output.WriteLine($"  roots: {N(looked.Anchors)} computed again{(compared is { } count ? $", {N(count)} as they were kept outside" : "")}; {N(looked.Unanchored)} events are behind the last");
        if (looked.Unlinked > 0)
        {
            output.WriteLine($"  {N(looked.Unlinked)} boots do not go on from another boot that is here: their nodes had lost their journals, or the store some of its records, when they came in");
        }

        if (report.First is not { } first)
        {
            output.WriteLine("no difference");
            return;
        }

        output.WriteLine($"DIFFERENCE: {first.What}");
        output.WriteLine($"  where: {Where(first)}");
        output.WriteLine($"  expected: {first.Expected}");
        output.WriteLine($"  found: {first.Found}");
    }

    private static string Where(VerifyDifference first)
    {
        (string Name, string? Value)[] parts =
        [
            ("site", first.Site), ("node", first.Node), ("boot", first.Boot), ("sequence", first.Sequence?.ToString(CultureInfo.InvariantCulture)),
            ("position", first.Position?.ToString(CultureInfo.InvariantCulture)),
        ];
        return string.Join(", ", parts.Where(part => part.Value is not null).Select(part => $"{part.Name} {part.Value}"));
    }

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
