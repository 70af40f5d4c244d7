using System.Collections.Concurrent;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.MySql;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>One worker for each file in JavaScript and account, started before it is needed; the daemon's own program with another verb.</summary>
internal sealed class JavaScriptHooks : IJavaScriptHooks, IHostCallRecorder, IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string File, string? User, string? Group), JavaScriptHook> _hooks = [];
    private readonly ConcurrentDictionary<long, (string Owner, long Transition)> _transitions = [];
    private readonly HookLimits _limits;
    private readonly ScriptRunner _runner;
    private readonly MySqlHost _mysql;
    private readonly FetchFunction _fetch;
    private readonly HookValues _values;
    private readonly IReadOnlyList<IHostFunction> _functions;
    private readonly IHookJournal _journal;
    private readonly TimeProvider _time;

    /// <param name="isNewest">Whether a transition is still the newest of its instance or group.</param>
    internal JavaScriptHooks(NodeSettings settings, ScriptRunner runner, IHookJournal journal, Func<string, long, bool> isNewest, TimeProvider time)
    {
        (_limits, _runner, _journal, _time) = (settings.Hooks.Limits, runner, journal, time);
        _mysql = new MySqlHost(settings.Hooks.MySql, time);
        _fetch = new FetchFunction(settings.Hooks.Fetching);
        _values = new HookValues(settings.StateDirectory);
        var host = new HookHost(journal, TransitionOf, isNewest);
        _functions =
        [
            .. _mysql.Functions, _fetch, new ExecFunction(settings.Hooks.Executing, runner), .. LogFunction.All(host), new SleepFunction(time),
            .. ValueFunction.All(_values), new EventFunction(host), new CurrentFunction(host),
        ];
    }

    public JavaScriptHook Of(HookScript script) => _hooks.GetOrAdd(KeyOf(script), Create);

    public void BeginRun(HookRun run)
    {
        if (run.Owner is not null)
        {
            _transitions[run.Run] = (run.Owner, run.Transition);
        }
    }

    public void EndRun(long run)
    {
        _transitions.TryRemove(run, out _);
        _mysql.EndRun(run);
    }

    /// <summary>Calls of tracked scripts are not kept, since those run every second: their results are, when they change something.</summary>
    public void Record(HostCallRecord made)
    {
        if (made.Run > 0)
        {
            _journal.Record(
                new HookHostCalled(_journal.Node, made.Hook, made.Run, made.Number, made.Function, made.ArgumentsJson, made.AnswerJson, made.Duration),
                TransitionOf(made.Run)?.Transition ?? 0);
        }
    }

    /// <summary>Starts the workers of all scripts; a file that cannot be loaded is said now, and not when it is needed.</summary>
    internal async Task WarmAsync(KeepalivedConfig config, Notifications notifications)
    {
        foreach (HookScript script in ScriptsOf(config, notifications).Where(script => !_hooks.ContainsKey(KeyOf(script))))
        {
            HookLoad load = await Of(script).WarmAsync(CancellationToken.None).ConfigureAwait(false);
            if (!load.Ok)
            {
                string problem = $"{load.File ?? script.Command[0]}{(load.Line is null ? "" : $":{load.Line}:{load.Column}")}: {load.Error}";
                Log.Degraded($"hook {script.Command[0]}", problem, "try 'kes hooks check' on the file");
                _journal.Record(new Degraded(_journal.Node, $"hook {script.Command[0]}", problem, "try 'kes hooks check' on the file"), transition: 0);
            }
        }
    }

    /// <summary>Ends the workers of files that a configuration does not name; a call that runs is waited for.</summary>
    internal async Task EndGoneAsync(KeepalivedConfig config, Notifications notifications)
    {
        HashSet<(string, string?, string?)> named = [.. ScriptsOf(config, notifications).Select(KeyOf)];
        foreach ((string File, string? User, string? Group) gone in _hooks.Keys.Where(key => !named.Contains(key)))
        {
            if (_hooks.TryRemove(gone, out JavaScriptHook? hook))
            {
                await hook.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static (string File, string? User, string? Group) KeyOf(HookScript script) => (script.Command[0], script.User, script.Group);

    /// <summary>The files in JavaScript that a configuration names, each once for each account.</summary>
    internal static IEnumerable<HookScript> ScriptsOf(KeepalivedConfig config, Notifications notifications)
    {
        IEnumerable<ScriptCommand> commands =
        [
            .. config.Scripts.Select(script => script.Script),
            .. config.Instances.SelectMany(instance => instance.Notify.Given()).Select(given => given.Script),
            .. config.SyncGroups.SelectMany(group => group.Notify.Given()).Select(given => given.Script),
            .. config.Lvs.VirtualServers.SelectMany(server => (ScriptCommand?[])[server.QuorumUp, server.QuorumDown]).OfType<ScriptCommand>(),
            .. config.Lvs.VirtualServers.SelectMany(server => server.RealServers).SelectMany(ScriptsOf),
        ];
        return commands.Select(command => notifications.Script("", command)).Where(script => script.IsJavaScript)
            .DistinctBy(script => (script.Command[0], script.User, script.Group));
    }

    private static IEnumerable<ScriptCommand> ScriptsOf(RealServerSettings server) =>
    [
        .. ((ScriptCommand?[])[server.NotifyUp, server.NotifyDown]).OfType<ScriptCommand>(),
        .. server.Checks.OfType<MiscCheckSettings>().Select(check => check.Script),
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (JavaScriptHook hook in _hooks.Values)
        {
            await hook.DisposeAsync().ConfigureAwait(false);
        }

        _fetch.Dispose();
        _mysql.Dispose();
        _values.Dispose();
    }

    private (string Owner, long Transition)? TransitionOf(long run) => _transitions.TryGetValue(run, out (string Owner, long Transition) found) ? found : null;

    private JavaScriptHook Create((string File, string? User, string? Group) key) => new(
        key.File, new WorkerCommand(System.Environment.ProcessPath!, [HookWorker.Verb], key.User, key.Group), _runner, _limits, _functions, this, _time);
}
