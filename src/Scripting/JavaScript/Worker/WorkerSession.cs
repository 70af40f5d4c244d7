using System.Diagnostics;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.JavaScript.Protocol;

namespace Keepalived.Es.Scripting.JavaScript.Worker;

/// <summary>Answers the messages of the daemon. Each call gets an engine of its own, made ready before the call comes.</summary>
internal sealed class WorkerSession(FrameStream frames, bool rehearses = false)
{
    private const int OutOfMemoryExit = 4;

    private LoadedScript? _script;
    private ScriptEngine? _engine;

    /// <summary>Why the engine could not be made ready; the next call gets to know it.</summary>
    private ScriptFailure? _unready;

    /// <param name="first">A <c>load</c>.</param>
    /// <returns>Exit code.</returns>
    internal int Run(JsonObject first)
    {
        Rehearsal.Run();
        return Serve(first);
    }

    /// <summary>Answers messages until the input ends.</summary>
    /// <param name="first">The first; null: it is read like the others.</param>
    internal int Serve(JsonObject? first)
    {
        for (JsonObject? message = first ?? frames.Read(); message is not null; message = frames.Read())
        {
            string? kind = message.Text(Fields.Kind);
            if (kind == Kinds.Prepare)
            {
                _engine?.Take(message.Text(Fields.Function) ?? "", message.Text(Fields.Context) ?? "null");
                continue;
            }

            JsonObject answer = kind switch
            {
                Kinds.Load => Load(message),
                Kinds.Call => Call(),
                Kinds.Rehearse => Rehearse(),
                _ => throw new FrameException($"a message of kind '{kind}' was not expected"),
            };
            Send(answer);
            if (answer.Text(Fields.Limit) == Limits.Heap)
            {
                return OutOfMemoryExit;                          // what is left of the heap is not worth a further call
            }

            if (answer.Text(Fields.Kind) is Kinds.Done or Kinds.Failed)
            {
                if (!rehearses)
                {
                    Prepare();
                }

                frames.Write(new JsonObject { [Fields.Kind] = Kinds.Ready });
            }
        }

        return 0;
    }

    private static JsonObject Rehearse()
    {
        Rehearsal.Run();
        return new JsonObject { [Fields.Kind] = Kinds.Ready };
    }

    private static JsonObject Failed(string kind, ScriptFailure failure) => new()
    {
        [Fields.Kind] = kind,
        [Fields.Limit] = failure.Limit,
        [Fields.Error] = failure.Error,
        [Fields.Line] = failure.Line,
        [Fields.Column] = failure.Column,
    };

    private void Send(JsonObject answer)
    {
        try
        {
            frames.Write(answer);
        }
        catch (FrameException e)                                 // nothing was written
        {
            frames.Write(Failed(Kinds.Failed, new ScriptFailure(Limits.Message, $"the result does not fit: {e.Message}", null, null)));
            answer[Fields.Kind] = Kinds.Failed;
        }
    }

    private JsonObject Load(JsonObject message)
    {
        _engine = null;
        _script = LoadedScript.Parse(message, out ScriptFailure? refused);
        if (_script is null)
        {
            return Failed(Kinds.Refused, refused!);
        }

        Prepare();
        return _engine is null
            ? Failed(Kinds.Refused, _unready!)
            : new JsonObject { [Fields.Kind] = Kinds.Loaded, [Fields.Functions] = Fields.Array(_engine.Functions) };
    }

    private void Prepare()
    {
        _engine = null;
        (_engine, _unready) = _script is null
            ? (null, new ScriptFailure(null, "no file is loaded", null, null))
            : ScriptEngine.Prepare(_script, AskHost);
    }

    private JsonObject Call()
    {
        if (_engine is null)
        {
            return Failed(Kinds.Failed, _unready!);
        }

        (string? json, ScriptFailure? failure) = _engine.Call();
        return failure is not null ? Failed(Kinds.Failed, failure) : new JsonObject { [Fields.Kind] = Kinds.Done, [Fields.Value] = json };
    }

    /// <summary>One host call: out, and wait for the answer.</summary>
    /// <exception cref="ScriptLimitException">It is too long to be sent.</exception>
    private string AskHost(string name, string arguments)
    {
        long asked = Stopwatch.GetTimestamp();                   // the machine's, so the daemon's too
        var request = new JsonObject { [Fields.Kind] = Kinds.Host, [Fields.Function] = name, [Fields.Arguments] = arguments, [Fields.Asked] = asked };
        try
        {
            frames.Write(request);
        }
        catch (FrameException e)
        {
            throw new ScriptLimitException(Limits.Message, $"the arguments of {name} do not fit: {e.Message}");
        }

        JsonObject answer = frames.Read() ?? throw new EndOfStreamException("the input ended while a host call was waited for");
        return answer.Text(Fields.Kind) == Kinds.Answer && answer.Text(Fields.Value) is { } value
            ? value
            : throw new FrameException("the answer to a host call was expected");
    }
}
