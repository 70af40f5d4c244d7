using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql.Interop;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>A statement that the server cannot prepare, sent as text.</summary>
internal static unsafe class MySqlText
{
    internal static JsonObject Execute(MySqlConnection connection, byte[] sql)
    {
        nint mysql = connection.Handle;
        fixed (byte* text = sql)
        {
            Demand(mysql, LibMariaDb.mysql_real_query(mysql, text, (nuint)sql.Length) == 0);
        }

        nint result = LibMariaDb.mysql_use_result(mysql);
        if (result == 0)
        {
            Demand(mysql, LibMariaDb.mysql_field_count(mysql) == 0);
            JsonObject change = MySqlAnswer.Change(
                LibMariaDb.mysql_affected_rows(mysql), LibMariaDb.mysql_insert_id(mysql), LibMariaDb.mysql_warning_count(mysql));
            SkipFurtherResults(connection);
            return change;
        }

        try
        {
            MySqlRows rows = Read(connection, result);
            JsonObject answer = MySqlAnswer.Rows(rows, LibMariaDb.mysql_warning_count(mysql));
            return answer;
        }
        finally
        {
            LibMariaDb.mysql_free_result(result);                // reads what is left, unless the connection was abandoned
            SkipFurtherResults(connection);
        }
    }

    private static MySqlRows Read(MySqlConnection connection, nint result)
    {
        int count = (int)LibMariaDb.mysql_num_fields(result);
        Field* fields = LibMariaDb.mysql_fetch_fields(result);
        MySqlRows rows = connection.NewRows(fields, count);
        byte** row;
        while ((row = LibMariaDb.mysql_fetch_row(result)) is not null)
        {
            connection.CheckTime();
            if (!ReadRow(rows, fields, row, LibMariaDb.mysql_fetch_lengths(result), count))
            {
                connection.Abandon();
                return rows;
            }
        }

        Demand(connection.Handle, LibMariaDb.mysql_errno(connection.Handle) == 0);
        return rows;
    }

    private static bool ReadRow(MySqlRows rows, Field* fields, byte** row, nuint* lengths, int count)
    {
        if (!rows.Begin())
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (row[i] is not null && !rows.Take((long)lengths[i]))
            {
                return false;
            }

            rows.Set(i, row[i] is null ? null : MySqlValue.From(fields[i], new ReadOnlySpan<byte>(row[i], (int)lengths[i])));
        }

        rows.End();
        return true;
    }

    private static void SkipFurtherResults(MySqlConnection connection)
    {
        while (connection.IsUsable && LibMariaDb.mysql_next_result(connection.Handle) == 0)
        {
            if (LibMariaDb.mysql_use_result(connection.Handle) is var result and not 0)
            {
                LibMariaDb.mysql_free_result(result);
            }
        }
    }

    private static void Demand(nint mysql, bool isWell)
    {
        if (!isWell)
        {
            throw MySqlException.OfConnection(mysql);
        }
    }
}
