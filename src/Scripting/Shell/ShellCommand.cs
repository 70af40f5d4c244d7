using System.ComponentModel;
using System.Globalization;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>Runs a script or program with an argument list, as keepalived does: no shell reads the arguments.</summary>
public static class ShellCommand
{
    /// <summary>Characters of output that are kept.</summary>
    public const int OutputLimit = 4096;

    private const int StackBytes = 256 * 1024;
    private const string Interpreter = "/bin/sh";

    /// <inheritdoc cref="RunAsync(IReadOnlyList{string}, string?, string?, TimeProvider, CancellationToken)"/>
    public static Task<ShellOutcome> RunAsync(IReadOnlyList<string> command, string? user, TimeProvider time, CancellationToken cancel) =>
        RunAsync(command, user, group: null, time, cancel);

    /// <summary>
    /// Runs it to its end, in a process group of its own, in <c>/</c>, with empty standard input. A file without <c>#!</c> is read by
    /// <c>/bin/sh</c>. What it leaves running in the background is not waited for.
    /// </summary>
    /// <param name="command">Program and arguments; at least one. A name without <c>/</c> is looked up in PATH.</param>
    /// <param name="user">User to run as, name or number; null: the daemon's own. Another needs <c>setpriv</c> (util-linux).</param>
    /// <param name="group">Group to run as; null: the user's first. Supplementary groups are dropped with the user.</param>
    /// <param name="time">For the duration.</param>
    /// <param name="cancel">Kills the program and its process group; when it is set before the start, nothing is started.</param>
    public static async Task<ShellOutcome> RunAsync(
        IReadOnlyList<string> command, string? user, string? group, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfZero(command.Count, nameof(command));
        if (cancel.IsCancellationRequested)
        {
            return NotStarted(command, "not started: cancelled before");
        }

        var end = new TaskCompletionSource<ShellOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(command, user, group, time, end, cancel), StackBytes) { IsBackground = true, Name = "script" };
        thread.Start();
        return await end.Task.ConfigureAwait(false);
    }

    private static ShellOutcome NotStarted(IReadOnlyList<string> command, string problem) => new(null, null, $"{command[0]}: {problem}", TimeSpan.Zero, "");

    private static void Run(
        IReadOnlyList<string> command, string? user, string? group, TimeProvider time, TaskCompletionSource<ShellOutcome> end, CancellationToken cancel)
    {
        long started = time.GetTimestamp();
        ChildProcess child;
        try
        {
            child = Start(command, user, group);
        }
        catch (Exception e)                                      // the thread's border; Win32Exception is the ordinary one
        {
            end.SetResult(NotStarted(command, e.Message));
            return;
        }

        var output = new OutputTail(OutputLimit);
        (int? code, int? signal) = (null, null);
        using (cancel.UnsafeRegister(killed => ((ChildProcess)killed!).Kill(), child))
        {
            (code, signal) = child.WaitForEnd(output);
        }

        end.SetResult(new ShellOutcome(code, signal, null, time.GetElapsedTime(started), output.ToString()));
        child.Drain();
    }

    private static ChildProcess Start(IReadOnlyList<string> command, string? user, string? group)
    {
        Account account = Account.Find(user, group, out string? problem) ?? throw new Win32Exception(0, problem);
        string path = Find(command[0]) ?? throw new Win32Exception(0, "No such file or directory");
        if (account != Account.Own)
        {
            return StartAs(account, [path, .. command.Skip(1)]);
        }

        try
        {
            return ChildProcess.Start(path, command);
        }
        catch (Win32Exception e) when (e.NativeErrorCode == LibC.ENOEXEC)
        {
            return ChildProcess.Start(Interpreter, [Interpreter, path, .. command.Skip(1)]);
        }
    }

    private static ChildProcess StartAs(Account account, IReadOnlyList<string> command)
    {
        string tool = Find("setpriv") ?? throw new Win32Exception(0, "to run it as another user, setpriv is needed: install util-linux");
        string user = account.User.ToString(CultureInfo.InvariantCulture);
        string group = account.Group.ToString(CultureInfo.InvariantCulture);
        return ChildProcess.Start(tool, ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--", .. command]);
    }

    private static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) || Directory.Exists(program) ? Path.GetFullPath(program) : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
