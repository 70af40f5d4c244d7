namespace Keepalived.Es.Scripting.Shell;

/// <summary>
/// One program to run, with its limits. What is made of it (arguments, environment, account) is kept with the object: keep the object of a
/// script that runs again and again, and do not change its lists.
/// </summary>
/// <param name="Command">Program and arguments; at least one. No shell reads them. A name without <c>/</c> is looked up in PATH.</param>
public sealed record ShellRequest(IReadOnlyList<string> Command)
{
    /// <summary>The largest <see cref="OutputLimit"/>.</summary>
    public const int MaximumOutputLimit = 1024 * 1024;

    /// <summary>The default of <see cref="OutputLimit"/>.</summary>
    public const int DefaultOutputLimit = 4096;

    /// <summary>User to run as, name or number; null: the daemon's own. Another needs <c>chroot</c> (coreutils) and CAP_SYS_CHROOT.</summary>
    public string? User { get; init; }

    /// <summary>Group to run as, name or number; null: the user's first. Supplementary groups are dropped with the user.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// SIGTERM to the process group after this time, above 0; SIGKILL 2 s later and every 10 s until the program has ended. Null: no limit.
    /// </summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Between SIGTERM and SIGKILL when the run is cancelled; zero: SIGKILL at once.</summary>
    public TimeSpan TerminateFirst { get; init; }

    /// <summary>An absolute path.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Characters kept of the end of what it prints, up to <see cref="MaximumOutputLimit"/>; 0: the output goes to <c>/dev/null</c>.</summary>
    public int OutputLimit { get; init; } = DefaultOutputLimit;

    /// <summary>Of the output the beginning is kept and not the end.</summary>
    public bool KeepsBeginning { get; init; }

    /// <summary>All variables it sees; null: the daemon's, as they were when its first program started.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <exception cref="ArgumentException">A value is outside of what is allowed.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfZero(Command.Count, nameof(Command));
        ArgumentOutOfRangeException.ThrowIfNegative(OutputLimit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OutputLimit, MaximumOutputLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(TerminateFirst, TimeSpan.Zero);
        if (TimeLimit is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(TimeLimit));
        }

        if (!WorkingDirectory.StartsWith('/'))
        {
            throw new ArgumentException($"the working directory '{WorkingDirectory}' is not an absolute path", nameof(WorkingDirectory));
        }
    }
}
