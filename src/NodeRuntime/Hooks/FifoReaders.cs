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
internal sealed class FifoReaders(Notifications notifications, ScriptRunner runner, IHookJournal journal) : IAsyncDisposable
{
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Terminate = TimeSpan.FromSeconds(1);

    private List<OpenFifo> _open = [];
    private bool _disposed;

    internal IReadOnlyList<NotifyFifo> Fifos => [.. _open.Select(fifo => fifo.Fifo)];

    /// <summary>Opens what is configured and not open yet; what cannot be opened is said, and the daemon goes on without it.</summary>
    internal void Open(KeepalivedConfig config) =>
        _open = [.. Wanted(config).Select(fifo => _open.Find(open => open.IsSame(fifo)) ?? fifo).Where(fifo => fifo.IsOpen || TryOpen(fifo))];

    /// <summary>Parts with what a configuration does not have, or has with another path, owner or reader.</summary>
    /// <returns>What is to be closed, by <see cref="CloseAsync"/>, once nothing is written to it any more.</returns>
    internal IReadOnlyList<OpenFifo> Drop(KeepalivedConfig config)
    {
        List<OpenFifo> wanted = Wanted(config);
        List<OpenFifo> dropped = _open.FindAll(open => !wanted.Exists(open.IsSame));
        _open = [.. _open.Except(dropped)];
        return dropped;
    }

    /// <summary>Closes FIFOs and waits for their readers.</summary>
    internal static async Task CloseAsync(IReadOnlyList<OpenFifo> fifos)
    {
        foreach (OpenFifo fifo in fifos)
        {
            fifo.IsClosing = true;
            fifo.Fifo.Dispose();
            fifo.Stop.CancelAfter(LastLines);
        }

        await Task.WhenAll(fifos.Select(fifo => fifo.Reader)).ConfigureAwait(false);
        foreach (OpenFifo fifo in fifos)
        {
            fifo.Stop.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await CloseAsync(_open).ConfigureAwait(false);
        }
    }

    private List<OpenFifo> Wanted(KeepalivedConfig config) =>
    [
        .. Wanted("notify_fifo", config.Global.Fifo, FifoSubject.All),
        .. Wanted("vrrp_notify_fifo", config.Global.VrrpFifo, FifoSubject.Vrrp),
        .. Wanted("lvs_notify_fifo", config.Lvs.Fifo, FifoSubject.Lvs),
    ];

    private IEnumerable<OpenFifo> Wanted(string keyword, FifoSettings? settings, FifoSubject subject) => settings is null
        ? []
        : [new OpenFifo(keyword, settings, subject, settings.Script is { } script ? notifications.Script($"{keyword}_script", script, settings.Path) : null)];

    private bool TryOpen(OpenFifo wanted)
    {
        FifoSettings settings = wanted.Settings;
        if (NotifyFifo.Open(settings.Path, settings.User, settings.Group, out string? problem, wanted.Subject) is not { } fifo)
        {
            Log.Degraded(wanted.Keyword, problem!, "nothing is written to it");
            journal.Record(new Degraded(journal.Node, wanted.Keyword, problem!, "make a FIFO there that the daemon's user owns, or nothing at all"), 0);
            return false;
        }

        wanted.Fifo = fifo;
        wanted.Reader = wanted.Script is null ? Task.CompletedTask : ReadAsync(wanted, wanted.Script);
        return true;
    }

    private async Task ReadAsync(OpenFifo fifo, HookScript script)
    {
        await Task.Yield();
        journal.Record(new HookStarted(journal.Node, script.Keyword, 0, script.Command), 0);
        var program = new ShellRequest(script.Command) { User = script.User, Group = script.Group, TerminateFirst = Terminate };
        ShellOutcome outcome = await runner.RunAsync(program, fifo.Stop.Token).ConfigureAwait(false);
        journal.Record(
            new HookFinished(journal.Node, script.Keyword, 0, outcome.ExitCode, outcome.Signal, outcome.Error, outcome.Duration, outcome.OutputTail), 0);
        if (!fifo.IsClosing)
        {
            Log.HookNotRun(script.Keyword, "the reader of the FIFO has ended; nobody reads it any more");
        }
    }
}

/// <summary>One notify FIFO and its reader.</summary>
/// <param name="script">Its reader; null: somebody else's.</param>
internal sealed class OpenFifo(string keyword, FifoSettings settings, FifoSubject subject, HookScript? script)
{
    internal string Keyword { get; } = keyword;

    internal FifoSettings Settings { get; } = settings;

    internal FifoSubject Subject { get; } = subject;

    internal HookScript? Script { get; } = script;

    internal NotifyFifo Fifo { get; set; } = null!;

    internal bool IsOpen => Fifo is not null;

    internal Task Reader { get; set; } = Task.CompletedTask;

    internal CancellationTokenSource Stop { get; } = new();

    internal bool IsClosing { get; set; }

    internal bool IsSame(OpenFifo other) => Keyword == other.Keyword
        && (Settings.Path, Settings.User, Settings.Group) == (other.Settings.Path, other.Settings.User, other.Settings.Group)
        && (Script?.User, Script?.Group) == (other.Script?.User, other.Script?.Group)
        && (Script?.Command ?? []).SequenceEqual(other.Script?.Command ?? []);
}
