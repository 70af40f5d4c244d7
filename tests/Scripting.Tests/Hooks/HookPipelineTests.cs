using System.Collections.Concurrent;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Mail;
using Keepalived.Es.Scripting.Tests.Support;
using MediatR;

namespace Keepalived.Es.Scripting.Tests.Hooks;

/// <summary>Notifications and runs through the mediator, with handlers that a test decides about.</summary>
public sealed class HookPipelineTests : IHookJournal
{
    private readonly ConcurrentQueue<(INodeEvent Fact, long Transition)> _recorded = [];

    string IHookJournal.Node => "a";

    void IHookJournal.Record(INodeEvent fact, long transition) => _recorded.Enqueue((fact, transition));

    [Fact]
    public async Task A_script_that_fails_is_tried_again_as_often_as_configured_and_each_attempt_is_recorded()
    {
        var attempts = new Attempts(failures: 2);
        await NotifyAsync(attempts, new HookPolicy { Retries = 3, RetryDelay = TimeSpan.FromMilliseconds(100) }, ["one"]);
        Assert.Equal([1, 2, 3], attempts.Seen.Select(run => run.Attempt));
        Assert.Equal([null, 2, 3], _recorded.Select(entry => entry.Fact).OfType<HookStarted>().Select(started => started.Attempt));
        Assert.All(_recorded, entry => Assert.Equal(7, entry.Transition));
    }

    [Fact]
    public async Task Without_retries_a_failure_is_the_end_and_the_next_script_runs()
    {
        var attempts = new Attempts(failures: 1);
        await NotifyAsync(attempts, new HookPolicy(), ["one", "two"]);
        Assert.Equal(["one", "two"], attempts.Seen.Select(run => run.Script.Command[0]));
    }

