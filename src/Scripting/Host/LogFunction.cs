using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary><c>log.debug/info/warn/error(template, props)</c>.</summary>
public sealed class LogFunction(HookLogLevel level, IHookLog log) : IHostFunction
{
    public string Name => level switch
    {
        HookLogLevel.Debug => "log.debug",
        HookLogLevel.Info => "log.info",
        HookLogLevel.Warn => "log.warn",
        _ => "log.error",
    };

    /// <summary>All four.</summary>
    public static IReadOnlyList<IHostFunction> All(IHookLog log) => [.. Enum.GetValues<HookLogLevel>().Select(level => new LogFunction(level, log))];

    public Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        JsonNode? template = arguments.At(0);
        log.Write(level, from, template.AsText() ?? PlainJson.Of(template), arguments.At(1) as JsonObject);
        return Task.FromResult(HostAnswer.Ok());
    }
}

/// <summary>How much a line of the log matters.</summary>
public enum HookLogLevel
{
    Debug,
    Info,
    Warn,
    Error,
}

/// <summary>Where hooks log to.</summary>
public interface IHookLog
{
    /// <summary>Writes one line. Must not block and must not throw.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="from">Whose it is.</param>
    /// <param name="text">Message with <c>{Name}</c> for properties.</param>
    /// <param name="properties">By name; null: none.</param>
    void Write(HookLogLevel level, HostCall from, string text, JsonObject? properties);
}
