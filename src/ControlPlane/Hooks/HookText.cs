using System.Text.Json;
using System.Text.Json.Nodes;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.Scripting.JavaScript;

namespace Keepalived.Es.ControlPlane.Hooks;

/// <summary>Shows trials of hooks to people.</summary>
internal static class HookText
{
    private const int Widest = 160;

    /// <summary>It came back, and does not say itself that it failed.</summary>
    internal static bool EndedWell(JavaScriptOutcome outcome) =>
        outcome.Ok && !(outcome.ResultJson is { } json && JsonNode.Parse(json) is JsonObject result && result["ok"] is JsonValue ok && ok.GetValueKind() == JsonValueKind.False);

    internal static void Write(TextWriter output, string function, JavaScriptOutcome outcome, IEnumerable<HostCallRecord> calls)
    {
        foreach (HostCallRecord call in calls)
        {
            output.WriteLine($"{call.Number,3}  {call.Function}({Cut(call.ArgumentsJson[1..^1])})");
            output.WriteLine($"     = {Cut(call.AnswerJson)}");
        }

        output.WriteLine(Ending(function, outcome));
    }

    internal static void Write(TextWriter output, HookRunRecord run, JavaScriptOutcome outcome, IEnumerable<ComparedCall> lines)
    {
        output.WriteLine($"{run.Started.Hook}, run {run.Started.Run} of {run.Started.Node}");
        foreach (ComparedCall line in lines)
        {
            (string sign, string text) = line.Difference switch
            {
                CallDifference.Same => ("  =", Cut(line.Now!)),
                CallDifference.New => ("  +", Cut(line.Now!)),
                CallDifference.NotMade => ("  -", Cut(line.Recorded!)),
                _ => ("  !", $"{Cut(line.Now!)}   recorded: {Cut(line.Recorded!)}"),
            };
            output.WriteLine($"{sign} {text}");
        }

        output.WriteLine($"  recorded end: {run.Finished?.Limit ?? run.Finished?.Error ?? run.Finished?.Result ?? "none"}");
        output.WriteLine($"  present end:  {Ending(run.Started.Function!, outcome)}");
    }

    private static string Ending(string function, JavaScriptOutcome outcome) =>
        outcome.NotDefined ? $"{outcome.File} has no function {function}"
        : outcome.Ok ? $"{function} gave back {Cut(outcome.ResultJson ?? "null")} after {outcome.Duration.TotalMilliseconds:0} ms"
        : $"{function} failed: {(outcome.Limit is null ? "" : $"limit '{outcome.Limit}': ")}{outcome.Place}: {outcome.Error}";

    private static string Cut(string text) => text.Length > Widest ? text[..Widest] + "…" : text;
}
