using System.Text.Json.Nodes;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Scripting.JavaScript;

namespace Keepalived.Es.ControlPlane.Hooks;

/// <summary>How a call of the present file stands to the recorded one.</summary>
public enum CallDifference
{
    Same,

    /// <summary>The same function with other arguments.</summary>
    OtherArguments,

    /// <summary>Recorded, and not made now.</summary>
    NotMade,

    /// <summary>Made now, and not recorded.</summary>
    New,
}

/// <summary>One line of a comparison.</summary>
/// <param name="Recorded">Function and arguments as they were; null: new.</param>
/// <param name="Now">As they are now; null: not made.</param>
public sealed record ComparedCall(CallDifference Difference, string? Recorded, string? Now);

/// <summary>Sets the calls of a recorded run against those that the present file makes. Pure.</summary>
internal static class HookComparison
{
    /// <summary>Pairs calls of the same function in their order (longest common subsequence of the functions' names).</summary>
    internal static IReadOnlyList<ComparedCall> Of(IReadOnlyList<HookHostCalled> recorded, IReadOnlyList<HostCallRecord> now)
    {
        int[,] common = new int[recorded.Count + 1, now.Count + 1];
        for (int i = recorded.Count - 1; i >= 0; i--)
        {
            for (int j = now.Count - 1; j >= 0; j--)
            {
                common[i, j] = recorded[i].Function == now[j].Function ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        List<ComparedCall> lines = [];
        (int r, int n) = (0, 0);
        while (r < recorded.Count || n < now.Count)
        {
            if (r < recorded.Count && n < now.Count && recorded[r].Function == now[n].Function)
            {
                lines.Add(Pair(recorded[r++], now[n++]));
            }
            else if (n == now.Count || (r < recorded.Count && common[r + 1, n] >= common[r, n + 1]))
            {
                lines.Add(new ComparedCall(CallDifference.NotMade, Text(recorded[r].Function, recorded[r++].Arguments), null));
            }
            else
            {
                lines.Add(new ComparedCall(CallDifference.New, null, Text(now[n].Function, now[n++].ArgumentsJson)));
            }
        }

        return lines;
    }

    private static ComparedCall Pair(HookHostCalled recorded, HostCallRecord now)
    {
        bool same = JsonNode.DeepEquals(JsonNode.Parse(recorded.Arguments), JsonNode.Parse(now.ArgumentsJson));
        return new ComparedCall(same ? CallDifference.Same : CallDifference.OtherArguments, Text(recorded.Function, recorded.Arguments), Text(now.Function, now.ArgumentsJson));
    }

    private static string Text(string function, string arguments) => $"{function}({(arguments.Length > 1 ? arguments[1..^1] : arguments)})";
}
