using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql.Interop;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>A prepared statement with bound parameters, run once.</summary>
internal static unsafe class MySqlStatement
{
    internal static JsonObject Execute(MySqlConnection connection, byte[] sql, IReadOnlyList<JsonNode?> parameters)
    {
        nint statement = LibMariaDb.mysql_stmt_init(connection.Handle);
        try
        {
            fixed (byte* text = sql)
            {
                Demand(statement, LibMariaDb.mysql_stmt_prepare(statement, text, (nuint)sql.Length) == 0);
            }

            using MySqlParameters bound = Bind(statement, parameters);
            Demand(statement, LibMariaDb.mysql_stmt_execute(statement) == 0);
            JsonObject answer = Read(connection, statement);
            SkipFurtherResults(connection, statement);
            return answer;
        }
        finally
        {
            _ = LibMariaDb.mysql_stmt_close(statement);
        }
    }

    private static MySqlParameters Bind(nint statement, IReadOnlyList<JsonNode?> parameters)
    {
        nuint wanted = LibMariaDb.mysql_stmt_param_count(statement);
        if (wanted != (nuint)parameters.Count)
        {
            throw new MySqlException(0, "", $"the statement has {wanted} parameters, {parameters.Count} were given");
        }

        var bound = new MySqlParameters(parameters);
        if (parameters.Count > 0 && LibMariaDb.mysql_stmt_bind_param(statement, bound.Binds) != 0)
        {
            bound.Dispose();
            throw MySqlException.OfStatement(statement);
        }

        return bound;
    }

    private static JsonObject Read(MySqlConnection connection, nint statement)
    {
        nint description = LibMariaDb.mysql_stmt_result_metadata(statement);
        if (description == 0)
        {
            return MySqlAnswer.Change(
                LibMariaDb.mysql_stmt_affected_rows(statement),
                LibMariaDb.mysql_stmt_insert_id(statement),
                LibMariaDb.mysql_warning_count(connection.Handle));
        }

        try
        {
            int count = (int)LibMariaDb.mysql_num_fields(description);
            Field* fields = LibMariaDb.mysql_fetch_fields(description);
            MySqlRows rows = connection.NewRows(fields, count);
            using var columns = new MySqlColumns(fields, count);
            Demand(statement, LibMariaDb.mysql_stmt_bind_result(statement, columns.Binds) == 0);
            Fetch(connection, statement, columns, rows);
            return MySqlAnswer.Rows(rows, LibMariaDb.mysql_warning_count(connection.Handle));
        }
        finally
        {
            LibMariaDb.mysql_free_result(description);
        }
    }

    private static void Fetch(MySqlConnection connection, nint statement, MySqlColumns columns, MySqlRows rows)
    {
        while (true)
        {
            int fetched = LibMariaDb.mysql_stmt_fetch(statement);
            if (fetched == LibMariaDb.MYSQL_NO_DATA)
            {
                return;
            }

            if (fetched is not 0 and not LibMariaDb.MYSQL_DATA_TRUNCATED)
            {
                throw MySqlException.OfFetch(statement, connection.Handle, connection.LargestRow);
            }

            connection.CheckTime();
            if (!columns.ReadInto(rows, statement))
            {
                connection.Abandon();
                return;
            }
        }
    }

    /// <summary>CALL answers with several; the first is the answer.</summary>
    private static void SkipFurtherResults(MySqlConnection connection, nint statement)
    {
        while (connection.IsUsable && LibMariaDb.mysql_stmt_next_result(statement) == 0)
        {
            _ = LibMariaDb.mysql_stmt_free_result(statement);
        }
    }

    internal static void Demand(nint statement, bool isWell)
    {
        if (!isWell)
        {
            throw MySqlException.OfStatement(statement);
        }
    }
}
