using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>
/// Answers as MySQL 8.4 does to the statements of the shipped hooks (MySQL 8.4 Reference Manual, 15.4 and 7.1.8), with its rules about super_read_only; every
/// other statement, such as the words with SLAVE and MASTER that 8.4 has no more, is a syntax error. No Debian package has the server itself.
/// </summary>
internal sealed class MySql84Imitation
{
    private const int SyntaxError = 1064;
    private const int NoSuchTable = 1146;
    private const int ReadOnlyServer = 1290;

    private bool _hasHeartbeat;

    internal bool ReadOnly { get; private set; } = true;

    internal bool SuperReadOnly { get; private set; } = true;

    internal bool IsReplica { get; set; } = true;

    /// <summary>Whether what was received has been executed.</summary>
    internal bool IsApplied { get; set; } = true;

    internal List<int> Sessions { get; } = [];

    /// <summary>Everything that was executed, in order.</summary>
    internal List<string> Executed { get; } = [];

    internal List<(string Type, string Data)> Events { get; } = [];

    internal IReadOnlyList<IHostFunction> Functions =>
    [
        new Answering("mysql.query", arguments => Query((string)arguments[1]!)),
        new Answering("mysql.exec", arguments => Execute((string)arguments[1]!)),
        new Answering("mysql.waitGtid", _ => new JsonObject { ["ok"] = true, ["reached"] = IsApplied, ["ms"] = 1 }),
        new Answering("events.append", arguments =>
        {
            Events.Add(((string)arguments[0]!, arguments[1]!.ToJsonString()));
            return new JsonObject { ["ok"] = true };
        }),
        new Answering("hook.isCurrent", _ => new JsonObject { ["ok"] = true, ["current"] = true }),
        new Answering("sleep", _ => new JsonObject { ["ok"] = true }),
    ];

    private JsonObject Query(string sql) => sql switch
    {
        "SELECT VERSION() AS version" => Rows(new JsonObject { ["version"] = "8.4.6" }),
        "SELECT @@GLOBAL.read_only AS r, @@GLOBAL.super_read_only AS s" => Rows(new JsonObject { ["r"] = ReadOnly ? 1 : 0, ["s"] = SuperReadOnly ? 1 : 0 }),
        "SELECT @@GLOBAL.gtid_executed AS p" => Rows(new JsonObject { ["p"] = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5,\n4a22bc58-71ca-11e1-9e33-c80aa9429562:1-9" }),
        "SHOW REPLICA STATUS" => IsReplica
            ? Rows(new JsonObject
            {
                ["Source_Host"] = "10.51.0.1",
                ["Source_Port"] = 3306,
                ["Replica_IO_Running"] = "Yes",
                ["Replica_SQL_Running"] = "Yes",
                ["Relay_Source_Log_File"] = "binlog.000002",
                ["Exec_Source_Log_Pos"] = 157,
                ["Retrieved_Gtid_Set"] = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5",
                ["Last_SQL_Errno"] = 0,
                ["Last_SQL_Error"] = "",
            })
            : Rows(),
        _ when sql.StartsWith("SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ", StringComparison.Ordinal) =>
            Rows([.. Sessions.Select(id => new JsonObject { ["id"] = id })]),
        _ => Refused(SyntaxError, "You have an error in your SQL syntax"),
    };

    private JsonObject Execute(string sql)
    {
        Executed.Add(sql);
        switch (sql)
        {
            case "SET GLOBAL super_read_only = ON":
                (ReadOnly, SuperReadOnly) = (true, true);
                break;
            case "SET GLOBAL super_read_only = OFF":
                SuperReadOnly = false;
                break;
            case "SET GLOBAL read_only = ON":
                ReadOnly = true;
                break;
            case "SET GLOBAL read_only = OFF":
                (ReadOnly, SuperReadOnly) = (false, false);
                break;
            case "RESET REPLICA ALL":
                IsReplica = false;
                break;
            case "STOP REPLICA IO_THREAD" or "STOP REPLICA" or "START REPLICA SQL_THREAD" or "SET SESSION lock_wait_timeout = 1":
                break;
            case var _ when sql.StartsWith("KILL ", StringComparison.Ordinal):
                Sessions.Remove(int.Parse(sql[5..], System.Globalization.CultureInfo.InvariantCulture));
                break;
            case var _ when sql.StartsWith("REPLACE INTO ", StringComparison.Ordinal):
                return SuperReadOnly ? Refused(ReadOnlyServer, "The MySQL server is running with the --super-read-only option so it cannot execute this statement")
                    : _hasHeartbeat ? Done() : Refused(NoSuchTable, "Table 'keepalived_es.heartbeat' doesn't exist");
            case var _ when sql.StartsWith("CREATE DATABASE IF NOT EXISTS ", StringComparison.Ordinal):
                break;
            case var _ when sql.StartsWith("CREATE TABLE IF NOT EXISTS ", StringComparison.Ordinal):
                _hasHeartbeat = true;
                break;
            default:
                return Refused(SyntaxError, "You have an error in your SQL syntax");
        }

        return Done();
    }

    private static JsonObject Done() => new() { ["ok"] = true, ["affected"] = 0, ["ms"] = 1 };

    private static JsonObject Rows(params JsonObject[] rows) => new() { ["ok"] = true, ["rows"] = new JsonArray(rows), ["ms"] = 1 };

    private static JsonObject Refused(int number, string error) => new() { ["ok"] = false, ["errno"] = number, ["error"] = error, ["ms"] = 1 };

    private sealed class Answering(string name, Func<JsonArray, JsonObject> answer) : IHostFunction
    {
        public string Name => name;

        public Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel) => Task.FromResult(answer(arguments));
    }
}
