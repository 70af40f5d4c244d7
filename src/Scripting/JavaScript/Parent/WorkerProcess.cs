using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>A worker as a child of the runtime's own <see cref="Process"/>, with nothing of the daemon's environment but the way to the runtime.</summary>
internal sealed class WorkerProcess : IWorkerProcess
{
    private const int ErrorCharacters = 4096;
    private const int BufferCharacters = 1024;

    private static readonly string[] _inherited = ["PATH", "DOTNET_ROOT"];

    private readonly Process _process;
    private readonly Task<string> _errors;

    private WorkerProcess(Process process)
    {
        _process = process;
        _errors = ReadHeadAsync(process.StandardError);
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <exception cref="Win32Exception">It could not be started.</exception>
    internal static WorkerProcess Start(WorkerCommand command, long heapBytes)
    {
        Account account = Account.Find(command.User, command.Group, out string? problem) ?? throw new Win32Exception(0, problem);
        IReadOnlyList<string> line = account.Line([command.Program, .. command.Arguments]);
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        SetEnvironment(start, heapBytes);
        return new WorkerProcess(Process.Start(start)!);
    }

    public async Task<WorkerEnd> EndAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        return new WorkerEnd(_process.ExitCode, await _errors.ConfigureAwait(false));
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await EndAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private static void SetEnvironment(ProcessStartInfo start, long heapBytes)
    {
        Dictionary<string, string?> kept = start.Environment.Where(pair => _inherited.Contains(pair.Key)).ToDictionary();
        start.Environment.Clear();
        foreach ((string name, string? value) in kept)
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = heapBytes.ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";     // no debugger's socket in /tmp
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
    }

    /// <summary>Reads to the end, so that the worker never waits for us, and keeps the beginning.</summary>
    private static async Task<string> ReadHeadAsync(StreamReader errors)
    {
        var head = new System.Text.StringBuilder();
        char[] buffer = new char[BufferCharacters];
        for (int count = 1; count > 0;)
        {
            count = await errors.ReadAsync(buffer).ConfigureAwait(false);
            head.Append(buffer, 0, Math.Min(count, ErrorCharacters - head.Length));
        }

        return head.ToString();
    }
}
