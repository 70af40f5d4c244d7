using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>What a session does with its connection.</summary>
/// <param name="Work">Runs on the session's thread.</param>
/// <param name="Limit">For the work; connecting has the target's own limit.</param>
internal sealed record MySqlRequest(Func<MySqlConnection, JsonObject> Work, TimeSpan Limit)
{
    /// <summary>Bytes of a statement with its parameters.</summary>
    internal const int MaximumSqlBytes = 1024 * 1024;
}
