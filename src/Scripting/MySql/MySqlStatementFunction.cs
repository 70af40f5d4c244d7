using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>
/// <c>mysql.query(target, sql, params?, {timeoutMs}?)</c> and <c>mysql.exec</c>. Both run one statement and answer alike; <c>exec</c> says
/// that it changes something, so that a dry run does not send it.
/// </summary>
internal sealed class MySqlStatementFunction(string name, MySqlHost host) : IHostFunction
{
    public string Name => name;

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

            string sql = MySqlArguments.Text(arguments, 1, "sql");
            IReadOnlyList<JsonNode?> parameters = MySqlArguments.Parameters(arguments, 2);
            MySqlArguments.CheckSize(sql, parameters);
            TimeSpan limit = MySqlArguments.Timeout(arguments, 3, host.QueryTimeout(target));
            var request = new MySqlRequest(connection => connection.Execute(sql, parameters), limit);
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
}
