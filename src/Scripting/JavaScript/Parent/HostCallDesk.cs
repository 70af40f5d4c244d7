using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript.Protocol;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>Answers and records the host calls of one call of a hook.</summary>
/// <param name="file">Path of the hook's file.</param>
/// <param name="functions">By name.</param>
/// <param name="call">The call; null: the file's top level runs, where host functions are refused.</param>
internal sealed class HostCallDesk(
    string file, IReadOnlyDictionary<string, IHostFunction> functions, JavaScriptCall? call, HookLimits limits, IHostCallRecorder recorder, TimeProvider time)
{
    private const string LogSpace = "log.";

    private static readonly JsonDocumentOptions _reading = new() { MaxDepth = FrameStream.Nesting };

    private readonly StringBuilder _output = new();
    private int _calls;

    /// <summary>What was logged, a line for each call.</summary>
    internal string Output => _output.ToString();

    /// <summary>Characters logged.</summary>
    internal int OutputCharacters => _output.Length;

    /// <summary>Answers one call.</summary>
    /// <param name="asked">When the hook asked, as it says: a timestamp of this machine; null: it does not say.</param>
    /// <param name="overrun">Is told when the call goes over a limit; the answer is null then.</param>
    internal async Task<string?> AnswerAsync(string name, string arguments, long? asked, Overrun overrun)
    {
        if (++_calls > limits.HostCalls)
        {
            overrun.Kill(Limits.HostCalls);
            return null;
        }

        if (name.StartsWith(LogSpace, StringComparison.Ordinal) && _output.Length + name.Length + arguments.Length > limits.OutputCharacters)
        {
            overrun.Kill(Limits.Output);
            return null;
        }

        long now = time.GetTimestamp();
        long started = Math.Clamp(asked ?? now, Math.Min(overrun.Started, now), now);
        string answer = Fit(await AskAsync(name, arguments, overrun).ConfigureAwait(false));
        recorder.Record(new HostCallRecord(call?.Hook ?? "", file, call?.Run ?? 0, _calls, name, arguments, answer, time.GetElapsedTime(started)));
        return answer;
    }

    private static JsonObject Refused(string error) => new() { ["ok"] = false, ["error"] = error };

    private async Task<JsonObject> AskAsync(string name, string text, Overrun overrun)
    {
        if (call is null)
        {
            return Refused($"{name} cannot be called while the file is loaded: call it in a function");
        }

        if (!functions.TryGetValue(name, out IHostFunction? function))
        {
            return Refused($"{name} is not offered on this node");
        }

        if (Parse(text) is not { } arguments)
        {
            return Refused($"the arguments of {name} are no JSON array, or nest deeper than {FrameStream.Nesting}");
        }

        if (name.StartsWith(LogSpace, StringComparison.Ordinal))
        {
            _output.Append(name.AsSpan(LogSpace.Length)).Append(' ').Append(text.AsSpan().Trim("[]")).Append('\n');
        }

        try
        {
            var from = new HostCall(call.Hook, file, call.Run, overrun.Remaining);
            return await function.CallAsync(arguments, from, overrun.Token).WaitAsync(overrun.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (overrun.Token.IsCancellationRequested)
        {
            return Refused($"the hook was ended: {overrun.Limit}");
        }
        catch (Exception e)                                      // the border: a fault of ours must not become one of the hook
        {
            return Refused($"{name} failed: {e.Message}");
        }
    }

    private static JsonArray? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: _reading) as JsonArray;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Fit(JsonObject answer)
    {
        string text = PlainJson.Of(answer);
        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= limits.MessageBytes ? text : PlainJson.Of(Refused($"the answer has {bytes} bytes, allowed 0 to {limits.MessageBytes}"));
    }
}
