using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Scripting.Fifo;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>
/// The notify FIFOs, and the scripts that read them: started with the FIFO's path as their last argument. At the stop they come to the end of the
/// FIFO, after its last line; those that do not end by it are asked to, and made to.
/// </summary>
internal sealed class FifoReaders : IAsyncDisposable
{
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Terminate = TimeSpan.FromSeconds(1);

    private readonly List<NotifyFifo> _fifos = [];
    private readonly List<Task> _readers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly IHookJournal _journal;
    private bool _disposed;

    private FifoReaders(IHookJournal journal) => _journal = journal;

    internal IReadOnlyList<NotifyFifo> Fifos => _fifos;

    /// <summary>Opens what is configured; what cannot be opened is said, and the daemon goes on without it.</summary>
    internal static FifoReaders Open(KeepalivedConfig config, Notifications notifications, ScriptRunner runner, IHookJournal journal)
    {
        var opened = new FifoReaders(journal);
        GlobalSettings global = config.Global;
        opened.Open("notify_fifo", global.Fifo, FifoSubject.All, notifications, runner);
        opened.Open("vrrp_notify_fifo", global.VrrpFifo, FifoSubject.Vrrp, notifications, runner);
        opened.Open("lvs_notify_fifo", config.Lvs.Fifo, FifoSubject.Lvs, notifications, runner);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _fifos.ForEach(fifo => fifo.Dispose());
        _stop.CancelAfter(LastLines);
        await Task.WhenAll(_readers).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Open(string keyword, FifoSettings? settings, FifoSubject subject, Notifications notifications, ScriptRunner runner)
    {
        if (settings is null)
        {
            return;
        }

        if (NotifyFifo.Open(settings.Path, settings.User, settings.Group, out string? problem, subject) is not { } fifo)
        {
            Log.Degraded(keyword, problem!, "nothing is written to it");
            _journal.Record(new Degraded(_journal.Node, keyword, problem!, "make a FIFO there that the daemon's user owns, or nothing at all"), 0);
            return;
        }

        _fifos.Add(fifo);
        if (settings.Script is { } script)
        {
            _readers.Add(ReadAsync(notifications.Script($"{keyword}_script", script, settings.Path), runner));
        }
    }

    private async Task ReadAsync(HookScript script, ScriptRunner runner)
    {
        await Task.Yield();
        _journal.Record(new HookStarted(_journal.Node, script.Keyword, 0, script.Command), 0);
        var program = new ShellRequest(script.Command) { User = script.User, Group = script.Group, TerminateFirst = Terminate };
        ShellOutcome outcome = await runner.RunAsync(program, _stop.Token).ConfigureAwait(false);
        _journal.Record(
            new HookFinished(_journal.Node, script.Keyword, 0, outcome.ExitCode, outcome.Signal, outcome.Error, outcome.Duration, outcome.OutputTail), 0);
        if (!_disposed)
        {
            Log.HookNotRun(script.Keyword, "the reader of the FIFO has ended; nobody reads it any more");
        }
    }
}
