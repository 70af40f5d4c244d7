using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.Host;

/// <summary><c>sleep(ms)</c>: waits, at most until the hook's deadline.</summary>
public sealed class SleepFunction(TimeProvider time) : IHostFunction
{
    public string Name => "sleep";

    public async Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(from);
        JsonNode? wanted = arguments.At(0);
        if (wanted.AsNumber() is not { } milliseconds || milliseconds < 0)
        {
            return HostAnswer.Error($"sleep: {HostAnswer.Show(wanted)} is no number of milliseconds, allowed 0 and more");
        }

        await Task.Delay(from.Within(wanted), time, cancel).ConfigureAwait(false);
        return HostAnswer.Ok();
    }
}
