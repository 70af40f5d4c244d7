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
    internal async Task<WorkerReply> AskAsync(JsonObject? request, HostCallDesk desk, TimeSpan wallClock, CancellationToken cancel)
    {
        using var overrun = new Overrun(process, wallClock, limits.CpuTime, time);
        using CancellationTokenRegistration cancelled = cancel.UnsafeRegister(static watch => ((Overrun)watch!).Kill("cancelled"), overrun);
        string? broken = null;
        bool senseless = false;
        try
        {
            ValueTask writing = request is null ? ValueTask.CompletedTask : _frames.WriteAsync(request, CancellationToken.None);
            overrun.Watch();
            await writing.ConfigureAwait(false);
            if (await ConverseAsync(desk, overrun).ConfigureAwait(false) is { } message && overrun.Settle())
            {
                return new WorkerReply(message, null, null);
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
        return WorkerReply.Of(overrun.Limit, end, broken, limits, wallClock);
    }

    private async Task<JsonObject?> ConverseAsync(HostCallDesk desk, Overrun overrun)
    {
        while (await _frames.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } message)
        {
            if (message.Text(Fields.Kind) != Kinds.Host)
            {
                return message;
            }

            string name = message.Text(Fields.Function) ?? "", arguments = message.Text(Fields.Arguments) ?? "";
            if (await desk.AnswerAsync(name, arguments, overrun).ConfigureAwait(false) is not { } answer)
            {
                return null;
            }

            var reply = new JsonObject { [Fields.Kind] = Kinds.Answer, [Fields.Value] = answer };
            await _frames.WriteAsync(reply, CancellationToken.None).ConfigureAwait(false);
        }

        return null;
    }
}
