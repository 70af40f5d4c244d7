using System.Text.Json;
using System.Text.Json.Nodes;
using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.ControlPlane.Hooks;

/// <summary>Answers that stand ready for the calls of a hook, in their order; nothing happens to anybody.</summary>
internal sealed class CannedFunctions
{
    private readonly List<(string Function, JsonObject Answer)> _ready;
    private readonly Lock _gate = new();

    private CannedFunctions(List<(string Function, JsonObject Answer)> ready, IEnumerable<string> names)
    {
        _ready = ready;
        Functions = [.. names.Select(name => new Canned(name, this))];
    }

    /// <summary>To be offered to the hook.</summary>
    internal IReadOnlyList<IHostFunction> Functions { get; }

    /// <param name="ready">Answers with the function that each is for.</param>
    /// <param name="names">Functions that exist.</param>
    internal static CannedFunctions Of(IEnumerable<(string Function, JsonObject Answer)> ready, IEnumerable<string> names) => new([.. ready], names);

    /// <summary>Reads <c>[{"call": "mysql.query", "answer": {"ok": true, …}}, …]</c>.</summary>
    /// <exception cref="CliException">Not readable, or not of this form.</exception>
    internal static List<(string Function, JsonObject Answer)> Read(string file)
    {
        try
        {
            return [.. JsonNode.Parse(File.ReadAllText(file))!.AsArray().Select(reply =>
                (reply!["call"]!.GetValue<string>(), reply["answer"]!.DeepClone().AsObject()))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"replies '{file}': {e.Message}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new CliException($"replies '{file}': an array such as [{{\"call\": \"mysql.query\", \"answer\": {{\"ok\": true, \"rows\": []}}}}] is expected: {e.Message}");
        }
    }

    private JsonObject Take(string function)
    {
        lock (_gate)
        {
            int at = _ready.FindIndex(reply => reply.Function == function);
            if (at < 0)
            {
                return new JsonObject { ["ok"] = true, ["dryRun"] = true };
            }

            JsonObject answer = _ready[at].Answer;
            _ready.RemoveAt(at);
            return answer;
        }
    }

    private sealed class Canned(string name, CannedFunctions source) : IHostFunction
    {
        public string Name => name;

        public Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel) => Task.FromResult(source.Take(name));
    }
}
