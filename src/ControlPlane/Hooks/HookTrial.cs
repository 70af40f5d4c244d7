using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.ControlPlane.Hooks;

/// <summary>Runs one function of a hook in the real sandbox, in a worker of its own, and keeps what it asked of the daemon.</summary>
internal sealed class HookTrial : IHostCallRecorder
{
    private const string Name = "kes";

    private readonly List<HostCallRecord> _calls = [];

    internal IReadOnlyList<HostCallRecord> Calls => _calls;

    public void Record(HostCallRecord made) => _calls.Add(made);

    internal async Task<JavaScriptOutcome> RunAsync(
        string file, string function, string context, HookLimits limits, IReadOnlyList<IHostFunction> functions, TimeProvider time, CancellationToken stop)
    {
        using var runner = new ScriptRunner(time);
        var hook = new JavaScriptHook(Path.GetFullPath(file), new WorkerCommand(Self(), [HookWorker.Verb]), runner, limits, functions, this, time);
        await using (hook)
        {
            return await hook.CallAsync(new JavaScriptCall($"{function} trial", 1, function, context, limits.WallClock), stop);
        }
    }

    /// <summary>This program, which is its own worker; beside it lies another name of it where something else has started it.</summary>
    internal static string Self() =>
        Environment.ProcessPath is { } program && Path.GetFileName(program) == Name ? program : Path.Combine(AppContext.BaseDirectory, Name);
}
