using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.Tests.JavaScript;

namespace Keepalived.Es.Scripting.Tests.Hooks;

/// <summary>A call that comes while a reload ends the worker of its file.</summary>
public sealed class JavaScriptHookHandlerTests
{
    [Fact]
    public async Task A_call_whose_worker_was_ended_before_its_turn_goes_to_a_new_one()
    {
        const string Source = "function notify_deleted(ctx) { return { ok: true }; }";
        await using var ended = new HookBench(Source);
        await using var anew = new HookBench(Source);
        await ended.Hook.DisposeAsync();
        HookOutcome outcome = await CallAsync(new Workers(ended.Hook, anew.Hook), anew.File);
        Assert.Equal((true, """{"ok":true}"""), (outcome.Succeeded, outcome.Result));
    }

    [Fact]
    public async Task At_the_end_of_the_daemon_there_is_no_new_one()
    {
        await using var ended = new HookBench("function notify_deleted(ctx) { }");
        await ended.Hook.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => CallAsync(new Workers(ended.Hook, ended.Hook), ended.File));
    }

    private static Task<HookOutcome> CallAsync(Workers workers, string file) => new JavaScriptHookHandler(workers).Handle(
        new JavaScriptHookRun
        {
            Script = new HookScript("notify_deleted", [file], null, null),
            Hook = "notify_deleted VI_1",
            Run = 1,
            TimeLimit = HookBench.Patience,
            CalledFunction = "notify_deleted",
            ContextJson = "{}",
        },
        TestContext.Current.CancellationToken);

    /// <summary>The first who asks gets the worker that has ended, as if the reload came right afterwards.</summary>
    private sealed class Workers(JavaScriptHook first, JavaScriptHook then) : IJavaScriptHooks
    {
        private bool _asked;

        public JavaScriptHook Of(HookScript script)
        {
            JavaScriptHook hook = _asked ? then : first;
            _asked = true;
            return hook;
        }

        public void BeginRun(HookRun run)
        {
        }

        public void EndRun(long run)
        {
        }
    }
}
