namespace Keepalived.Es.ControlPlane.Embedded;

/// <summary>The operating system's user that PostgreSQL runs as: PostgreSQL refuses to run as root.</summary>
/// <param name="User">Its name.</param>
/// <param name="Prefix">Words before a command that must run as this user; empty when we are that user.</param>
public sealed record PostgresAccount(string User, IReadOnlyList<string> Prefix)
{
    private static readonly string[] Candidates = ["postgres", "kes", "nobody"];

    /// <summary>Ourselves, or as root the first of postgres, kes and nobody that exists.</summary>
    /// <exception cref="EmbeddedException">Root, and none of them or no setpriv.</exception>
    public static PostgresAccount Choose()
    {
        if (Environment.UserName != "root")
        {
            return new PostgresAccount(Environment.UserName, []);
        }

        HashSet<string> users = [.. File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0])];
        string user = Array.Find(Candidates, users.Contains) ?? throw new EmbeddedException(
            $"kes runs as root, PostgreSQL must not, and none of the users {string.Join(", ", Candidates)} exists: create one, run kes as another user, or use --db");
        string setpriv = Array.Find(["/usr/bin/setpriv", "/bin/setpriv"], File.Exists) ?? throw new EmbeddedException(
            "kes runs as root, PostgreSQL must not, and setpriv is missing: install the Debian package 'util-linux', or use --db");
        string group = Command.Run(["id", "-gn", user], TimeSpan.FromSeconds(10)).Output;
        return new PostgresAccount(user, [setpriv, "--reuid", user, "--regid", group, "--init-groups", "--"]);
    }

    /// <summary>The command as it must be started.</summary>
    internal string[] Wrap(params string[] command) => [.. Prefix, .. command];

    /// <summary>Gives a directory of ours to this user, if that is somebody else.</summary>
    internal void TakeOver(string directory)
    {
        if (Prefix.Count > 0 && Command.Run(["chown", $"{User}:", directory], TimeSpan.FromSeconds(10)) is { ExitCode: not 0 } failure)
        {
            throw new EmbeddedException($"'{directory}' cannot be given to user {User}: {failure.Output}");
        }
    }
}
