using System.Net;
using System.Text.Json;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>What came of one batch.</summary>
/// <param name="Status">0: no answer at all.</param>
/// <param name="Body">The answer's body, or the transport's error.</param>
/// <param name="RetryAfter">When the control plane wants to be asked again.</param>
internal sealed record UplinkAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    private const int ShownLength = 300;

    /// <summary>Worth sending again: out of reach, overloaded, or its database is away.</summary>
    internal bool IsTransient => Status is 0 or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>The body's fields; null when it is not the JSON of a control plane.</summary>
    internal UplinkReceipt? Receipt => UplinkReceipt.Read(Body);

    internal string Describe()
    {
        string body = Body.Length > ShownLength ? Body[..ShownLength] : Body;
        return Status == 0 ? body : $"{(int)Status} {body}";
    }
}

/// <summary>The fields of an answer; each may be missing.</summary>
/// <param name="Boot">The boot that it speaks of.</param>
/// <param name="Acknowledged">Every sequence of the boot up to this one is stored.</param>
/// <param name="Expected">409: the sequence that must come next.</param>
/// <param name="Hlc">The control plane's clock.</param>
/// <param name="Received">When the control plane began to read the request, by its clock.</param>
/// <param name="Answered">When it answered, by its clock.</param>
/// <param name="Commands">What operators ask for, until it is acknowledged.</param>
internal sealed record UplinkReceipt(
    string? Boot, long? Acknowledged, long? Expected, HybridTimestamp? Hlc, IReadOnlyList<OperatorCommand> Commands, DateTimeOffset? Received = null,
    DateTimeOffset? Answered = null)
{
    /// <summary>Commands of one answer that are looked at.</summary>
    private const int CommandLimit = 256;

    internal static UplinkReceipt? Read(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object
                ? null
                : new UplinkReceipt(
                    Text(root, "boot"), Number(root, "acknowledged"), Number(root, "expected"), Text(root, "hlc") is { } clock ? HybridTimestamp.Parse(clock) : null,
                    CommandsOf(root), Moment(root, "received"), Moment(root, "answered"));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    private static IReadOnlyList<OperatorCommand> CommandsOf(JsonElement root) =>
        root.TryGetProperty("commands", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Take(CommandLimit).Select(OperatorCommand.Read).OfType<OperatorCommand>()]
            : [];

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Moment(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out DateTimeOffset moment) ? moment : null;

    private static long? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;
}
