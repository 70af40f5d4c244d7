using System.Text;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary><c>events.append(type, data)</c>: an event of the hook's own.</summary>
public sealed class EventFunction(IHookEvents events) : IHostFunction
{
    /// <summary>Bytes of the data, as JSON in UTF-8.</summary>
    public const int LargestData = 64 * 1024;

    /// <summary>Characters of a type.</summary>
    public const int LongestType = 128;

    private const string Prefix = "hook.";

    public string Name => "events.append";

    public async Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        string? type = arguments.At(0).AsText();
        if (!IsType(type))
        {
            return HostAnswer.Error(
                $"events.append: {HostAnswer.Show(arguments.At(0))} is no type, "
                + $"allowed {Prefix}NAME of letters, digits, '.', '_' and '-', to {LongestType} characters");
        }

        string data = PlainJson.Of(arguments.At(1));
        int bytes = Encoding.UTF8.GetByteCount(data);
        if (bytes > LargestData)
        {
            return HostAnswer.Error($"events.append: the data has {bytes} bytes, allowed 0 to {LargestData}");
        }

        await events.AppendAsync(from, type!, data, cancel).ConfigureAwait(false);
        return HostAnswer.Ok();
    }

    private static bool IsType(string? type) =>
        type is { Length: > 5 and <= LongestType } && type.StartsWith(Prefix, StringComparison.Ordinal)
        && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}

/// <summary>Where the events of hooks go.</summary>
public interface IHookEvents
{
    /// <summary>Appends one event.</summary>
    /// <param name="from">Whose it is.</param>
    /// <param name="type">Begins with <c>hook.</c></param>
    /// <param name="dataJson">A JSON text.</param>
    Task AppendAsync(HostCall from, string type, string dataJson, CancellationToken cancel);
}
