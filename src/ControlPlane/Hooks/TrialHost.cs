using System.Text.Json.Nodes;
using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.MySql;
using Keepalived.Es.Scripting.Settings;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.ControlPlane.Hooks;

/// <summary>The daemon's functions for a trial away from a node: real ones, but that values live as long as the trial and events go to the screen.</summary>
internal sealed class TrialHost : IHookLog, IHookEvents, IHookValues, ICurrentTransition, IDisposable
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly CliEnvironment _environment;
    private readonly MySqlHost _mysql;
    private readonly FetchFunction _fetch;
    private readonly ScriptRunner _runner;

    internal TrialHost(HookSettings settings, CliEnvironment environment)
    {
        _environment = environment;
        _mysql = new MySqlHost(settings.MySql, environment.Time);
        _fetch = new FetchFunction(settings.Fetching);
        _runner = new ScriptRunner(environment.Time);
        Functions =
        [
            .. _mysql.Functions, _fetch, new ExecFunction(settings.Executing, _runner), .. LogFunction.All(this), new SleepFunction(environment.Time),
            .. ValueFunction.All(this), new EventFunction(this), new CurrentFunction(this),
        ];
    }

    internal IReadOnlyList<IHostFunction> Functions { get; }

    internal IEnumerable<string> Names => Functions.Select(function => function.Name);

    /// <summary>All functions answered from a list, but that what is logged is seen.</summary>
    internal IReadOnlyList<IHostFunction> WithCanned(IEnumerable<(string Function, JsonObject Answer)> ready)
    {
        string[] logs = [.. Names.Where(name => name.StartsWith("log.", StringComparison.Ordinal))];
        return [.. CannedFunctions.Of(ready, Names.Except(logs)).Functions, .. Functions.Where(function => logs.Contains(function.Name))];
    }

    public void Write(HookLogLevel level, HostCall from, string text, JsonObject? properties) =>
        _environment.Error.WriteLine($"{level}: {text}{(properties is null ? "" : $" {PlainJson.Of(properties)}")}");

    public Task AppendAsync(HostCall from, string type, string dataJson, CancellationToken cancel) =>
        _environment.Error.WriteLineAsync($"event {type}: {dataJson}".AsMemory(), cancel);

    public bool IsCurrent(HostCall from) => true;

    public Task<string?> GetAsync(string file, string key, CancellationToken cancel) => Task.FromResult(_values.GetValueOrDefault(key));

    public Task PutAsync(string file, string key, string json, CancellationToken cancel)
    {
        _values[key] = json;
        return Task.CompletedTask;
    }

    public Task<bool> CompareAndSetAsync(string file, string key, string? expected, string json, CancellationToken cancel)
    {
        bool equal = _values.GetValueOrDefault(key) == expected;
        if (equal)
        {
            _values[key] = json;
        }

        return Task.FromResult(equal);
    }

    public Task DeleteAsync(string file, string key, CancellationToken cancel)
    {
        _values.Remove(key);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _fetch.Dispose();
        _mysql.Dispose();
        _runner.Dispose();
    }
}
