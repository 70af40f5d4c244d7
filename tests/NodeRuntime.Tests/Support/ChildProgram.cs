using System.Diagnostics;

namespace Keepalived.Es.NodeRuntime.Tests.Support;

/// <summary>This test program, started once more with a verb of Program.cs. Killed at the end at the latest.</summary>
internal sealed class ChildProgram : IDisposable
{
    private readonly Process _process;

    /// <param name="prelude">Shell commands before it takes the shell's place, such as a limit; empty: no shell.</param>
    internal ChildProgram(string prelude, params string[] arguments)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(prelude.Length == 0 ? program : "/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (prelude.Length > 0)
        {
            Array.ForEach(["-c", prelude + "\nexec \"$@\"", "sh", program], start.ArgumentList.Add);
        }

        Array.ForEach(arguments, start.ArgumentList.Add);
        _process = Process.Start(start)!;
    }

    internal int Id => _process.Id;

    internal StreamReader Output => _process.StandardOutput;

    internal StreamWriter Input => _process.StandardInput;

    /// <summary>SIGKILL.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
