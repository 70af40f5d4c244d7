using System.Text.Json;
using System.Text.Json.Nodes;
using Keepalived.Es.ControlPlane.Cli;

namespace Keepalived.Es.ControlPlane.Hooks;

/// <summary>Makes up a <c>ctx</c> for a trial, as the daemon would write it.</summary>
internal static class HookContextText
{
    /// <param name="function">Says the state: <c>notify_master</c> is MASTER.</param>
    /// <param name="further">JSON file whose fields replace or add to the others; null: none.</param>
    /// <exception cref="CliException">That file cannot be read, or is no JSON object.</exception>
    internal static string Of(string function, string instance, string? further, TimeSpan deadline, bool dryRun)
    {
        string to = function switch { "notify_backup" => "BACKUP", "notify_fault" => "FAULT", "notify_stop" => "STOP", _ => "MASTER" };
        var context = new JsonObject
        {
            ["event"] = "trial",
            ["node"] = "trial",
            ["kind"] = "INSTANCE",
            ["instance"] = instance,
            ["from"] = to == "MASTER" ? "BACKUP" : "MASTER",
            ["to"] = to,
            ["reason"] = "MasterDownTimerExpired",
            ["priority"] = 100,
            ["vips"] = new JsonArray(),
            ["peers"] = new JsonArray(),
            ["args"] = new JsonArray(),
            ["deadline"] = (long)deadline.TotalMilliseconds,
            ["attempt"] = 1,
            ["dryRun"] = dryRun,
        };
        foreach ((string name, JsonNode? value) in Read(further))
        {
            context[name] = value?.DeepClone();
        }

        return context.ToJsonString();
    }

    private static JsonObject Read(string? file)
    {
        try
        {
            return file is null ? [] : JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw new CliException($"context '{file}': a JSON object is expected");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CliException($"context '{file}': {e.Message}");
        }
    }
}
