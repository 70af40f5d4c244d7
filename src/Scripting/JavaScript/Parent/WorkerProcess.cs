using System.ComponentModel;
using System.Globalization;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>A worker's process, with nothing of the daemon's environment but the way to the runtime.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int ErrorCharacters = 4096;

    /// <summary>A signal that ended it is told as a shell tells it.</summary>
    private const int SignalExit = 128;

    private static readonly string[] _inherited = ["PATH", "DOTNET_ROOT"];

    private readonly PipedChild _child;

    private WorkerProcess(PipedChild child) => _child = child;

    internal int Id => _child.Id;

    /// <summary>It runs no more.</summary>
    internal bool HasEnded => _child.HasEnded;

    /// <summary>Its standard input; the worker ends when it is closed.</summary>
    internal Stream Input => _child.Input;

    /// <summary>Its standard output.</summary>
    internal Stream Output => _child.Output;

    /// <exception cref="Win32Exception">It could not be started.</exception>
    internal static WorkerProcess Start(ScriptRunner runner, WorkerCommand command, long heapBytes) => new(runner.StartPiped(
        new ShellRequest([command.Program, .. command.Arguments])
        {
            User = command.User,
            Group = command.Group,
            OutputLimit = ErrorCharacters,
            KeepsBeginning = true,
            Environment = VariablesOf(heapBytes),
        }));

    /// <summary>Waits for its end.</summary>
    internal async Task<WorkerEnd> EndAsync()
    {
        ShellOutcome outcome = await _child.Exit.ConfigureAwait(false);
        return new WorkerEnd(outcome.ExitCode ?? SignalExit + (outcome.Signal ?? 0), outcome.OutputTail);
    }

    /// <summary>SIGKILL. Nothing happens when it has ended.</summary>
    internal void Kill() => _child.Kill();

    public async ValueTask DisposeAsync()
    {
        _child.Dispose();
        await EndAsync().ConfigureAwait(false);
    }

    private static Dictionary<string, string> VariablesOf(long heapBytes)
    {
        var variables = new Dictionary<string, string>
        {
            ["DOTNET_GCHeapHardLimit"] = heapBytes.ToString("x", CultureInfo.InvariantCulture),
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            ["DOTNET_EnableDiagnostics"] = "0",                  // no debugger's socket in /tmp
            ["DOTNET_DbgEnableMiniDump"] = "0",
            ["DOTNET_TieredCompilation"] = "1",                  // what rehearsals call often is compiled again, across assemblies
            ["DOTNET_TC_CallCountThreshold"] = "8",
            ["DOTNET_TieredPGO"] = "0",
        };
        foreach (string name in _inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
