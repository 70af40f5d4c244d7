using System.Text.Json.Nodes;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Hooks;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.Settings;
using Keepalived.Es.Scripting.Shell;
using MediatR;

namespace Keepalived.Es.ControlPlane.Incidents.Hooks;

/// <summary>What hooks of the control plane need: the runner of programs, a worker for each file in JavaScript, and the handlers between.</summary>
public sealed class IncidentHooks : IJavaScriptHooks, IHookLog, IHostCallRecorder, IAsyncDisposable
{
    private readonly Dictionary<string, JavaScriptHook> _files = new(StringComparer.Ordinal);
    private readonly HookSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<IncidentHooks> _log;
    private readonly ScriptRunner _runner;
    private readonly FetchFunction _fetch;

    /// <param name="hooks">Absolute paths of programs and of files in JavaScript.</param>
    /// <param name="settings">Limits, and what JavaScript may fetch and run.</param>
    public IncidentHooks(IReadOnlyList<string> hooks, HookSettings settings, IEventStore events, TimeProvider time, ILogger<IncidentHooks> log)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _time, _log) = (settings, time, log);
        _runner = new ScriptRunner(time);
        _fetch = new FetchFunction(settings.Fetching);
        HandlerRegister register = new();
        register.Request(new ShellHookHandler(_runner)).Request(new JavaScriptHookHandler(this))
            .Behavior(new TimeLimitBehavior<ShellHookRun>(time)).Behavior(new TimeLimitBehavior<JavaScriptHookRun>(time));
        Mediator = register.Mediator;
        register.Notification(new IncidentHookHandler(hooks, settings.Policy.TimeLimit, Mediator, events, time));
    }

    public IMediator Mediator { get; }

    public JavaScriptHook Of(HookScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        string file = script.Command[0];
        if (!_files.TryGetValue(file, out JavaScriptHook? hook))
        {
            _files[file] = hook = new JavaScriptHook(
                file, new WorkerCommand(HookTrial.Self(), [HookWorker.Verb]), _runner, _settings.Limits,
                [_fetch, new ExecFunction(_settings.Executing, _runner), .. LogFunction.All(this), new SleepFunction(_time)], this, _time);
        }

        return hook;
    }

    public void BeginRun(HookRun run)
    {
    }

    public void EndRun(long run)
    {
    }

    public void Write(HookLogLevel level, HostCall from, string text, JsonObject? properties) =>
        _log.IncidentHookSays(text, properties is null ? "" : PlainJson.Of(properties));

    public void Record(HostCallRecord made)
    {
        ArgumentNullException.ThrowIfNull(made);
        _log.IncidentHookCalled(made.Hook, made.Function, made.ArgumentsJson, made.AnswerJson);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (JavaScriptHook hook in _files.Values)
        {
            await hook.DisposeAsync();
        }

        _fetch.Dispose();
        _runner.Dispose();
    }
}
