using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql.Interop;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>What the server or the library refused; stays inside this folder and becomes an answer.</summary>
/// <param name="number">The server's error number, 2000 to 2999 from the library, 0: ours.</param>
/// <param name="sqlState">Five characters, or empty.</param>
internal sealed class MySqlException(int number, string sqlState, string message) : Exception(message)
{
    internal int Number => number;

    /// <summary>The connection is of no more use.</summary>
    internal bool IsOfClient => number is >= LibMariaDb.CR_MIN_ERROR and <= LibMariaDb.CR_MAX_ERROR;

    internal static unsafe MySqlException OfConnection(nint mysql) => new(
        (int)LibMariaDb.mysql_errno(mysql), Text(LibMariaDb.mysql_sqlstate(mysql)), Text(LibMariaDb.mysql_error(mysql)));

    internal static unsafe MySqlException OfStatement(nint statement) => new(
        (int)LibMariaDb.mysql_stmt_errno(statement), Text(LibMariaDb.mysql_stmt_sqlstate(statement)), Text(LibMariaDb.mysql_stmt_error(statement)));

    /// <summary>A fetch that failed. For a row above its limit the library closes the connection, and says only there that it is lost.</summary>
    internal static MySqlException OfFetch(nint statement, nint mysql, long largestRow)
    {
        MySqlException reason = OfStatement(statement);
        string lost = $"{OfConnection(mysql).Message}: the server ended it, or a row has more than {largestRow} bytes";
        return reason.Number != 0 ? reason : new MySqlException(LibMariaDb.CR_SERVER_LOST, "HY000", lost);
    }

    internal JsonObject ToAnswer()
    {
        JsonObject answer = MySqlAnswer.Failure(Message);
        if (number != 0)
        {
            (answer["errno"], answer["sqlState"]) = (number, sqlState);
        }

        return answer;
    }

    private static unsafe string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
