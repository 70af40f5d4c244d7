using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

/// <summary>Answers with its own arguments.</summary>
internal sealed class EchoFunction(string name) : IHostFunction
{
    public string Name => name;

    public Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel) =>
        Task.FromResult(new JsonObject { ["ok"] = true, ["arguments"] = arguments.DeepClone() });
}

/// <summary>Answers when it is no longer wanted.</summary>
internal sealed class SleepForEver : IHostFunction
{
    public string Name => "sleep";

    public async Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel)
    {
        await Task.Delay(Timeout.Infinite, cancel);
        return new JsonObject { ["ok"] = true };
    }
}

/// <summary>Echoes, and fails on the word <c>fail</c>.</summary>
internal sealed class FaultyFunction : IHostFunction
{
    public string Name => "kv.get";

    public Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel) =>
        arguments[0]?.ToString() == "fail" ? throw new InvalidDataException("a fault") : new EchoFunction(Name).CallAsync(arguments, from, cancel);
}
