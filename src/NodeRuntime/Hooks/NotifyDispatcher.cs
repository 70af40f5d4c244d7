using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>Runs notify scripts on the thread pool, those of one owner in order. The loop hands over and goes on; a fail-over never waits for a script.</summary>
internal sealed class NotifyDispatcher : IAsyncDisposable
{
    /// <summary>Scripts that wait for one owner at most; a further one is dropped and recorded as such.</summary>
    private const int MaximumWaiting = 256;

    /// <summary>As keepalived: a script that still runs one second after the stop is killed.</summary>
    private static readonly TimeSpan WaitAtStop = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly JournalWriter _journal;
    private readonly string _node;
    private readonly string? _defaultUser;
    private readonly string? _defaultGroup;
    private readonly ScriptRunner _runner;
    private long _runs;

    /// <param name="defaultUser"><c>script_user</c>; null: the daemon's own.</param>
    /// <param name="defaultGroup">Its group; null: the user's first.</param>
    internal NotifyDispatcher(JournalWriter journal, string node, string? defaultUser, string? defaultGroup, TimeProvider time) =>
        (_journal, _node, _defaultUser, _defaultGroup, _runner) =
            (journal, node, defaultUser, defaultGroup, new ScriptRunner(time));

    /// <summary>Hands over. Called from the loop's thread only.</summary>
    internal void Publish(IEnumerable<NotifyRequest> requests)
    {
        foreach (NotifyRequest request in requests)
        {
            Publish(request);
        }
    }

    /// <inheritdoc cref="Publish(IEnumerable{NotifyRequest})"/>
    internal void Publish(NotifyRequest request)
    {
        if (!_owners.TryGetValue(request.Owner, out Owner? owner))
        {
            _owners.Add(request.Owner, owner = new Owner());
        }

        long run = ++_runs;
        if (Interlocked.Increment(ref owner.Waiting) > MaximumWaiting)
        {
            Interlocked.Decrement(ref owner.Waiting);
            string problem = $"{MaximumWaiting} scripts of {request.Owner} wait already; this one was not run";
            Log.HookNotRun(request.Hook, problem);
            _journal.Record(new HookFinished(_node, request.Hook, run, null, null, problem, TimeSpan.Zero, ""), causeToken: request.CauseToken);
            return;
        }

        owner.Last = RunAfterAsync(owner.Last, owner, request, run);
    }

    /// <summary>Waits a second for what runs, then kills it.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.CancelAfter(WaitAtStop);
        await Task.WhenAll(_owners.Values.Select(owner => owner.Last)).ConfigureAwait(false);
        _stop.Dispose();
        _runner.Dispose();
    }

    private async Task RunAfterAsync(Task before, Owner owner, NotifyRequest request, long run)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        _journal.Record(new HookStarted(_node, request.Hook, run, request.Command), causeToken: request.CauseToken);
        ShellOutcome outcome = await RunAsync(request).ConfigureAwait(false);
        Log.HookFinished(request.Hook, outcome);
        _journal.Record(
            new HookFinished(_node, request.Hook, run, outcome.ExitCode, outcome.Signal, outcome.Error, outcome.Duration, outcome.OutputTail),
            causeToken: request.CauseToken);
        Interlocked.Decrement(ref owner.Waiting);
    }

    private async Task<ShellOutcome> RunAsync(NotifyRequest request)
    {
        (string? user, string? group) = request.User is null ? (_defaultUser, _defaultGroup) : (request.User, request.Group);
        try
        {
            return await _runner.RunAsync(new ShellRequest(request.Command) { User = user, Group = group }, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)                                      // one script's trouble must not keep its owner's next ones from running
        {
            return new ShellOutcome(null, null, false, e.Message, TimeSpan.Zero, "");
        }
    }

    private sealed class Owner
    {
        internal int Waiting;

        internal Task Last = Task.CompletedTask;
    }
}
