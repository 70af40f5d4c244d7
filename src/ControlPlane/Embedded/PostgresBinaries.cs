using System.Globalization;

namespace Keepalived.Es.ControlPlane.Embedded;

/// <summary>A directory with PostgreSQL's server programs.</summary>
/// <param name="Major">Its major version.</param>
public sealed record PostgresBinaries(string Directory, int Major)
{
    private const string Missing =
        "PostgreSQL's server programs (initdb, pg_ctl, postgres) are not installed: install the Debian package 'postgresql' " +
        "(its own cluster is not needed), or give kes a database with --db";

    public string InitDb => Path.Combine(Directory, "initdb");

    public string PgCtl => Path.Combine(Directory, "pg_ctl");

    /// <summary>Looks in <c>/usr/lib/postgresql/*/bin</c>, then in PATH.</summary>
    /// <param name="wantedMajor">The version that wrote the data directory; null for a new one, which gets the newest.</param>
    /// <exception cref="EmbeddedException">None, or none of that version.</exception>
    public static PostgresBinaries Find(int? wantedMajor, string debianRoot = "/usr/lib/postgresql", string? path = null)
    {
        List<PostgresBinaries> found = [.. Debian(debianRoot), .. InPath(path ?? Environment.GetEnvironmentVariable("PATH") ?? "")];
        if (found.Count == 0)
        {
            throw new EmbeddedException(Missing);
        }

        return wantedMajor is null
            ? found.MaxBy(candidate => candidate.Major)!
            : found.Find(candidate => candidate.Major == wantedMajor) ?? throw new EmbeddedException(
                $"the data directory was written by PostgreSQL {wantedMajor}, installed is {string.Join(", ", found.Select(f => f.Major).Distinct())}: " +
                $"install the Debian package 'postgresql-{wantedMajor}', or upgrade the data with pg_upgrade");
    }

    private static IEnumerable<PostgresBinaries> Debian(string root) =>
        System.IO.Directory.Exists(root)
            ? System.IO.Directory.EnumerateDirectories(root)
                .Where(version => int.TryParse(Path.GetFileName(version), out _))
                .Select(version => new PostgresBinaries(Path.Combine(version, "bin"),
                    int.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture)))
                .Where(candidate => candidate.IsComplete)
            : [];

    private static IEnumerable<PostgresBinaries> InPath(string path)
    {
        foreach (string directory in path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            PostgresBinaries candidate = new(directory, 0);
            if (candidate.IsComplete && candidate.AskedMajor() is { } major)
            {
                yield return candidate with { Major = major };
            }
        }
    }

    private bool IsComplete => File.Exists(InitDb) && File.Exists(PgCtl) && File.Exists(Path.Combine(Directory, "postgres"));

    /// <summary>"postgres (PostgreSQL) 15.18 (Debian …)"</summary>
    private int? AskedMajor()
    {
        CommandResult asked = Command.Run([Path.Combine(Directory, "postgres"), "--version"], TimeSpan.FromSeconds(10));
        string version = asked.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2) ?? "";
        return int.TryParse(version.Split('.')[0], out int major) ? major : null;
    }
}
