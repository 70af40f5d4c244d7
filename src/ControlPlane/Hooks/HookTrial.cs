using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript;

namespace Keepalived.Es.ControlPlane.Hooks;

/// <summary>Runs one function of a hook in the real sandbox, in a worker of its own, and keeps what it asked of the daemon.</summary>
internal sealed class HookTrial : IHostCallRecorder
{
    private readonly List<HostCallRecord> _calls = [];

    internal IReadOnlyList<HostCallRecord> Calls => _calls;

    public void Record(HostCallRecord made) => _calls.Add(made);

    internal async Task<JavaScriptOutcome> RunAsync(
        string file, string function, string context, HookLimits limits, IReadOnlyList<IHostFunction> functions, TimeProvider time, CancellationToken stop)
    {
        (string program, string[] arguments) = Self();
        var hook = new JavaScriptHook(Path.GetFullPath(file), new WorkerCommand(program, [.. arguments, HookWorker.Verb]), limits, functions, this, time);
        await using (hook)
        {
            return await hook.CallAsync(new JavaScriptCall($"{function} trial", 1, function, context, limits.WallClock), stop);
        }
    }

    /// <summary>This program: by itself, or by <c>dotnet</c> where that runs it.</summary>
    private static (string Program, string[] Arguments) Self()
    {
        string program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? (program, [typeof(HookTrial).Assembly.Location]) : (program, []);
    }
}
