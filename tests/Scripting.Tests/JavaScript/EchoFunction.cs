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
