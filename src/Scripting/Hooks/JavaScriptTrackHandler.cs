using System.Text.Json;
using System.Text.Json.Nodes;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Scripting.JavaScript;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Calls <c>track(ctx)</c> of a file in JavaScript, which gives back true, false or <c>{ok, weight?, note?}</c>.</summary>
public sealed class JavaScriptTrackHandler(IJavaScriptHooks hooks, HookContext context) : IRequestHandler<JavaScriptTrackRun, TrackResult>
{
    private const string Function = "track";
    private const int WeightMaximum = 253;
    private const int NoteCharacters = 512;
    private long _runs;

    public async Task<TrackResult> Handle(JavaScriptTrackRun request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        long run = Interlocked.Decrement(ref _runs);             // below 0: apart from the runs of notify scripts
        var call = new JavaScriptCall($"vrrp_script {request.Name}", run, Function, context.OfTrack(request.Name, request.Script.Command, request.TimeLimit), request.TimeLimit);
        try
        {
            JavaScriptOutcome outcome = await hooks.Of(request.Script).CallAsync(call, cancellationToken).ConfigureAwait(false);
            return outcome.Ok ? ResultOf(outcome) : FailureOf(outcome, request);
        }
        finally
        {
            hooks.EndRun(run);
        }
    }

    private static TrackResult FailureOf(JavaScriptOutcome outcome, JavaScriptTrackRun request)
    {
        if (outcome.NotDefined)
        {
            return new TrackResult(TrackResultKind.NotStarted, null, null, outcome.Duration, $"{request.Script.Command[0]} has no function {Function}");
        }

        string error = $"{(outcome.Place.Length == 0 ? "" : $"{outcome.Place}: ")}{outcome.Error}";
        return outcome.Limit == Limits.WallClock
            ? new TrackResult(TrackResultKind.TimedOut, null, null, outcome.Duration, error, outcome.Output)
            : new TrackResult(TrackResultKind.Failed, null, null, outcome.Duration, outcome.Limit is null ? error : $"{outcome.Limit}: {error}", outcome.Output);
    }

    private static TrackResult ResultOf(JavaScriptOutcome outcome)
    {
        JsonNode? result = outcome.ResultJson is null ? null : JsonNode.Parse(outcome.ResultJson);
        JsonNode? ok = result is JsonObject said ? said["ok"] : result;
        if (ok is not JsonValue truth || truth.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
        {
            return new TrackResult(
                TrackResultKind.Failed, null, null, outcome.Duration, $"track gave back {outcome.ResultJson}, allowed are true, false and {{ok, weight, note}}", outcome.Output);
        }

        bool succeeded = truth.GetValueKind() == JsonValueKind.True;
        return new TrackResult(
            succeeded ? TrackResultKind.Succeeded : TrackResultKind.Failed, succeeded ? 0 : 1, null, outcome.Duration, Note(result), outcome.Output, Weight(result));
    }

    private static string? Note(JsonNode? result) =>
        result is JsonObject said && said["note"] is JsonValue note && note.GetValueKind() == JsonValueKind.String
            ? note.GetValue<string>() is var text && text.Length > NoteCharacters ? text[..NoteCharacters] : note.GetValue<string>()
            : null;

    private static int? Weight(JsonNode? result) =>
        result is JsonObject said && said["weight"] is JsonValue weight && weight.TryGetValue(out double number) && double.IsFinite(number)
            ? (int)Math.Clamp(Math.Round(number), -WeightMaximum, WeightMaximum)
            : null;
}
