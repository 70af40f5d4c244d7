namespace Keepalived.Es.Scripting.MySql;

/// <summary>How a connection to a MySQL or MariaDB server is protected.</summary>
public enum MySqlTls
{
    /// <summary>Not at all: for a Unix socket or loopback.</summary>
    Off,

    /// <summary>Encrypted, or there is no connection. Whose certificate it is, is not looked at: this does not stop an impostor.</summary>
    Required,

    /// <summary>Encrypted, and the certificate is signed by <see cref="MySqlTarget.CaFile"/> and names <see cref="MySqlTarget.Host"/>.</summary>
    Verify,
}
