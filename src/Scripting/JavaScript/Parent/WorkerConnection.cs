using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.JavaScript.Protocol;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>A worker and the conversation with it. After an exchange that ended without a message the worker is dead.</summary>
internal sealed class WorkerConnection(WorkerProcess process, HookLimits limits, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A worker that has closed its output is about to end; how, is worth knowing.</summary>
    private static readonly TimeSpan _lastBreath = TimeSpan.FromSeconds(1);

    /// <summary>Length and body of most messages come with one read.</summary>
    private const int ReadAhead = 16 * 1024;

    private readonly FrameStream _frames =
        new(new BufferedStream(process.Output, ReadAhead), process.Input, limits.MessageBytes, HookWorker.LongestMessageBytes);

    internal int ProcessId => process.Id;

    internal bool HasEnded => process.HasEnded;

    public ValueTask DisposeAsync() => process.DisposeAsync();

    /// <summary>Sends a message and answers host calls until another message comes.</summary>
    /// <param name="request">Null: only wait.</param>
    /// <param name="desk">For the host calls.</param>
    /// <param name="wallClock">Time that it may take.</param>
    /// <param name="cancel">Kills the worker.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set before the worker answered.</exception>
    internal Task<WorkerReply> AskAsync(JsonObject? request, HostCallDesk desk, TimeSpan wallClock, CancellationToken cancel) =>
        ExchangeAsync(null, Task.CompletedTask, request, desk, wallClock, cancel);

    /// <summary>Has a function called at its moment, with everything made ready before, and answers host calls until it has ended.</summary>
    /// <param name="call">Which, with what and when.</param>
    /// <param name="desk">For the host calls.</param>
    /// <param name="wallClock">Time that it may take from its moment.</param>
    /// <param name="cancel">Kills the worker.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set before it ended, or the moment was cancelled, which leaves the worker as it is.</exception>
    internal Task<WorkerReply> CallAsync(JavaScriptCall call, HostCallDesk desk, TimeSpan wallClock, CancellationToken cancel)
    {
        var preparation = new JsonObject
        {
            [Fields.Kind] = Kinds.Prepare,
            [Fields.Function] = call.Function,
            [Fields.Context] = call.ContextJson,
        };
        return ExchangeAsync(preparation, call.Moment, new JsonObject { [Fields.Kind] = Kinds.Call }, desk, wallClock, cancel);
    }

    private async Task<WorkerReply> ExchangeAsync(
        JsonObject? preparation, Task moment, JsonObject? request, HostCallDesk desk, TimeSpan wallClock, CancellationToken cancel)
    {
        using var overrun = new Overrun(process, limits.CpuTime, time);
        using CancellationTokenRegistration cancelled = cancel.UnsafeRegister(static watch => ((Overrun)watch!).Kill("cancelled"), overrun);
        string? broken = null;
        bool senseless = false;
        try
        {
            overrun.Begin(wallClock);
            ValueTask preparing = WriteAsync(preparation);
            if (!preparing.IsCompleted)
            {
                overrun.Watch();                                 // long, and held up by a worker that does not read
            }

            await preparing.ConfigureAwait(false);
            if (!moment.IsCompleted)
            {
                await moment.WaitAsync(cancel).ConfigureAwait(false);
            }

            overrun.Begin(wallClock);
            ValueTask writing = WriteAsync(request);
            overrun.Watch();                                     // takes longer than the writing
            await writing.ConfigureAwait(false);
            if (await ConverseAsync(desk, overrun).ConfigureAwait(false) is { } message && overrun.Settle())
            {
                return new WorkerReply(message, null, null, overrun.Elapsed);
            }
        }
        catch (Exception e) when (e is FrameException or IOException)
        {
            (broken, senseless) = (e.Message, e is FrameException);
        }

        if (overrun.Limit is null && !senseless)
        {
            await Task.WhenAny(process.EndAsync(), Task.Delay(_lastBreath, time, CancellationToken.None)).ConfigureAwait(false);
        }

        process.Kill();
        WorkerEnd end = await process.EndAsync().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        return WorkerReply.Of(overrun, end, broken, limits, wallClock);
    }

    private ValueTask WriteAsync(JsonObject? message) =>
        message is null ? ValueTask.CompletedTask : _frames.WriteAsync(message, CancellationToken.None);

    private async Task<JsonObject?> ConverseAsync(HostCallDesk desk, Overrun overrun)
    {
        while (await _frames.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } message)
        {
            if (message.Text(Fields.Kind) != Kinds.Host)
            {
                return message;
            }

            string name = message.Text(Fields.Function) ?? "", arguments = message.Text(Fields.Arguments) ?? "";
            if (await desk.AnswerAsync(name, arguments, message.LongNumber(Fields.Asked), overrun).ConfigureAwait(false) is not { } answer)
            {
                return null;
            }

            var reply = new JsonObject { [Fields.Kind] = Kinds.Answer, [Fields.Value] = answer };
            await _frames.WriteAsync(reply, CancellationToken.None).ConfigureAwait(false);
        }

        return null;
    }
}
