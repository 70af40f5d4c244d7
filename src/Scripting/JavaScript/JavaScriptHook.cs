using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript.Parent;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>
/// One hook's file and the worker process that runs it. Calls run one after the other, in order. Each gets an interpreter of its own, so that
/// nothing that one leaves behind reaches the next. The file is loaded anew when its content has changed; a worker that was killed is replaced at once.
/// </summary>
public sealed class JavaScriptHook : IAsyncDisposable
{
    /// <summary>Calls that may wait for their turn.</summary>
    public const int MaxWaiting = 256;

    private readonly TimeProvider _time;
    private readonly HookWorkspace _workspace;
    private readonly SemaphoreSlim _turn = new(1);
    private int _waiting;
    private bool _disposed;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="file">Absolute path of the script.</param>
    /// <param name="worker">How its worker is started.</param>
    /// <param name="runner">Starts it; it must outlive the hook.</param>
    /// <param name="limits">For each call and for loading.</param>
    /// <param name="functions">What scripts may call.</param>
    /// <param name="recorder">Keeps each host call.</param>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public JavaScriptHook(
        string file, WorkerCommand worker, ScriptRunner runner, HookLimits limits, IReadOnlyList<IHostFunction> functions, IHostCallRecorder recorder,
        TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentNullException.ThrowIfNull(worker);
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(functions);
        ArgumentNullException.ThrowIfNull(recorder);
        ArgumentNullException.ThrowIfNull(time);
        if (limits.Problem is { } problem)
        {
            throw new ArgumentException(problem, nameof(limits));
        }

        _time = time;
        _workspace = new HookWorkspace(file, worker, runner, limits, functions.ToDictionary(function => function.Name), recorder, time);
    }

    /// <summary>Id of the worker's process; null: none runs.</summary>
    public int? WorkerId => _workspace.WorkerId;

    /// <summary>Starts the worker and loads the file, so that the first call does not wait for it.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set.</exception>
    public async Task<HookLoad> WarmAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await _workspace.LoadAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Goes the way of a call with a script of our own, some milliseconds, unless a call runs: what has been gone often enough is compiled well. The hook's
    /// own file is not run.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set; the worker is replaced.</exception>
    public async Task RehearseAsync(CancellationToken cancel)
    {
        if (await _turn.WaitAsync(0, cancel).ConfigureAwait(false))
        {
            try
            {
                if (!_disposed && (await _workspace.LoadAsync(cancel).ConfigureAwait(false)).Ok)
                {
                    await _workspace.RehearseAsync(cancel).ConfigureAwait(false);
                }
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    /// <summary>Calls one function of the file when its turn comes.</summary>
    /// <param name="call">Which, and with what.</param>
    /// <param name="cancel">Ends it; the worker is killed and replaced.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set before it had ended.</exception>
    public async Task<JavaScriptOutcome> CallAsync(JavaScriptCall call, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!await EnterAsync(cancel).ConfigureAwait(false))
        {
            return new JavaScriptOutcome(false, TimeSpan.Zero)
            {
                Limit = Limits.Waiting,
                Error = $"{MaxWaiting} calls wait for this file already",
                File = _workspace.File,
            };
        }

        bool begun = false;
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            long started = _time.GetTimestamp();
            HookLoad load = await _workspace.LoadAsync(cancel).ConfigureAwait(false);
            if (!load.Ok)
            {
                return Of(load, _time.GetElapsedTime(started));
            }

            if (!load.Functions.Contains(call.Function))
            {
                return new JavaScriptOutcome(false, _time.GetElapsedTime(started)) { NotDefined = true, File = _workspace.File };
            }

            begun = true;
            return await _workspace.CallAsync(call, started, cancel).ConfigureAwait(false);
        }
        finally
        {
            _ = LeaveAsync(begun);
        }
    }

    /// <summary>Ends the worker, once the call that runs has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        if (!_disposed)
        {
            _disposed = true;
            await _workspace.DisposeAsync().ConfigureAwait(false);
        }

        _turn.Release();                                         // not disposed: whoever still waits shall see that this object is
    }

    private static JavaScriptOutcome Of(HookLoad load, TimeSpan duration) => new(false, duration)
    {
        Limit = load.Limit,
        Error = load.Error,
        File = load.File,
        Line = load.Line,
        Column = load.Column,
    };

    private async Task<bool> EnterAsync(CancellationToken cancel)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting)
            {
                return false;
            }

            await _turn.WaitAsync(cancel).ConfigureAwait(false);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>The next call begins once the worker is ready for it again; the outcome does not wait for that.</summary>
    private async Task LeaveAsync(bool begun)
    {
        try
        {
            if (begun)
            {
                await _workspace.RecoverAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
