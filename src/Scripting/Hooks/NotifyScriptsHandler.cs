using System.Collections.Concurrent;
using Keepalived.Es.Domain.Events;
using MediatR;
using Polly;
using Polly.Retry;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>
/// Runs the scripts of a notification: those of one owner one after the other, across notifications too, so that <c>notify_backup</c> has ended
/// before <c>notify_master</c> of the same instance begins. Returns at once; nobody waits for a script but the next one.
/// </summary>
public sealed class NotifyScriptsHandler : INotificationHandler<TransitionDecided>, INotificationHandler<StateNotification>, IAsyncDisposable
{
    /// <summary>Scripts that wait for one owner at most; a further one is not run, and recorded as such.</summary>
    private const int MaximumWaiting = 256;

    private readonly ConcurrentDictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly IMediator _mediator;
    private readonly IHookJournal _journal;
    private readonly HookPolicy _policy;
    private readonly HookContext _context;
    private readonly ResiliencePipeline<HookOutcome> _retry;
    private long _runs;
    private bool _disposed;

    public NotifyScriptsHandler(IMediator mediator, IHookJournal journal, HookPolicy policy, HookContext context, TimeProvider time)
    {
        (_mediator, _journal, _policy, _context) = (mediator, journal, policy, context);
        var pipeline = new ResiliencePipelineBuilder<HookOutcome> { TimeProvider = time };
        _retry = policy.Retries == 0 ? ResiliencePipeline<HookOutcome>.Empty : pipeline
            .AddRetry(new RetryStrategyOptions<HookOutcome>
            {
                MaxRetryAttempts = policy.Retries,
                Delay = policy.RetryDelay,
                BackoffType = DelayBackoffType.Constant,
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result is { Succeeded: false }),
            })
            .Build();
    }

    /// <summary>A hook in JavaScript that will run first gets its context now, and is called when the notification itself comes.</summary>
    public Task Handle(TransitionDecided notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        StateNotification coming = notification.Coming;
        Owner owner = coming.IsRehearsal ? new Owner() : OwnerOf(coming);
        owner.Forget();
        if (coming.Scripts is [{ IsJavaScript: true } script, ..] && owner.Last.IsCompleted)
        {
            var moment = new TaskCompletionSource();             // goes on where it is completed: on the notifications' thread
            owner.Prepared = (coming, moment);
            Begin(owner, coming, script, moment.Task);
        }

        if (coming.IsRehearsal)
        {
            owner.Release(coming);
        }

        return Task.CompletedTask;
    }

    public Task Handle(StateNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        Owner owner = OwnerOf(notification);
        int begun = owner.Release(notification) ? 1 : 0;
        foreach (HookScript script in notification.Scripts.Skip(begun))
        {
            Begin(owner, notification, script, Task.CompletedTask);
        }

        return Task.CompletedTask;
    }

    /// <summary>Waits for what runs or waits, up to <see cref="HookPolicy.StopWait"/>; then ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        _stop.CancelAfter(_policy.StopWait);
        await Task.WhenAll(_owners.Values.Select(owner => owner.Last)).ConfigureAwait(false);
        _stop.Dispose();
    }

    private Owner OwnerOf(StateNotification notification) => _owners.GetOrAdd(notification.Owner, _ => new Owner());

    private void Begin(Owner owner, StateNotification notification, HookScript script, Task moment)
    {
        long run = notification.IsRehearsal ? 0 : Interlocked.Increment(ref _runs);
        if (Interlocked.Increment(ref owner.Waiting) > MaximumWaiting)
        {
            Interlocked.Decrement(ref owner.Waiting);
            Refuse(notification, script, run);
            return;
        }

        Task before = _policy.Overlap ? Task.CompletedTask : owner.Last;
        Task running = RunAfterAsync(before, owner, notification, script, run, moment);
        owner.Last = _policy.Overlap ? Task.WhenAll(owner.Last, running) : running;
    }

    private void Refuse(StateNotification notification, HookScript script, long run) => _journal.Record(
        new HookFinished(
            _journal.Node, HookName(notification, script), run, null, null, $"{MaximumWaiting} scripts of {notification.Owner} wait already; this one was not run",
            TimeSpan.Zero, ""),
        notification.Transition);

    private async Task RunAfterAsync(Task before, Owner owner, StateNotification notification, HookScript script, long run, Task moment)
    {
        if (!script.IsJavaScript || !before.IsCompleted)         // to ask a worker takes a write, to start a program up to a millisecond: not here
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        }

        int attempt = 0;
        try
        {
            await _retry.ExecuteAsync(
                async cancel => await _mediator.Send(Request(notification, script, run, ++attempt, moment), cancel).ConfigureAwait(false), _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The stop came in the wait before a repetition, or the transition that it was prepared for was never told.
        }

        Interlocked.Decrement(ref owner.Waiting);
    }

    private HookRun Request(StateNotification notification, HookScript script, long run, int attempt, Task moment)
    {
        if (!script.IsJavaScript)
        {
            return new ShellHookRun
            {
                Script = script,
                Hook = HookName(notification, script),
                Owner = notification.Owner,
                Run = run,
                TimeLimit = _policy.TimeLimit,
                Attempt = attempt,
                Transition = notification.Transition,
            };
        }

        return new JavaScriptHookRun
        {
            Script = script,
            Hook = HookName(notification, script),
            Owner = notification.Owner,
            Run = run,
            TimeLimit = _policy.TimeLimit,
            Attempt = attempt,
            Transition = notification.Transition,
            Moment = moment,
            IsRehearsal = notification.IsRehearsal,
            CalledFunction = script.Keyword,
            ContextJson = _context.Of(notification, script, _policy.TimeLimit, attempt),
        };
    }

    private static string HookName(StateNotification notification, HookScript script) => $"{script.Keyword} {notification.Name}";

    private sealed class Owner
    {
        internal int Waiting;

        internal Task Last = Task.CompletedTask;

        /// <summary>The run that is ready to begin, and what for.</summary>
        internal (StateNotification For, TaskCompletionSource Moment)? Prepared;

        /// <summary>Lets the prepared run begin, if it is for this notification.</summary>
        internal bool Release(StateNotification told)
        {
            if (Prepared is not { } prepared || !ReferenceEquals(prepared.For, told))
            {
                Forget();
                return false;
            }

            Prepared = null;
            prepared.Moment.SetResult();
            return true;
        }

        /// <summary>What was prepared is not told any more.</summary>
        internal void Forget()
        {
            Prepared?.Moment.SetCanceled();
            Prepared = null;
        }
    }
}