    [Fact]
    public async Task With_overlap_scripts_do_not_wait_for_each_other()
    {
        var meeting = new Meeting(expected: 2);
        await NotifyAsync(meeting, new HookPolicy { Overlap = true, StopWait = TimeSpan.FromMinutes(1) }, ["one", "two"]);
        Assert.True(meeting.Met.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_handler_that_throws_is_an_outcome_with_its_message()
    {
        await NotifyAsync(new Broken(), new HookPolicy(), ["one"]);
        Assert.Equal("broken on purpose", _recorded.Select(entry => entry.Fact).OfType<HookFinished>().Single().Error);
    }

    [Fact]
    public async Task A_hook_in_JavaScript_is_prepared_when_its_transition_is_decided_and_called_when_it_is_told()
    {
        var calls = new PreparedCalls();
        (IMediator mediator, NotifyScriptsHandler notify) = Prepared(calls);
        StateNotification told = Told("MASTER", "hook.js", "other.js");
        await mediator.Publish(new TransitionDecided(told));
        Assert.Equal(["prepare hook.js"], calls.Seen);
        Assert.Empty(_recorded);
        await mediator.Publish(told);
        await notify.DisposeAsync();
        Assert.Equal(["prepare hook.js", "call hook.js", "prepare other.js", "call other.js"], calls.Seen);
        Assert.Equal(["HookStarted 1", "HookFinished 1", "HookStarted 2", "HookFinished 2"], _recorded.Select(entry => Described(entry.Fact)));
    }

    [Fact]
    public async Task What_was_prepared_for_a_transition_that_is_not_told_is_not_called()
    {
        var calls = new PreparedCalls();
        (IMediator mediator, NotifyScriptsHandler notify) = Prepared(calls);
        await mediator.Publish(new TransitionDecided(Told("MASTER", "hook.js")));
        await mediator.Publish(new TransitionDecided(Told("BACKUP", "hook.js")));
        StateNotification told = Told("FAULT", "hook.js");
        await mediator.Publish(told);
        await notify.DisposeAsync();
        Assert.Equal(1, calls.Seen.Count(seen => seen == "call hook.js"));
        Assert.Equal(["HookStarted 3", "HookFinished 3"], _recorded.Select(entry => Described(entry.Fact)));
    }

    [Fact]
    public async Task A_rehearsal_goes_the_whole_way_and_leaves_no_trace()
    {
        var calls = new PreparedCalls();
        (IMediator mediator, NotifyScriptsHandler notify) = Prepared(calls);
        await mediator.Publish(new TransitionDecided(Told("MASTER", "hook.js") with { IsRehearsal = true }));
        StateNotification told = Told("MASTER", "hook.js");
        await mediator.Publish(told);
        await notify.DisposeAsync();
        Assert.Equal(["rehearse hook.js", "prepare hook.js", "call hook.js"], calls.Seen);
        Assert.Equal(["HookStarted 1", "HookFinished 1"], _recorded.Select(entry => Described(entry.Fact)));
    }

    [Fact]
    public async Task Mail_is_tried_once_for_each_state_that_is_wanted_and_its_failure_is_recorded()
    {
        const int NobodyListens = 1;
        var settings = new SmtpSettings("127.0.0.1", "k@example.org", ["a@example.org"], "router") { Port = NobodyListens };
        var handler = new MailHandler(settings, noFaults: true, TimeSpan.FromSeconds(30), this, TimeProvider.System);
        foreach (string state in (string[])["BACKUP", "MASTER", "MASTER_PRIORITY", "MASTER", "FAULT", "BACKUP"])
        {
            await handler.Handle(Told(state) with { SmtpAlert = true }, default);
        }

        await handler.Handle(Told("STOP"), default);             // nobody wants it
        await handler.DisposeAsync();
        HookFinished[] mails = [.. _recorded.Select(entry => entry.Fact).OfType<HookFinished>()];
        Assert.Equal(["BACKUP", "MASTER", "BACKUP"], mails.Select(mail => mail.OutputTail.Split(' ')[^2]));
        Assert.Equal("[router] VRRP Instance VI_1 - Entering MASTER state", mails[1].OutputTail);
        Assert.All(mails, mail => Assert.NotNull(mail.Error));
    }

    private static StateNotification Told(string state, params string[] scripts) => new()
    {
        Kind = "INSTANCE",
        Name = "VI_1",
        From = "BACKUP",
        State = state,
        Reason = "Started",
        Priority = 100,
        Transition = 7,
        Scripts = [.. scripts.Select(script => new HookScript("notify", [script], null, null))],
    };

    private async Task NotifyAsync(IRequestHandler<ShellHookRun, HookOutcome> handler, HookPolicy policy, string[] scripts)
    {
        var register = new HandlerRegister()
            .Behavior(new RecordingBehavior<ShellHookRun>(this, (_, _) => { }))
            .Behavior(new TimeLimitBehavior<ShellHookRun>(TimeProvider.System))
            .Request(handler);
        var notify = new NotifyScriptsHandler(register.Mediator, this, policy, new HookContext("a", "boot"), TimeProvider.System);
        await register.Notification<StateNotification>(notify).Mediator.Publish(Told("MASTER", scripts));
        await Ends.UntilAsync(() => _recorded.Count(entry => entry.Fact is HookFinished { ExitCode: 0 } or HookFinished { Error: not null }) >= (handler is Attempts ? 1 : scripts.Length));
        await notify.DisposeAsync();
    }

    private (IMediator Mediator, NotifyScriptsHandler Notify) Prepared(PreparedCalls calls)
    {
        var register = new HandlerRegister()
            .Behavior(new RecordingBehavior<JavaScriptHookRun>(this, (_, _) => { }))
            .Behavior(new TimeLimitBehavior<JavaScriptHookRun>(TimeProvider.System))
            .Request(calls);
        var notify = new NotifyScriptsHandler(register.Mediator, this, new HookPolicy(), new HookContext("a", "boot"), TimeProvider.System);
        return (register.Notification<TransitionDecided>(notify).Notification<StateNotification>(notify).Mediator, notify);
    }

    private static string Described(INodeEvent fact) => fact switch
    {
        HookStarted started => $"HookStarted {started.Run}",
        HookFinished finished => $"HookFinished {finished.Run}",
        _ => fact.ToString()!,
    };

    private sealed class PreparedCalls : IRequestHandler<JavaScriptHookRun, HookOutcome>
    {
        internal ConcurrentQueue<string> Seen { get; } = [];

        public async Task<HookOutcome> Handle(JavaScriptHookRun request, CancellationToken cancellationToken)
        {
            string file = request.Script.Command[0];
            if (request.IsRehearsal)
            {
                Seen.Enqueue($"rehearse {file}");
            }
            else
            {
                Seen.Enqueue($"prepare {file}");
                await request.Moment.WaitAsync(cancellationToken);
                Seen.Enqueue($"call {file}");
            }

            return new HookOutcome(0, null, null, null, TimeSpan.Zero, "");
        }
    }

    private sealed class Attempts(int failures) : IRequestHandler<ShellHookRun, HookOutcome>
    {
        internal ConcurrentQueue<ShellHookRun> Seen { get; } = [];

        public Task<HookOutcome> Handle(ShellHookRun request, CancellationToken cancellationToken)
        {
            Seen.Enqueue(request);
            return Task.FromResult(new HookOutcome(Seen.Count > failures ? 0 : 1, null, null, null, TimeSpan.Zero, ""));
        }
    }

    private sealed class Meeting(int expected) : IRequestHandler<ShellHookRun, HookOutcome>
    {
        private int _here;

        internal TaskCompletionSource Met { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<HookOutcome> Handle(ShellHookRun request, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _here) == expected)
            {
                Met.SetResult();
            }

            await Met.Task;
            return new HookOutcome(0, null, null, null, TimeSpan.Zero, "");
        }
    }

    private sealed class Broken : IRequestHandler<ShellHookRun, HookOutcome>
    {
        public Task<HookOutcome> Handle(ShellHookRun request, CancellationToken cancellationToken) => throw new InvalidOperationException("broken on purpose");
    }
}
