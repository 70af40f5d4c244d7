using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

/// <summary>A hook's file in a directory of its own, and the real worker: this program again.</summary>
internal sealed class HookBench : IAsyncDisposable, IHostCallRecorder
{
    /// <summary>For what must not happen at all.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kes-test-");
    private readonly ScriptRunner _runner = new(TimeProvider.System);
    private long _run;

    internal HookBench(string source, HookLimits? limits = null, IReadOnlyList<IHostFunction>? functions = null)
    {
        File = Path.Combine(_directory.FullName, "hook.js");
        Write(source);
        Hook = new JavaScriptHook(File, Worker, _runner, limits ?? HookLimits.Default, functions ?? [], this, TimeProvider.System);
    }

    internal static WorkerCommand Worker => new(Environment.ProcessPath!, [HookWorker.Verb]);

    internal string File { get; }

    internal JavaScriptHook Hook { get; }

    internal List<HostCallRecord> Records { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await Hook.DisposeAsync();
        _runner.Dispose();
        _directory.Delete(recursive: true);
    }

    public void Record(HostCallRecord made)
    {
        lock (Records)
        {
            Records.Add(made);
        }
    }

    internal void Write(string source) => System.IO.File.WriteAllText(File, source);

    internal Task<HookLoad> WarmAsync() => Hook.WarmAsync(TestContext.Current.CancellationToken);

    internal Task<JavaScriptOutcome> CallAsync(string function = "notify", string context = "{}", TimeSpan? limit = null) =>
        Hook.CallAsync(
            new JavaScriptCall($"{function} VI_1", ++_run, function, context, limit ?? Patience), TestContext.Current.CancellationToken);

    /// <summary>The result of <c>return EXPRESSION</c>, as JSON, or the error.</summary>
    internal static async Task<string> EvaluateAsync(string expression, string context = "{}")
    {
        await using var bench = new HookBench($"function notify(ctx) {{ return {expression}; }}");
        JavaScriptOutcome outcome = await bench.CallAsync(context: context);
        return outcome.ResultJson ?? $"{outcome.Limit}: {outcome.Error}";
    }
}
