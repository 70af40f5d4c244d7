using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.MySql.Interop;

/// <summary>MariaDB's client library under its own names: mysql.h, mariadb_com.h, mariadb_stmt.h. Loaded by the first call.</summary>
internal static unsafe partial class LibMariaDb
{
    private const string Library = "libmariadb.so.3";

    internal const int MYSQL_SET_CHARSET_NAME = 7;
    internal const int MYSQL_OPT_LOCAL_INFILE = 8;
    internal const int MYSQL_OPT_PROTOCOL = 9;
    internal const int MYSQL_OPT_SSL_VERIFY_SERVER_CERT = 21;
    internal const int MYSQL_OPT_SSL_KEY = 25;
    internal const int MYSQL_OPT_SSL_CERT = 26;
    internal const int MYSQL_OPT_SSL_CA = 27;
    internal const int MYSQL_OPT_SSL_ENFORCE = 38;
    internal const int MYSQL_OPT_MAX_ALLOWED_PACKET = 39;
    internal const int MARIADB_OPT_IO_WAIT = 7024;
    internal const int MARIADB_OPT_RESTRICTED_AUTH = 7026;

    internal const uint MYSQL_PROTOCOL_TCP = 1;
    internal const uint MYSQL_PROTOCOL_SOCKET = 2;

    internal const int MYSQL_NO_DATA = 100;
    internal const int MYSQL_DATA_TRUNCATED = 101;

    internal const int CR_MIN_ERROR = 2000;
    internal const int CR_SERVER_LOST = 2013;
    internal const int CR_SSL_CONNECTION_ERROR = 2026;
    internal const int CR_MAX_ERROR = 2999;
    internal const int ER_UNSUPPORTED_PS = 1295;

    internal const uint UNSIGNED_FLAG = 32;
    internal const uint BinaryCharacterSet = 63;

    [LibraryImport(Library)]
    internal static partial int mysql_server_init(int argc, byte** argv, byte** groups);

    [LibraryImport(Library)]
    internal static partial nint mysql_init(nint mysql);

    [LibraryImport(Library)]
    internal static partial void mysql_close(nint mysql);

    [LibraryImport(Library)]
    internal static partial int mysql_options(nint mysql, int option, void* argument);

    [LibraryImport(Library, EntryPoint = "mysql_options", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mysql_options_text(nint mysql, int option, string? argument);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint mysql_real_connect(
        nint mysql, string? host, string user, byte* password, string? database, uint port, string? socket, nuint clientFlags);

    [LibraryImport(Library)]
    internal static partial uint mysql_errno(nint mysql);

    [LibraryImport(Library)]
    internal static partial byte* mysql_error(nint mysql);

    [LibraryImport(Library)]
    internal static partial byte* mysql_sqlstate(nint mysql);

    [LibraryImport(Library)]
    internal static partial int mysql_get_socket(nint mysql);

    /// <summary>Null: the connection is not encrypted.</summary>
    [LibraryImport(Library)]
    internal static partial byte* mysql_get_ssl_cipher(nint mysql);

    [LibraryImport(Library)]
    internal static partial byte* mysql_get_server_info(nint mysql);

    [LibraryImport(Library)]
    internal static partial uint mysql_warning_count(nint mysql);

    [LibraryImport(Library)]
    internal static partial ulong mysql_affected_rows(nint mysql);

    [LibraryImport(Library)]
    internal static partial ulong mysql_insert_id(nint mysql);

    [LibraryImport(Library)]
    internal static partial int mysql_real_query(nint mysql, byte* sql, nuint length);

    [LibraryImport(Library)]
    internal static partial uint mysql_field_count(nint mysql);

    [LibraryImport(Library)]
    internal static partial nint mysql_use_result(nint mysql);

    [LibraryImport(Library)]
    internal static partial uint mysql_num_fields(nint result);

    [LibraryImport(Library)]
    internal static partial Field* mysql_fetch_fields(nint result);

    [LibraryImport(Library)]
    internal static partial byte** mysql_fetch_row(nint result);

    [LibraryImport(Library)]
    internal static partial nuint* mysql_fetch_lengths(nint result);

    [LibraryImport(Library)]
    internal static partial void mysql_free_result(nint result);

    [LibraryImport(Library)]
    internal static partial int mysql_next_result(nint mysql);

    [LibraryImport(Library)]
    internal static partial nint mysql_stmt_init(nint mysql);

    [LibraryImport(Library)]
    internal static partial int mysql_stmt_prepare(nint statement, byte* sql, nuint length);

    [LibraryImport(Library)]
    internal static partial nuint mysql_stmt_param_count(nint statement);

    [LibraryImport(Library)]
    internal static partial byte mysql_stmt_bind_param(nint statement, Bind* parameters);

    [LibraryImport(Library)]
    internal static partial int mysql_stmt_execute(nint statement);

    [LibraryImport(Library)]
    internal static partial nint mysql_stmt_result_metadata(nint statement);

    [LibraryImport(Library)]
    internal static partial byte mysql_stmt_bind_result(nint statement, Bind* columns);

    [LibraryImport(Library)]
    internal static partial int mysql_stmt_fetch(nint statement);

    [LibraryImport(Library)]
    internal static partial int mysql_stmt_fetch_column(nint statement, Bind* column, uint index, nuint offset);

    [LibraryImport(Library)]
    internal static partial int mysql_stmt_next_result(nint statement);

    [LibraryImport(Library)]
    internal static partial byte mysql_stmt_free_result(nint statement);

    [LibraryImport(Library)]
    internal static partial ulong mysql_stmt_affected_rows(nint statement);

    [LibraryImport(Library)]
    internal static partial ulong mysql_stmt_insert_id(nint statement);

    [LibraryImport(Library)]
    internal static partial uint mysql_stmt_errno(nint statement);

    [LibraryImport(Library)]
    internal static partial byte* mysql_stmt_error(nint statement);

    [LibraryImport(Library)]
    internal static partial byte* mysql_stmt_sqlstate(nint statement);

    [LibraryImport(Library)]
    internal static partial byte mysql_stmt_close(nint statement);
}
