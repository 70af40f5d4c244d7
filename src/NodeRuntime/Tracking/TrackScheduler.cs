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
    private readonly Action<string, TrackResult> _deliver;
    private readonly Notifications _notifications;
    private Dictionary<string, Entry> _entries = [];

    /// <param name="deliver">Takes a result, with the script's name; called from any thread.</param>
    internal TrackScheduler(
        IReadOnlyList<VrrpScriptSettings> scripts, Notifications notifications, IMediator mediator, JournalWriter journal, string node, TimeProvider time,
        Action<string, TrackResult> deliver)
    {
        (_mediator, _journal, _node, _time, _deliver, _notifications) = (mediator, journal, node, time, deliver, notifications);
        _entries = scripts.ToDictionary(script => script.Name, script => new Entry(script, RunOf(script)), StringComparer.Ordinal);
    }

    internal void Start()
    {
        foreach (Entry entry in _entries.Values)
        {
            Start(entry);
        }
    }

    /// <summary>The first half of a reload: no further run of the scripts that are no more, or that are others now; those that run are ended, and no result of theirs comes any more.</summary>
    /// <param name="kept">Names of the scripts whose command line, user and group stay. One that runs goes on.</param>
    internal async Task RetireAsync(IReadOnlySet<string> kept)
    {
        Entry[] gone = [.. _entries.Where(pair => !kept.Contains(pair.Key)).Select(pair => pair.Value)];
        await EndAsync(gone).ConfigureAwait(false);
        _entries = _entries.Where(pair => kept.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The second half, once the loop knows the new scripts: starts those that are new, and gives the others their new interval and time limit.</summary>
    internal void Renew(IReadOnlyList<VrrpScriptSettings> scripts)
    {
        foreach (VrrpScriptSettings script in scripts)
        {
            if (!_entries.TryGetValue(script.Name, out Entry? entry))
            {
                _entries.Add(script.Name, entry = new Entry(script, RunOf(script)));
                Start(entry);
                continue;
            }

            bool sameInterval = entry.Settings.Interval == script.Interval;
            (entry.Settings, entry.Run) = (script, RunOf(script));
            if (!sameInterval)
            {
                entry.Timer?.Change(script.Interval, script.Interval);
            }
        }
    }

    /// <summary>No further run; those that run are ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync([.. _entries.Values]).ConfigureAwait(false);
        _entries = [];
    }

    private TrackRun RunOf(VrrpScriptSettings script) => TrackRun.Of(script.Name, _notifications.Script("track", script.Script), script.Timeout);

    private void Start(Entry entry) => entry.Timer = _time.CreateTimer(_ => Due(entry), null, TimeSpan.Zero, entry.Settings.Interval);

    private static async Task EndAsync(Entry[] entries)
    {
        foreach (Entry entry in entries)
        {
            if (entry.Timer is { } timer)
            {
                await timer.DisposeAsync().ConfigureAwait(false);
            }

            await entry.Stop.CancelAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(entries.Select(entry => entry.Running)).ConfigureAwait(false);
        Array.ForEach(entries, entry => entry.Stop.Dispose());
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
            result = await _mediator.Send(entry.Run, entry.Stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)                                      // the handler's border: a check that breaks has failed
        {
            result = new TrackResult(TrackResultKind.NotStarted, null, null, _time.GetElapsedTime(entry.Started), e.Message);
        }

        if (!entry.Stop.IsCancellationRequested)
        {
            _deliver(entry.Settings.Name, result);
        }

        Volatile.Write(ref entry.Busy, 0);
    }

    private sealed class Entry(VrrpScriptSettings settings, TrackRun run)
    {
        internal int Busy;

        internal CancellationTokenSource Stop { get; } = new();

        internal VrrpScriptSettings Settings { get; set; } = settings;

        internal TrackRun Run { get; set; } = run;

        internal ITimer? Timer { get; set; }

        internal long Started { get; set; }

        internal bool Overstayed { get; set; }

        internal Task Running { get; set; } = Task.CompletedTask;
    }
}
