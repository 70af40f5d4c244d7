using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.Tests.Host;

/// <summary>What the daemon is to host functions, in memory.</summary>
internal sealed class HookWorld : IHookLog, IHookValues, IHookEvents, ICurrentTransition
{
    private readonly Dictionary<(string File, string Key), string> _values = [];

    internal IReadOnlyList<IHostFunction> Functions =>
    [
        .. LogFunction.All(this), .. ValueFunction.All(this), new EventFunction(this), new CurrentFunction(this), new SleepFunction(TimeProvider.System),
    ];

    internal List<string> Lines { get; } = [];

    internal List<(string Type, string Data)> Events { get; } = [];

    internal bool Current { get; set; }

    public void Write(HookLogLevel level, HostCall from, string text, JsonObject? properties) => Lines.Add($"{level} {text} {properties?.ToJsonString()}");

    public bool IsCurrent(HostCall from) => Current;

    public Task AppendAsync(HostCall from, string type, string dataJson, CancellationToken cancel)
    {
        Events.Add((type, dataJson));
        return Task.CompletedTask;
    }

    public Task<string?> GetAsync(string file, string key, CancellationToken cancel) => Task.FromResult(_values.GetValueOrDefault((file, key)));

    public Task PutAsync(string file, string key, string json, CancellationToken cancel)
    {
        _values[(file, key)] = json;
        return Task.CompletedTask;
    }

    public Task<bool> CompareAndSetAsync(string file, string key, string? expected, string json, CancellationToken cancel)
    {
        bool same = _values.GetValueOrDefault((file, key)) == expected;
        if (same)
        {
            _values[(file, key)] = json;
        }

        return Task.FromResult(same);
    }

    public Task DeleteAsync(string file, string key, CancellationToken cancel)
    {
        _values.Remove((file, key));
        return Task.CompletedTask;
    }
}
