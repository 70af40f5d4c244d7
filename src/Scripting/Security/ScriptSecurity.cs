using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.Security;

/// <summary>
/// <c>enable_script_security</c>: who else than root could change a script that runs as root; and whether another user can execute his. Access
/// control lists are seen only as far as the mode shows them, which for writing it does.
/// </summary>
public static class ScriptSecurity
{
    private const int GroupWrite = 0b010_000;
    private const int OthersWrite = 0b010;
    private const int Read = 4;
    private const int Execute = 1;

    /// <summary>The file of a program: a path made absolute, or a name looked up in PATH. Null if there is none.</summary>
    public static string? Resolve(string program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program.Length > 0 && ProgramPath.Find(program) is { } path && FileFacts.Of(path) is not null ? path : null;
    }

    /// <summary>The path without symbolic links: the one to check and to run. Null if it names nothing.</summary>
    public static string? RealPath(string path) => FileFacts.RealPath(path);

    /// <summary>Whether a program is there at all and can be executed by somebody.</summary>
    public static ProgramPresence Presence(string program) =>
        Resolve(program) is not { } path ? ProgramPresence.Missing
        : FileFacts.Of(path) is { IsProgram: true } ? ProgramPresence.Executable
        : ProgramPresence.NotExecutable;

    /// <summary>
    /// Root: every component of the real path must be root's and writable by nobody else (group 0 may; a directory with the sticky bit may be
    /// written by anybody), and the file executable. Another user: he must be able to execute it.
    /// </summary>
    /// <param name="path">Of the script; a symbolic link stands for what it names.</param>
    /// <param name="user">User id that would run it.</param>
    /// <param name="group">Group id that would run it; null: the user's first.</param>
    /// <returns>The first thing wrong, from the root directory down; null: none.</returns>
    public static ScriptFinding? Check(string path, uint user, uint? group = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (RealPath(path) is not { } real)
        {
            return new ScriptFinding(path, "does not exist", null);
        }

        uint runsAs = group ?? Account.OfUser(user).Group;
        foreach (string component in Components(real))
        {
            if (FileFacts.Of(component, follow: false) is not { } facts)
            {
                return new ScriptFinding(component, "does not exist", null);
            }

            bool isScript = component.Length == real.Length;
            ScriptFinding? finding = isScript && !facts.IsRegular ? new ScriptFinding(component, "is not a file", null)
                : user == 0 ? ForRoot(component, facts, isScript)
                : ForUser(component, facts, isScript, user, runsAs);
            if (finding is not null)
            {
                return finding;
            }
        }

        return null;
    }

    private static IEnumerable<string> Components(string real)
    {
        yield return "/";
        for (int at = 1; at < real.Length; at++)
        {
            int next = real.IndexOf('/', at);
            at = next < 0 ? real.Length : next;
            yield return real[..at];
        }
    }

    private static ScriptFinding? ForRoot(string component, FileFacts facts, bool isScript)
    {
        if (facts.User != 0)
        {
            return new ScriptFinding(component, $"owner {Account.NameOfUser(facts.User)}, must be root", $"chown root {Quoted(component)}");
        }

        bool byGroup = (facts.Mode & GroupWrite) != 0 && facts.Group != 0;
        bool byOthers = (facts.Mode & OthersWrite) != 0;
        if ((byGroup || byOthers) && !(facts.IsDirectory && facts.IsSticky))
        {
            string who = (byGroup, byOthers) switch
            {
                (true, true) => $"group {Account.NameOfGroup(facts.Group)} and by others",
                (true, false) => $"group {Account.NameOfGroup(facts.Group)}",
                _ => "others",
            };
            string bits = (byGroup, byOthers) switch { (true, true) => "go-w", (true, false) => "g-w", _ => "o-w" };
            return new ScriptFinding(component, $"mode {facts.Octal}, writable by {who}", $"chmod {bits} {Quoted(component)}");
        }

        return isScript && !facts.IsProgram
            ? new ScriptFinding(component, $"mode {facts.Octal}, not executable", $"chmod u+x {Quoted(component)}")
            : null;
    }

    private static ScriptFinding? ForUser(string component, FileFacts facts, bool isScript, uint user, uint group)
    {
        int needed = isScript && !IsBinary(component) ? Read | Execute : Execute;
        (int shift, string who) = facts.User == user ? (6, "u") : facts.Group == group ? (3, "g") : (0, "o");
        int missing = needed & ~(facts.Mode >> shift);
        if (missing == 0)
        {
            return null;
        }

        string can = (missing & Execute) == 0 ? "read" : facts.IsDirectory ? "enter" : "execute";
        string problem = $"mode {facts.Octal}, owner {Account.NameOfUser(facts.User)}, group {Account.NameOfGroup(facts.Group)}: "
            + $"user {Account.NameOfUser(user)} cannot {can} it";
        if (who == "o" && (needed & ~(facts.Mode >> 3)) == 0 && Account.GroupsOf(user).Contains(facts.Group))
        {
            problem += ", and supplementary groups are dropped";
        }

        string bits = (missing & Read) != 0 && (missing & Execute) != 0 ? "rx" : (missing & Read) != 0 ? "r" : "x";
        return new ScriptFinding(component, problem, $"chmod {who}+{bits} {Quoted(component)}");
    }

    /// <summary>An interpreter has to read its script; the kernel reads a binary by itself.</summary>
    private static bool IsBinary(string path)
    {
        Span<byte> first = stackalloc byte[4];
        try
        {
            using FileStream file = File.OpenRead(path);
            return file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && first.SequenceEqual("\u007fELF"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>For a POSIX shell.</summary>
    private static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+' or ',' or '@' or ':')
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
