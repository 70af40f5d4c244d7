using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Mail;
using Keepalived.Es.Scripting.Shell;
using MediatR;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>Everything between "it happened" and "do something about it": the mediator, its handlers and their order.</summary>
internal sealed class HookParts : IAsyncDisposable
{
    /// <summary>A worker's runtime compiles a function anew, and better, once it has been called often enough for some time.</summary>
    private const int Rehearsals = 60;

    /// <summary>Between two: the start belongs to the addresses.</summary>
    private static readonly TimeSpan RehearsalPause = TimeSpan.FromMilliseconds(20);

    private readonly KeepalivedConfig _config;
    private readonly NotifyScriptsHandler _scripts;
    private readonly FifoReaders _readers;
    private readonly FifoHandler _fifos;
    private readonly MailHandler _mail;
    private readonly JavaScriptHooks _javaScript;
    private readonly ScriptRunner _runner;
    private readonly CancellationTokenSource _stop = new();
    private Task _rehearsing = Task.CompletedTask;

    private HookParts(KeepalivedConfig config, NodeSettings settings, JournalWriter journal, string boot, TimeProvider time)
    {
        _config = config;
        var register = new HandlerRegister();
        var hookJournal = new HookJournal(journal, settings.Node);
        Mediator = register.Mediator;
        Notifications = new Notifications(config.Global);
        _runner = new ScriptRunner(time);
        var context = new HookContext(settings.Node, boot);
        _scripts = new NotifyScriptsHandler(Mediator, hookJournal, settings.Hooks.Policy, context, time);
        Queue = new NotifyQueue(Mediator, journal, settings.Node);
        _javaScript = new JavaScriptHooks(settings, _runner, hookJournal, Queue.IsNewest, time);
        register
            .Behavior(new RecordingBehavior<ShellHookRun>(hookJournal, Report))
            .Behavior(new TimeLimitBehavior<ShellHookRun>(time))
            .Request<ShellHookRun, HookOutcome>(new ShellHookHandler(_runner))
            .Behavior(new RecordingBehavior<JavaScriptHookRun>(hookJournal, Report))
            .Behavior(new TimeLimitBehavior<JavaScriptHookRun>(time))
            .Request<JavaScriptHookRun, HookOutcome>(new JavaScriptHookHandler(_javaScript))
            .Request<JavaScriptTrackRun, TrackResult>(new JavaScriptTrackHandler(_javaScript, context))
            .Request<ShellTrackRun, TrackResult>(new ShellTrackHandler(_runner))
            .Request<FileTrackRun, TrackResult>(new FileTrackHandler(time))
            .Notification<TransitionDecided>(_scripts)
            .Notification<StateNotification>(_scripts);
        _readers = new FifoReaders(Notifications, _runner, hookJournal);
        _readers.Open(config);
        _fifos = new FifoHandler(_readers.Fifos, hookJournal);
        _mail = new MailHandler(SmtpSettingsOf(config.Global), config.Global.Mail.NoFaults, settings.Hooks.Policy.StopWait, hookJournal, time);
        register.Notification(_fifos).Notification(_mail);
    }

    internal IMediator Mediator { get; }

    internal Notifications Notifications { get; }

    internal NotifyQueue Queue { get; }

    internal static HookParts Create(KeepalivedConfig config, NodeSettings settings, JournalWriter journal, string boot, TimeProvider time) =>
        new(config, settings, journal, boot, time);

    /// <summary>Starts the workers of the scripts in JavaScript and rehearses a run of either kind; then goes on rehearsing beside everything else.</summary>
    internal async Task WarmAsync()
    {
        await _javaScript.WarmAsync(_config, Notifications).ConfigureAwait(false);
        var nothing = new HookScript("", ["/bin/true"], null, null);
        await Mediator.Send(new ShellHookRun { Script = nothing, Hook = "", Run = 0, TimeLimit = HookRun.RehearsalLimit, IsRehearsal = true }).ConfigureAwait(false);
        HookScript[] scripts = [.. JavaScriptHooks.ScriptsOf(_config, Notifications)];
        await RehearseAsync(scripts).ConfigureAwait(false);
        _rehearsing = Task.Run(() => GoOnRehearsingAsync(scripts));
    }

    /// <summary>The first half of a reload: from here on everything is told as the new configuration says. Workers of new files are started before they are needed.</summary>
    internal async Task ReloadAsync(KeepalivedConfig config)
    {
        Notifications.Use(config.Global);
        await _javaScript.WarmAsync(config, Notifications).ConfigureAwait(false);
        _mail.Use(SmtpSettingsOf(config.Global), config.Global.Mail.NoFaults);
        IReadOnlyList<OpenFifo> dropped = _readers.Drop(config);
        _fifos.Use(_readers.Fifos);
        await FifoReaders.CloseAsync(dropped).ConfigureAwait(false);
        _readers.Open(config);
        _fifos.Use(_readers.Fifos);
    }

    /// <summary>The second half: workers of files that are no longer named are ended. What is still called of one has a new worker, until the next reload.</summary>
    internal Task EndGoneAsync(KeepalivedConfig config) => _javaScript.EndGoneAsync(config, Notifications);

    private async Task GoOnRehearsingAsync(HookScript[] scripts)
    {
        for (int round = 0; round < Rehearsals && scripts.Length > 0 && !_stop.IsCancellationRequested; round++)
        {
            await Task.Delay(RehearsalPause).ConfigureAwait(false);
            await RehearseAsync(scripts).ConfigureAwait(false);
        }
    }

    private async Task RehearseAsync(HookScript[] scripts)
    {
        foreach (HookScript script in scripts)
        {
            await Mediator.Send(JavaScriptHookRun.Rehearsal(script, "{}")).ConfigureAwait(false);
        }
    }

    /// <summary>Runs <c>startup_script</c> or <c>shutdown_script</c> to its end or its time limit; null: nothing to run.</summary>
    internal async Task RunAsync(string keyword, LifeScript? script)
    {
        if (script is not null)
        {
            var run = new ShellHookRun { Script = Notifications.Script(keyword, script.Script), Hook = keyword, Run = 0, TimeLimit = script.TimeLimit };
            await Mediator.Send(run).ConfigureAwait(false);
        }
    }

    /// <summary>Publishes what waits, then waits for the notify scripts: the last one may be what makes a database read-only.</summary>
    internal async Task FinishAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Queue.Dispose();
        await _rehearsing.ConfigureAwait(false);
        await _scripts.DisposeAsync().ConfigureAwait(false);
        await _mail.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await FinishAsync().ConfigureAwait(false);
        await _javaScript.DisposeAsync().ConfigureAwait(false);
        _runner.Dispose();
        _stop.Dispose();
    }

    /// <returns>Null: nothing can be mailed.</returns>
    private static SmtpSettings? SmtpSettingsOf(GlobalSettings global)
    {
        if (!global.Mail.IsUsable)
        {
            return null;
        }

        string host = System.Environment.MachineName;
        return new SmtpSettings(global.Mail.Server!, global.Mail.From ?? $"{System.Environment.UserName}@{host}", global.Mail.Recipients, global.RouterId ?? host)
        {
            Port = global.Mail.Port,
            HeloName = global.Mail.HeloName,
            ConnectTimeout = global.Mail.ConnectTimeout,
        };
    }

    private static void Report(HookRun run, HookOutcome outcome) => Log.HookFinished(run.Hook, outcome);
}
