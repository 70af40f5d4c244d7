using System.Text;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary>
/// <c>kv.get(key)</c>, <c>kv.put(key, value)</c>, <c>kv.cas(key, expected, value)</c>, <c>kv.del(key)</c>: durable values of a hook's file on this node.
/// </summary>
public sealed class ValueFunction : IHostFunction
{
    /// <summary>Characters of a key.</summary>
    public const int LongestKey = 256;

    /// <summary>Bytes of a value, as JSON in UTF-8.</summary>
    public const int LargestValue = 64 * 1024;

    private readonly Func<string, string, JsonArray, CancellationToken, Task<JsonObject>> _answer;

    private ValueFunction(string name, Func<string, string, JsonArray, CancellationToken, Task<JsonObject>> answer) => (Name, _answer) = (name, answer);

    public string Name { get; }

    /// <summary>All four.</summary>
    public static IReadOnlyList<IHostFunction> All(IHookValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return
        [
            new ValueFunction("kv.get", async (file, key, _, cancel) => Found(await values.GetAsync(file, key, cancel).ConfigureAwait(false))),
            new ValueFunction("kv.put", async (file, key, arguments, cancel) =>
            {
                if (TooLarge(arguments.At(1)) is { } error)
                {
                    return HostAnswer.Error($"kv.put: {error}");
                }

                await values.PutAsync(file, key, Text(arguments.At(1)), cancel).ConfigureAwait(false);
                return HostAnswer.Ok();
            }),
            new ValueFunction("kv.cas", async (file, key, arguments, cancel) =>
            {
                string? expected = arguments.At(1) is { } value ? Text(value) : null;
                return TooLarge(arguments.At(2)) is { } error
                    ? HostAnswer.Error($"kv.cas: {error}")
                    : Swapped(await values.CompareAndSetAsync(file, key, expected, Text(arguments.At(2)), cancel).ConfigureAwait(false));
            }),
            new ValueFunction("kv.del", async (file, key, _, cancel) =>
            {
                await values.DeleteAsync(file, key, cancel).ConfigureAwait(false);
                return HostAnswer.Ok();
            }),
        ];
    }

    public Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(from);
        return arguments.At(0).AsText() is { Length: > 0 and <= LongestKey } key
            ? _answer(from.File, key, arguments, cancel)
            : Task.FromResult(HostAnswer.Error($"{Name}: {HostAnswer.Show(arguments.At(0))} is no key, allowed a text of 1 to {LongestKey} characters"));
    }

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";

    private static string? TooLarge(JsonNode? value) =>
        Encoding.UTF8.GetByteCount(Text(value)) is var bytes && bytes > LargestValue ? $"the value has {bytes} bytes, allowed 0 to {LargestValue}" : null;

    private static JsonObject Found(string? json) => new() { ["ok"] = true, ["value"] = json is null ? null : JsonNode.Parse(json) };

    private static JsonObject Swapped(bool swapped) => new() { ["ok"] = true, ["swapped"] = swapped };
}

/// <summary>Keeps the values of hooks, across restarts of the daemon.</summary>
public interface IHookValues
{
    /// <returns>JSON; null: there is none.</returns>
    Task<string?> GetAsync(string file, string key, CancellationToken cancel);

    /// <summary>Sets it, whatever it was.</summary>
    Task PutAsync(string file, string key, string json, CancellationToken cancel);

    /// <summary>Sets it if it is as expected.</summary>
    /// <param name="expected">JSON, compared byte by byte with what was put; null: there must be none.</param>
    /// <returns>Whether it was set.</returns>
    Task<bool> CompareAndSetAsync(string file, string key, string? expected, string json, CancellationToken cancel);

    /// <summary>Takes it away; nothing happens when there is none.</summary>
    Task DeleteAsync(string file, string key, CancellationToken cancel);
}
