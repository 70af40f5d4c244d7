using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary><c>hook.isCurrent()</c>: whether the transition that the run belongs to is still the newest of its instance.</summary>
public sealed class CurrentFunction(ICurrentTransition transition) : IHostFunction
{
    public string Name => "hook.isCurrent";

    public Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel) =>
        Task.FromResult(new JsonObject { ["ok"] = true, ["current"] = transition.IsCurrent(from) });
}

/// <summary>Knows the newest transition of each instance.</summary>
public interface ICurrentTransition
{
    /// <summary>Must not block. A run that belongs to no transition, as that of a track script, is current.</summary>
    bool IsCurrent(HostCall from);
}
