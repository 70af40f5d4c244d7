using System.Globalization;

namespace Keepalived.Es.ControlPlane.Embedded;

/// <summary>The files of a PostgreSQL of our own, below the data directory of kes.</summary>
/// <param name="Root">Data directory of kes.</param>
internal sealed record PostgresDirectory(string Root)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int LogLines = 5;

    /// <summary>PGDATA.</summary>
    internal string Data => Path.Combine(Root, "postgres");

    /// <summary>Where the unix socket is: PGDATA itself, which only its owner and root may enter.</summary>
    internal string Socket => Data;

    /// <summary>The version that wrote it; null when there is none yet.</summary>
    internal int? Major =>
        File.Exists(Path.Combine(Data, "PG_VERSION"))
            ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")).Trim().Split('.')[0], CultureInfo.InvariantCulture)
            : null;

    /// <exception cref="EmbeddedException">The directory cannot be made, or its path is too long for a socket.</exception>
    internal static PostgresDirectory Open(string root, int socketPathLimit)
    {
        PostgresDirectory directory = new(Path.GetFullPath(root));
        int length = Path.Combine(directory.Socket, ".s.PGSQL.5432").Length;
        if (length > socketPathLimit)
        {
            throw new EmbeddedException(
                $"the data directory '{directory.Root}' makes the path of a unix socket {length} bytes long, allowed are {socketPathLimit}: choose a shorter --data");
        }

        try
        {
            Directory.CreateDirectory(directory.Root);
            return directory;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedException($"the data directory '{directory.Root}' cannot be made: {refused.Message}; choose another with --data");
        }
    }

    /// <summary>Keeps a second kes off this directory for as long as the file is open, however this process ends.</summary>
    internal FileStream Lock()
    {
        try
        {
            return new FileStream(Path.Combine(Root, "kes.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedException($"the data directory '{Root}' is in use by another kes, or not ours to write: {taken.Message}");
        }
    }

    internal void Prepare(PostgresAccount account)
    {
        Directory.CreateDirectory(Data, Private);
        account.TakeOver(Data);
    }

    /// <summary>Settings and access rules, written at every start so that an upgrade of kes takes effect.</summary>
    internal void WriteSettings(PostgresAccount account)
    {
        File.WriteAllText(Path.Combine(Data, "postgresql.auto.conf"), $"""
            # Written by kes at every start.
            listen_addresses = ''
            unix_socket_directories = '{Socket.Replace("'", "''", StringComparison.Ordinal)}'
            unix_socket_permissions = 0700
            timezone = 'UTC'
            logging_collector = on
            log_directory = 'log'
            log_filename = 'postgresql-%a.log'
            log_truncate_on_rotation = on
            log_rotation_age = 1d
            log_checkpoints = off

            """);
        File.WriteAllText(Path.Combine(Data, "pg_hba.conf"), "local all kes peer map=kes\n");
        string[] users = [.. new[] { account.User, Environment.UserName, "root" }.Distinct()];
        File.WriteAllText(Path.Combine(Data, "pg_ident.conf"), string.Concat(users.Select(user => $"kes {user} kes\n")));
    }

    /// <summary>Why it did not start, from its own log; null when it left none.</summary>
    internal string? LastLogLines()
    {
        string log = Path.Combine(Data, "log");
        string? newest = Directory.Exists(log)
            ? Directory.EnumerateFiles(log).OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault()
            : null;
        newest ??= File.Exists(Path.Combine(Data, "start.log")) ? Path.Combine(Data, "start.log") : null;
        return newest is null ? null : string.Join(" | ", File.ReadLines(newest).TakeLast(LogLines));
    }
}
