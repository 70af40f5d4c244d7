using System.ComponentModel;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript.Protocol;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>A hook's file, loaded in a worker. Not for more than one caller at a time: <see cref="JavaScriptHook"/> sees to that.</summary>
internal sealed class HookWorkspace(
    string file, WorkerCommand command, ScriptRunner runner, HookLimits limits, IReadOnlyDictionary<string, IHostFunction> functions, IHostCallRecorder recorder,
    TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>A file whose loading killed the worker is tried again after this time, or when it has changed.</summary>
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(5);

    private WorkerConnection? _worker;
    private HookFile? _content;
    private HookLoad? _load;
    private long _loadedAt;
    private bool _busy;

    internal string File => file;

    internal int? WorkerId => _worker?.ProcessId;

    public async ValueTask DisposeAsync() => await DropAsync().ConfigureAwait(false);

    /// <summary>Sees to it that the file's present content is loaded.</summary>
    internal async Task<HookLoad> LoadAsync(CancellationToken cancel)
    {
        long started = time.GetTimestamp();
        if (_worker is { HasEnded: true })
        {
            await DropAsync().ConfigureAwait(false);
        }

        try
        {
            if (_load is not null && _content is not null && FileStamp.Of(file) == _content.Stamp && IsSettled())
            {
                return _load;
            }

            HookFile content = HookFile.Read(file, limits.SourceBytes);
            bool same = content.Hash == _content?.Hash;
            _content = content;
            if (_load is null || !same || !IsSettled())
            {
                _load = null;
                _load = await StartAsync(content, started, cancel).ConfigureAwait(false);
                _loadedAt = time.GetTimestamp();
            }

            return _load;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (_content, _load) = (null, null);
            return Failed(started, null, $"cannot read the file: {e.Message}");
        }
    }

    /// <summary>Has the worker rehearse, if it is there.</summary>
    internal async Task RehearseAsync(CancellationToken cancel)
    {
        if (_worker is { HasEnded: false } worker)
        {
            var request = new JsonObject { [Fields.Kind] = Kinds.Rehearse };
            WorkerReply reply = await worker.AskAsync(request, Desk(null), limits.WallClock, cancel).ConfigureAwait(false);
            if (reply.Message is null)
            {
                await DropAsync().ConfigureAwait(false);
                _ = await LoadAsync(cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Calls a function of the loaded file.</summary>
    /// <param name="started">When the call's time began.</param>
    internal async Task<JavaScriptOutcome> CallAsync(JavaScriptCall call, long started, CancellationToken cancel)
    {
        HostCallDesk desk = Desk(call);
        TimeSpan before = time.GetElapsedTime(started);
        TimeSpan limit = (call.TimeLimit < limits.WallClock ? call.TimeLimit : limits.WallClock) - before;
        _busy = true;
        WorkerReply reply;
        try
        {
            reply = await _worker!.CallAsync(call, desk, limit, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (call.Moment.IsCanceled && !cancel.IsCancellationRequested)
        {
            _busy = false;                                       // nothing was called
            throw;
        }

        var outcome = new JavaScriptOutcome(false, before + reply.Duration) { Output = desk.Output, File = file };
        if (reply.Message is not { } message)
        {
            return outcome with { Limit = reply.Limit, Error = reply.Error };
        }

        if (message.Text(Fields.Kind) == Kinds.Done && message.Text(Fields.Value) is { } json)
        {
            return desk.OutputCharacters + json.Length <= limits.OutputCharacters
                ? outcome with { Ok = true, ResultJson = json }
                : outcome with { Limit = Limits.Output, Error = $"it logged and gave back more than {limits.OutputCharacters} characters" };
        }

        (string place, int? line, int? column) = Place(message);
        return outcome with { Limit = message.Text(Fields.Limit), Error = message.Text(Fields.Error), File = place, Line = line, Column = column };
    }

    /// <summary>After a call: waits until the worker is ready for the next, or replaces it.</summary>
    internal async Task RecoverAsync()
    {
        if (_busy && _worker is not null)
        {
            WorkerReply reply = await _worker.AskAsync(null, Desk(null), limits.WallClock, CancellationToken.None).ConfigureAwait(false);
            _busy = reply.Message?.Text(Fields.Kind) != Kinds.Ready;
        }

        if (_busy)
        {
            await DropAsync().ConfigureAwait(false);
            _ = await LoadAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private bool IsSettled() => _worker is not null || (_load is { Ok: false } && time.GetElapsedTime(_loadedAt) < _retry);

    private HostCallDesk Desk(JavaScriptCall? call) => new(file, functions, call, limits, recorder, time);

    private async Task<HookLoad> StartAsync(HookFile content, long started, CancellationToken cancel)
    {
        try
        {
            _worker ??= new WorkerConnection(WorkerProcess.Start(runner, command, limits.HeapBytes), limits, time);
        }
        catch (Win32Exception e)
        {
            return Failed(started, null, $"cannot start the worker {command.Program}: {e.Message}");
        }

        bool lives = false;
        try
        {
            WorkerReply reply = await _worker.AskAsync(Request(content), Desk(null), limits.WallClock, cancel).ConfigureAwait(false);
            lives = reply.Message is { } message && message.Text(Fields.Limit) != Limits.Heap;    // out of memory it ends by itself
            return Load(reply, started);
        }
        finally
        {
            if (!lives)
            {
                await DropAsync().ConfigureAwait(false);
            }
        }
    }

    private HookLoad Load(WorkerReply reply, long started)
    {
        if (reply.Message is not { } message)
        {
            return Failed(started, reply.Limit, reply.Error);
        }

        if (message.Text(Fields.Kind) == Kinds.Loaded)
        {
            return new HookLoad(true, message.Texts(Fields.Functions), time.GetElapsedTime(started));
        }

        (string place, int? line, int? column) = Place(message);
        return Failed(started, message.Text(Fields.Limit), message.Text(Fields.Error)) with { File = place, Line = line, Column = column };
    }

    private HookLoad Failed(long started, string? limit, string? error) =>
        new(false, [], time.GetElapsedTime(started)) { Limit = limit, Error = error, File = file };

    private (string File, int? Line, int? Column) Place(JsonObject message)
    {
        (int? line, int? column) = (message.Number(Fields.Line), message.Number(Fields.Column));
        return line is not null && _content?.Map?.Find(line.Value, column ?? 1) is { } written ? written : (file, line, column);
    }

    private JsonObject Request(HookFile content) => new()
    {
        [Fields.Kind] = Kinds.Load,
        [Fields.Path] = file,
        [Fields.Source] = content.Source,
        [Fields.Functions] = Fields.Array(HostApi.Names.Union(functions.Keys)),
        [Fields.Statements] = limits.Statements,
        [Fields.SourceBytes] = limits.SourceBytes,
        [Fields.Nesting] = limits.Nesting,
        [Fields.StackBytes] = limits.StackBytes,
        [Fields.MessageBytes] = limits.MessageBytes,
        [Fields.HeapBytes] = limits.HeapBytes,
    };

    private async Task DropAsync()
    {
        _busy = false;
        if (_worker is { } worker)
        {
            _worker = null;
            await worker.DisposeAsync().ConfigureAwait(false);
        }
    }
}
