using System.Globalization;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>
/// <c>mysql.waitGtid(target, gtidSet, timeoutMs)</c>: waits until the server has applied the set. Answers <c>{ok, reached, ms}</c>;
/// <c>reached</c> is false when the time was over first.
/// </summary>
internal sealed class MySqlWaitGtidFunction(MySqlHost host) : IHostFunction
{
    /// <summary>The server ends the wait by itself; we allow this much more.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    public string Name => "mysql.waitGtid";

    public async Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(from);
        try
        {
            string target = MySqlArguments.Text(arguments, 0, "target");
            if (host.UnknownTarget(target) is { } unknown)
            {
                return MySqlAnswer.Failure(unknown);
            }

            string set = MySqlArguments.Text(arguments, 1, "gtidSet");
            TimeSpan limit = MySqlArguments.Milliseconds(MySqlArguments.At(arguments, 2), "timeoutMs");
            var request = new MySqlRequest(connection => Wait(connection, set, limit), limit + Slack);
            return await host.RunAsync(target, request, from, cancel).ConfigureAwait(false);
        }
        catch (MySqlException e)
        {
            return e.ToAnswer();
        }
        catch (InvalidOperationException)                        // what System.Text.Json says of half a surrogate pair
        {
            return MySqlAnswer.Failure("an argument is not valid Unicode");
        }
    }

    private static JsonObject Wait(MySqlConnection connection, string set, TimeSpan limit)
    {
        string function = connection.IsMariaDb ? "MASTER_GTID_WAIT" : "WAIT_FOR_EXECUTED_GTID_SET";
        string seconds = limit.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        JsonObject answer = connection.Execute($"SELECT {function}(?, {seconds}) AS waited", [JsonValue.Create(set)]);
        return answer["rows"]?[0]?["waited"] is JsonValue waited && waited.TryGetValue(out long result)
            ? new JsonObject { ["ok"] = true, ["reached"] = result == 0 }
            : MySqlAnswer.Failure($"{function} answered nothing for '{set}'");
    }
}
