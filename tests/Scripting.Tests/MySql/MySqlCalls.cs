using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.MySql;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>Calls as a hook makes them.</summary>
internal static class MySqlCalls
{
    internal static HostCall Run(long run, TimeSpan? remaining = null) =>
        new("notify_master VI_1", "/etc/keepalived-es/hook.js", run, remaining ?? TimeSpan.FromSeconds(60));

    internal static Task<JsonObject> CallAsync(this MySqlHost host, string function, HostCall from, string json, CancellationToken cancel = default) =>
        host.Functions.Single(offered => offered.Name == function).CallAsync(JsonNode.Parse(json)!.AsArray(), from, cancel);

    /// <summary>Runs a statement on the target <c>local</c>.</summary>
    internal static Task<JsonObject> QueryAsync(this MySqlHost host, string sql, params JsonNode?[] parameters) =>
        host.Functions.Single(offered => offered.Name == "mysql.query")
            .CallAsync(new JsonArray("local", sql, new JsonArray(parameters)), Run(1), CancellationToken.None);

    /// <summary>Without <c>ms</c>, for comparing.</summary>
    internal static string WithoutTime(this JsonObject answer)
    {
        Assert.True(answer.Remove("ms"), answer.ToJsonString());
        return answer.ToJsonString();
    }
}
