using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary>One function that the daemon offers to hooks in JavaScript.</summary>
public interface IHostFunction
{
    /// <summary>Name in JavaScript: <c>mysql.query</c>.</summary>
    string Name { get; }

    /// <summary>Answers one call. Never throws for what a hook can ask or the world can answer: that is <c>{ok:false, error}</c>.</summary>
    /// <param name="arguments">As the hook gave them.</param>
    /// <param name="from">Who asks, and how long the answer is waited for.</param>
    /// <param name="cancel">The hook is at its end; nobody waits for the answer any more.</param>
    /// <returns>An object with <c>ok</c>, and with <c>error</c> when that is false.</returns>
    Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel);
}

/// <summary>The call of a host function.</summary>
/// <param name="Hook">Keyword and owner, such as <c>notify_master VI_1</c>.</param>
/// <param name="File">Path of the hook's file: names its durable values.</param>
/// <param name="Run">Number of the run on this node.</param>
/// <param name="Remaining">Time until the hook's deadline.</param>
public sealed record HostCall(string Hook, string File, long Run, TimeSpan Remaining);
