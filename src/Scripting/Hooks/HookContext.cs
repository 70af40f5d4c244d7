using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Writes <c>ctx</c>, what a function in JavaScript is given: see <c>hooks/keepalived-es.d.ts</c>.</summary>
/// <param name="node">The node's name.</param>
/// <param name="boot">Id of this start of the daemon: with a transition's number it names the event.</param>
public sealed class HookContext(string node, string boot)
{
    public string Of(StateNotification notification, HookScript script, TimeSpan deadline, int attempt)
    {
        ArgumentNullException.ThrowIfNull(notification);
        ArgumentNullException.ThrowIfNull(script);
        return PlainJson.Of(new JsonObject
        {
            ["event"] = $"{node}/{boot}/{notification.Transition}",
            ["node"] = node,
            ["kind"] = notification.Kind,
            ["instance"] = notification.Name,
            ["from"] = notification.From,
            ["to"] = notification.State,
            ["reason"] = notification.Reason,
            ["priority"] = notification.Priority,
            ["vips"] = Strings(notification.VirtualAddresses),
            ["peers"] = Strings(notification.Peers),
            ["args"] = Strings(script.Command.Skip(1)),
            ["deadline"] = (long)deadline.TotalMilliseconds,
            ["attempt"] = attempt,
            ["dryRun"] = false,
        });
    }

    /// <summary>For <c>track(ctx)</c>.</summary>
    public string OfTrack(string name, IReadOnlyList<string> command, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(command);
        return PlainJson.Of(new JsonObject
        {
            ["node"] = node,
            ["script"] = name,
            ["args"] = Strings(command.Skip(1)),
            ["deadline"] = (long)deadline.TotalMilliseconds,
            ["dryRun"] = false,
        });
    }

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
