namespace Keepalived.Es.Scripting.MySql;

/// <summary>A MySQL or MariaDB server that hooks may ask, by its name. Hooks never see an address or a password.</summary>
/// <param name="Name">As hooks write it: <c>local</c>.</param>
public sealed record MySqlTarget(string Name)
{
    /// <summary>Host name or address for TCP; <c>localhost</c> is TCP as well.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>1 to 65535.</summary>
    public int Port { get; init; } = 3306;

    /// <summary>Path of the server's Unix socket; null: TCP to <see cref="Host"/>.</summary>
    public string? Socket { get; init; }

    public required string User { get; init; }

    /// <summary>File with the password on its first line, read at each connect; null: none, as for <c>unix_socket</c> accounts.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Default database; null: none.</summary>
    public string? Database { get; init; }

    public MySqlTls Tls { get; init; }

    /// <summary>PEM file with the certificates that are trusted; null: those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with our own certificate; null: none is shown.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the key of <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>For connecting, with TLS and log-in.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For one statement and its rows, unless the call says otherwise.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rows of one answer; what is more is cut, and the answer says <c>truncated</c>.</summary>
    public int MaximumRows { get; init; } = 1000;

    /// <summary>Bytes of one answer's values and column names, likewise. A single row may not be larger either.</summary>
    public int MaximumBytes { get; init; } = 1024 * 1024;

    /// <summary>Where it is, for messages: <c>127.0.0.1:3306</c> or the socket's path.</summary>
    internal string Place => Socket ?? (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}");
}
