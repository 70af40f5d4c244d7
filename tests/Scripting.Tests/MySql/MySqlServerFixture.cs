using Keepalived.Es.Scripting.MySql;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>One server for the tests of a class, with an account that has a password, and with TLS by a certificate of its own.</summary>
public sealed class MySqlServerFixture : IAsyncLifetime
{
    internal const string Password = "s3cret ünd 'quoted'";

    private MariaDbServer? _server;

    internal MariaDbServer Server => _server!;

    internal string PasswordFile => Path.Combine(Server.Folder, "password");

    internal string Certificates { get; } = Directory.CreateTempSubdirectory("keepalived-es-certificates-").FullName;

    /// <summary>Over TCP, as the account <c>hook</c>.</summary>
    internal MySqlTarget Tcp => new("local") { Port = Server.Port, User = "hook", PasswordFile = PasswordFile, Database = "shop" };

    public async ValueTask InitializeAsync()
    {
        if (LabRequirements.Missing("mariadbd mariadb openssl") is not null && !LabRequirements.IsMandatory)
        {
            return;                                              // the tests are skipped, and say why
        }

        MakeCertificates();
        _server = await MariaDbServer.StartAsync(
            $"--ssl-ca={Certificates}/ca.pem", $"--ssl-cert={Certificates}/server.pem", $"--ssl-key={Certificates}/server.key",
            "--max-allowed-packet=64M");
        await File.WriteAllTextAsync(PasswordFile, Password + "\n");
        Server.Sql($"""
            CREATE DATABASE shop CHARACTER SET utf8mb4;
            CREATE USER hook@'127.0.0.1' IDENTIFIED BY '{Password.Replace("'", "''", StringComparison.Ordinal)}';
            GRANT ALL ON *.* TO hook@'127.0.0.1' WITH GRANT OPTION;
            """);
    }

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        Directory.Delete(Certificates, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void MakeCertificates()
    {
        string In(string name) => Path.Combine(Certificates, name);
        string[] newKey = ["req", "-newkey", "rsa:2048", "-nodes", "-subj"];
        MariaDbServer.Run("openssl", [.. newKey, "/CN=test ca", "-x509", "-days", "30", "-keyout", In("ca.key"), "-out", In("ca.pem")]);
        MariaDbServer.Run("openssl", [.. newKey, "/CN=db.test", "-keyout", In("server.key"), "-out", In("server.csr")]);
        File.WriteAllText(In("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
        MariaDbServer.Run(
            "openssl", "x509", "-req", "-days", "30", "-in", In("server.csr"), "-CA", In("ca.pem"), "-CAkey", In("ca.key"), "-CAcreateserial",
            "-extfile", In("names"), "-out", In("server.pem"));
        MariaDbServer.Run("chmod", "-R", "a+rX", Certificates);
    }
}
