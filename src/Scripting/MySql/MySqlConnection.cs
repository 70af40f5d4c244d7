using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql.Interop;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>One connection to a server; all of it happens on the thread that opened it.</summary>
internal sealed unsafe class MySqlConnection : IDisposable
{
    /// <summary>A password that is longer than this is a wrong file.</summary>
    private const int LongestPassword = 4096;

    /// <summary>Never the one that would send the password as it is.</summary>
    private const string AllowedLogins = "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519";

    private static readonly Lock LibraryGate = new();
    private static bool _isLibraryReady;

    private readonly MySqlTarget _target;
    private readonly SocketWait _wait;
    private nint _mysql;

    private MySqlConnection(MySqlTarget target, SocketWait wait) => (_target, _wait) = (target, wait);

    /// <summary>Otherwise it is MySQL.</summary>
    internal bool IsMariaDb { get; private set; }

    /// <summary>False: an answer was cut or the network failed, and the rest of the stream is of no use.</summary>
    internal bool IsUsable { get; private set; }

    /// <param name="wait">With the time that is left for connecting.</param>
    /// <exception cref="MySqlException">It could not be opened; the message says where and why.</exception>
    internal static MySqlConnection Open(MySqlTarget target, SocketWait wait)
    {
        InitializeLibrary();
        var connection = new MySqlConnection(target, wait) { _mysql = LibMariaDb.mysql_init(0) };
        try
        {
            connection.Connect();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs one statement: prepared, or where it cannot be and has no parameters, as text.</summary>
    /// <exception cref="MySqlException">The server refused it, or the time is over.</exception>
    internal JsonObject Execute(string sql, IReadOnlyList<JsonNode?> parameters)
    {
        try
        {
            return ExecuteBytes(Encoding.UTF8.GetBytes(sql), parameters);
        }
        catch (MySqlException e)
        {
            IsUsable &= !e.IsOfClient && !_wait.IsOver;
            throw;
        }
    }

    internal nint Handle => _mysql;

    /// <summary>Bytes; a larger row ends the connection, so that no server fills our memory.</summary>
    internal long LargestRow => Math.Max(_target.MaximumBytes, MySqlRequest.MaximumSqlBytes) * 2L;

    internal MySqlRows NewRows(Field* fields, int count)
    {
        string[] names = new string[count];
        for (int i = 0; i < count; i++)
        {
            names[i] = fields[i].Name;
        }

        return new MySqlRows(names, _target.MaximumRows, _target.MaximumBytes);
    }

    /// <summary>The rest of the stream is not read: nothing more is waited for, and the connection is closed.</summary>
    internal void Abandon()
    {
        IsUsable = false;
        ShutDown();
    }

    /// <summary>To be asked between rows that come without a wait.</summary>
    /// <exception cref="MySqlException">The time is over.</exception>
    internal void CheckTime()
    {
        if (_wait.IsOver)
        {
            throw new MySqlException(0, "", "the time is over");
        }
    }

    public void Dispose()
    {
        if (_wait.IsOver)
        {
            ShutDown();
        }

        LibMariaDb.mysql_close(_mysql);
        _mysql = 0;
    }

    private JsonObject ExecuteBytes(byte[] sql, IReadOnlyList<JsonNode?> parameters)
    {
        try
        {
            return MySqlStatement.Execute(this, sql, parameters);
        }
        catch (MySqlException e) when (e.Number == LibMariaDb.ER_UNSUPPORTED_PS && parameters.Count == 0)
        {
            return MySqlText.Execute(this, sql);
        }
    }

    /// <summary>The library then reads no more than has arrived already, where it would otherwise read a result to its end.</summary>
    private void ShutDown()
    {
        if (LibMariaDb.mysql_get_socket(_mysql) is var socket and >= 0)
        {
            SocketWait.ShutDown(socket);
        }
    }

    private static void InitializeLibrary()
    {
        try
        {
            lock (LibraryGate)                                   // mysql_init would do it, and not safely on two threads
            {
                _isLibraryReady = _isLibraryReady || LibMariaDb.mysql_server_init(0, null, null) == 0;
            }
        }
        catch (DllNotFoundException)
        {
            throw new MySqlException(0, "", "libmariadb.so.3 is not there: install libmariadb3");
        }
    }

    private void Connect()
    {
        SetOptions();
        byte[] password = ReadPassword();
        nint connected;
        fixed (byte* secret = password)
        {
            string? host = _target.Socket is null ? _target.Host : null;
            connected = LibMariaDb.mysql_real_connect(_mysql, host, _target.User, secret, _target.Database, (uint)_target.Port, _target.Socket, 0);
        }

        Array.Clear(password);
        if (connected == 0)
        {
            MySqlException e = MySqlException.OfConnection(_mysql);
            throw NotConnected(e.Number, _wait.ConnectError != 0 ? Marshal.GetPInvokeErrorMessage(_wait.ConnectError) : e.Message);
        }

        if (_target.Tls != MySqlTls.Off && LibMariaDb.mysql_get_ssl_cipher(_mysql) is null)
        {
            throw NotConnected(LibMariaDb.CR_SSL_CONNECTION_ERROR, "TLS is required, and the server does not offer it");
        }

        string server = Marshal.PtrToStringUTF8((nint)LibMariaDb.mysql_get_server_info(_mysql)) ?? "";
        IsMariaDb = server.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        IsUsable = true;
    }

    private MySqlException NotConnected(int number, string reason) => new(
        number, number >= LibMariaDb.CR_MIN_ERROR ? "08001" : "28000", $"cannot connect to {_target.Name} ({_target.Place}): {reason}");

    private void SetOptions()
    {
        SetNumber(LibMariaDb.MYSQL_OPT_PROTOCOL, _target.Socket is null ? LibMariaDb.MYSQL_PROTOCOL_TCP : LibMariaDb.MYSQL_PROTOCOL_SOCKET);
        SetNumber(LibMariaDb.MYSQL_OPT_LOCAL_INFILE, 0);         // a server could ask for any file of ours
        nuint largest = (nuint)LargestRow;
        Set(LibMariaDb.MYSQL_OPT_MAX_ALLOWED_PACKET, &largest);
        SetText(LibMariaDb.MYSQL_SET_CHARSET_NAME, "utf8mb4");
        SetText(LibMariaDb.MARIADB_OPT_RESTRICTED_AUTH, AllowedLogins);
        Set(LibMariaDb.MARIADB_OPT_IO_WAIT, SocketWait.Callback);
        if (_target.Tls == MySqlTls.Off)
        {
            return;
        }

        byte on = 1;
        Set(LibMariaDb.MYSQL_OPT_SSL_ENFORCE, &on);
        byte verify = _target.Tls == MySqlTls.Verify ? (byte)1 : (byte)0;
        Set(LibMariaDb.MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
        SetText(LibMariaDb.MYSQL_OPT_SSL_CA, _target.CaFile);
        SetText(LibMariaDb.MYSQL_OPT_SSL_CERT, _target.CertificateFile);
        SetText(LibMariaDb.MYSQL_OPT_SSL_KEY, _target.KeyFile);
    }

    private void SetNumber(int option, uint value) => Set(option, &value);

    private void SetText(int option, string? value)
    {
        if (value is not null)
        {
            Check(option, LibMariaDb.mysql_options_text(_mysql, option, value));
        }
    }

    private void Set(int option, void* value) => Check(option, LibMariaDb.mysql_options(_mysql, option, value));

    private static void Check(int option, int result)
    {
        if (result != 0)
        {
            throw new MySqlException(0, "", $"libmariadb refuses option {option}: version 3.2 or newer is needed");
        }
    }

    /// <returns>The first line, ended by NUL.</returns>
    private byte[] ReadPassword()
    {
        if (_target.PasswordFile is not { } path)
        {
            return [0];
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] password = new byte[LongestPassword + 1];
            int length = file.ReadAtLeast(password, password.Length, throwOnEndOfStream: false);
            int end = password.AsSpan(0, length).IndexOfAny((byte)'\n', (byte)'\r');
            end = end < 0 ? length : end;
            password.AsSpan(end).Clear();
            return end <= LongestPassword ? password : throw new MySqlException(0, "", $"{path}: the password is longer than {LongestPassword} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MySqlException(0, "", $"cannot read the password of {_target.Name}: {e.Message}");
        }
    }
}
