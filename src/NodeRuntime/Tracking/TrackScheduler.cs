using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.Scripting.Hooks;
using MediatR;

namespace Keepalived.Es.NodeRuntime.Tracking;

/// <summary>
/// Runs every tracked script at its interval, counted from start to start, on the thread pool. A run that is due while the one before still
/// runs is left out: runs never pile up.
/// </summary>
internal sealed class TrackScheduler : IAsyncDisposable
{
    private readonly IMediator _mediator;
    private readonly JournalWriter _journal;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly Action<int, TrackResult> _deliver;
    private readonly CancellationTokenSource _stop = new();
    private readonly Entry[] _entries;

    /// <param name="deliver">Takes a result, with the script's index; called from any thread.</param>
    internal TrackScheduler(
        IReadOnlyList<VrrpScriptSettings> scripts, Notifications notifications, IMediator mediator, JournalWriter journal, string node, TimeProvider time,
        Action<int, TrackResult> deliver)
    {
        (_mediator, _journal, _node, _time, _deliver) = (mediator, journal, node, time, deliver);
        _entries = [.. scripts.Select((script, index) => new Entry(
            index, script, TrackRun.Of(script.Name, notifications.Script("track", script.Script), script.Timeout)))];
    }

    internal void Start()
    {
        foreach (Entry entry in _entries)
        {
            entry.Timer = _time.CreateTimer(_ => Due(entry), null, TimeSpan.Zero, entry.Settings.Interval);
        }
    }

    /// <summary>No further run; those that run are ended.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Timer is { } timer)
            {
                await timer.DisposeAsync().ConfigureAwait(false);
            }
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_entries.Select(entry => entry.Running)).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Due(Entry entry)
    {
        if (Interlocked.CompareExchange(ref entry.Busy, 1, 0) == 0)
        {
            entry.Started = _time.GetTimestamp();
            entry.Overstayed = false;
            entry.Running = RunAsync(entry);
        }
        else if (!entry.Overstayed)
        {
            entry.Overstayed = true;
            TimeSpan running = _time.GetElapsedTime(entry.Started);
            Log.TrackRunSkipped(entry.Settings.Name, running);
            _journal.Record(new TrackRunSkipped(_node, $"vrrp_script {entry.Settings.Name}", running));
        }
    }

    private async Task RunAsync(Entry entry)
    {
        TrackResult result;
        try
        {
            result = await _mediator.Send(entry.Run, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)                                      // the handler's border: a check that breaks has failed
        {
            result = new TrackResult(TrackResultKind.NotStarted, null, null, _time.GetElapsedTime(entry.Started), e.Message);
        }

        if (!_stop.IsCancellationRequested)
        {
            _deliver(entry.Index, result);
        }

        Volatile.Write(ref entry.Busy, 0);
    }

    private sealed class Entry(int index, VrrpScriptSettings settings, TrackRun run)
    {
        internal int Busy;

        internal int Index { get; } = index;

        internal VrrpScriptSettings Settings { get; } = settings;

        internal TrackRun Run { get; } = run;

        internal ITimer? Timer { get; set; }

        internal long Started { get; set; }

        internal bool Overstayed { get; set; }

        internal Task Running { get; set; } = Task.CompletedTask;
    }
}
