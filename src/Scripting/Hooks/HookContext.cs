using System.Text.Json;
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
        return PlainJson.Of(json =>
        {
            json.WriteString("event", $"{node}/{boot}/{notification.Transition}");
            json.WriteString("node", node);
            json.WriteString("kind", notification.Kind);
            json.WriteString("instance", notification.Name);
            json.WriteString("from", notification.From);
            json.WriteString("to", notification.State);
            json.WriteString("reason", notification.Reason);
            json.WriteNumber("priority", notification.Priority);
            WriteStrings(json, "vips", notification.VirtualAddresses, 0);
            WriteStrings(json, "peers", notification.Peers, 0);
            WriteStrings(json, "args", script.Command, 1);
            json.WriteNumber("deadline", (long)deadline.TotalMilliseconds);
            json.WriteNumber("attempt", attempt);
            json.WriteBoolean("dryRun", false);
        });
    }

    /// <summary>For <c>track(ctx)</c>.</summary>
    public string OfTrack(string name, IReadOnlyList<string> command, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(command);
        return PlainJson.Of(json =>
        {
            json.WriteString("node", node);
            json.WriteString("script", name);
            WriteStrings(json, "args", command, 1);
            json.WriteNumber("deadline", (long)deadline.TotalMilliseconds);
            json.WriteBoolean("dryRun", false);
        });
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> texts, int first)
    {
        json.WriteStartArray(name);
        for (int i = first; i < texts.Count; i++)
        {
            json.WriteStringValue(texts[i]);
        }

        json.WriteEndArray();
    }
}
