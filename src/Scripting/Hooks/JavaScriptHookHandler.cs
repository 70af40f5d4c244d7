using System.Text.Json;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.JavaScript;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Calls a function of a hook in JavaScript.</summary>
public sealed class JavaScriptHookHandler(IJavaScriptHooks hooks) : IRequestHandler<JavaScriptHookRun, HookOutcome>
{
    public async Task<HookOutcome> Handle(JavaScriptHookRun request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.IsRehearsal)
        {
            await hooks.Of(request.Script).RehearseAsync(cancellationToken).ConfigureAwait(false);
            return new HookOutcome(0, null, null, null, TimeSpan.Zero, "");
        }

        var call = new JavaScriptCall(request.Hook, request.Run, request.CalledFunction, request.ContextJson, request.TimeLimit) { Moment = request.Moment };
        hooks.BeginRun(request);
        try
        {
            return OutcomeOf(await CallAsync(request.Script, call, cancellationToken).ConfigureAwait(false), request);
        }
        finally
        {
            hooks.EndRun(request.Run);
        }
    }

    /// <summary>A reload may end the worker before the call's turn comes: <c>notify_deleted</c> is called of a file that nothing names any more. Then there is a new one.</summary>
    private async Task<JavaScriptOutcome> CallAsync(HookScript script, JavaScriptCall call, CancellationToken cancel)
    {
        JavaScriptHook? ended = null;
        while (true)
        {
            JavaScriptHook hook = hooks.Of(script);
            try
            {
                return await hook.CallAsync(call, cancel).ConfigureAwait(false);
            }
            catch (ObjectDisposedException) when (hook != ended)  // the same one again: all are ended, with the daemon
            {
                ended = hook;
            }
        }
    }

    private static HookOutcome OutcomeOf(JavaScriptOutcome outcome, JavaScriptHookRun request)
    {
        if (outcome.NotDefined)
        {
            return new HookOutcome(0, null, null, null, outcome.Duration, $"{request.Script.Command[0]} has no function {request.CalledFunction}");
        }

        if (!outcome.Ok)
        {
            string place = outcome.Place.Length == 0 ? "" : $"{outcome.Place}: ";
            return new HookOutcome(null, null, place + outcome.Error, outcome.Limit, outcome.Duration, outcome.Output);
        }

        string? refusal = Refusal(outcome.ResultJson);
        return new HookOutcome(refusal is null ? 0 : 1, null, refusal, null, outcome.Duration, outcome.Output, outcome.ResultJson);
    }

    /// <summary>A function that gives back <c>{ok: false, …}</c> says itself that it failed.</summary>
    private static string? Refusal(string? json)
    {
        if (json is null || JsonNode.Parse(json) is not JsonObject result || result["ok"] is not JsonValue ok || ok.GetValueKind() != JsonValueKind.False)
        {
            return null;
        }

        JsonNode? said = result["error"] ?? result["note"];
        return said is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : "the hook says that it failed";
    }
}
