using Keepalived.Es.Scripting.JavaScript;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

public sealed class JavaScriptHookTests
{
    [Fact]
    public async Task A_function_of_the_file_is_called_with_the_context_and_gives_back_json()
    {
        await using var bench = new HookBench("function track(ctx) { return { ok: ctx.priority > 100, note: ctx.instance }; }\nfunction other() {}");
        HookLoad load = await bench.WarmAsync();
        Assert.Null(load.Error);
        Assert.Equal(["track", "other"], load.Functions);

        JavaScriptOutcome outcome = await bench.CallAsync("track", """{"priority":150,"instance":"VI_1 é漢😀"}""");
        Assert.Equal((true, """{"ok":true,"note":"VI_1 é漢😀"}""", null), (outcome.Ok, outcome.ResultJson, outcome.Error));
        Assert.Equal("null", (await bench.CallAsync("other")).ResultJson);
    }

    [Fact]
    public async Task A_function_that_the_file_does_not_define_is_no_error()
    {
        await using var bench = new HookBench("function track(ctx) { return true; }");
        JavaScriptOutcome outcome = await bench.CallAsync("notify_master");
        Assert.Equal((false, true, null, null), (outcome.Ok, outcome.NotDefined, outcome.Error, outcome.Limit));
        Assert.True((await bench.CallAsync("toString")).NotDefined);
        Assert.True((await bench.CallAsync("parseInt")).NotDefined);
    }

    [Fact]
    public async Task Nothing_that_one_call_leaves_behind_reaches_the_next()
    {
        await using var bench = new HookBench("""
            var count = 0;
            function notify(ctx) { Array.prototype.push = null; JSON.parse = null; Object.prototype.dirt = 1; return ++count; }
            """);
        Assert.Equal("1", (await bench.CallAsync()).ResultJson);
        int? worker = bench.Hook.WorkerId;
        Assert.Equal("1", (await bench.CallAsync()).ResultJson);
        Assert.Equal(worker, bench.Hook.WorkerId);
    }

    [Fact]
    public async Task A_call_that_has_a_moment_is_made_then_and_not_before()
    {
        await using var bench = new HookBench("function notify() { log.info('called'); return 1; }", functions: [new EchoFunction("log.info")]);
        await bench.WarmAsync();
        var moment = new TaskCompletionSource();
        Task<JavaScriptOutcome> call = bench.Hook.CallAsync(
            new JavaScriptCall("notify VI_1", 1, "notify", "{}", HookBench.Patience) { Moment = moment.Task }, TestContext.Current.CancellationToken);
        Assert.False(call.IsCompleted);
        Assert.Empty(bench.Records);
        moment.SetResult();
        Assert.Equal("1", (await call).ResultJson);
        Assert.Single(bench.Records);
    }

    [Fact]
    public async Task A_call_whose_moment_is_cancelled_is_not_made_and_the_worker_takes_the_next()
    {
        await using var bench = new HookBench("function notify(ctx) { return ctx.n; }");
        await bench.WarmAsync();
        int? worker = bench.Hook.WorkerId;
        var moment = new TaskCompletionSource();
        Task<JavaScriptOutcome> call = bench.Hook.CallAsync(
            new JavaScriptCall("notify VI_1", 1, "notify", """{"n":1}""", HookBench.Patience) { Moment = moment.Task }, TestContext.Current.CancellationToken);
        moment.SetCanceled(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("2", (await bench.CallAsync(context: """{"n":2}""")).ResultJson);
        Assert.Equal(worker, bench.Hook.WorkerId);
    }

    [Theory]
    [InlineData("[ctx.list.length, ctx.list[0], ctx.inner.list[1], ctx.none, ctx.yes, ctx.half]", """[1,5,"x",null,true,0.5]""")]
    [InlineData("Array.isArray(ctx.list) && Object.keys(ctx).join()", "\"list,inner,none,yes,half\"")]
    public async Task The_context_is_there_as_it_was_sent_and_cannot_be_changed(string expression, string expected) =>
        Assert.Equal(expected, await HookBench.EvaluateAsync(expression, """{"list":[5],"inner":{"list":[1,"x"]},"none":null,"yes":true,"half":0.5}"""));

    [Fact]
    public async Task A_changed_file_is_loaded_at_the_next_call_by_the_same_worker()
    {
        await using var bench = new HookBench("function notify() { return 1; }");
        Assert.Equal("1", (await bench.CallAsync()).ResultJson);
        int? worker = bench.Hook.WorkerId;
        bench.Write("function notify() { return 'two'; }");
        Assert.Equal("\"two\"", (await bench.CallAsync()).ResultJson);
        bench.Write("function notify( { return 3; }");
        JavaScriptOutcome broken = await bench.CallAsync();
        Assert.Equal((false, $"{bench.File}:1:18"), (broken.Ok, broken.Place));
        File.Delete(bench.File);
        Assert.StartsWith("cannot read the file: there is no file /", (await bench.CallAsync()).Error, StringComparison.Ordinal);
        bench.Write("function notify() { return 4; }");
        Assert.Equal("4", (await bench.CallAsync()).ResultJson);
        Assert.Equal(worker, bench.Hook.WorkerId);
    }

    [Fact]
    public async Task An_error_names_its_line_and_column()
    {
        await using var bench = new HookBench("function notify(ctx) {\n  helper();\n}\nfunction helper() {\n  throw new RangeError('too far');\n}\n");
        JavaScriptOutcome outcome = await bench.CallAsync();
        Assert.Equal((false, "RangeError: too far", $"{bench.File}:5:3", null), (outcome.Ok, outcome.Error, outcome.Place, outcome.Limit));
    }

    [Theory]
    [InlineData("null.x", "TypeError in: function notify(ctx) { return null.x; }")]
    [InlineData("missing", "ReferenceError: missing is not defined")]
    [InlineData("(function () { throw 'a text'; })()", "a text")]
    [InlineData("(function () { throw { code: 1 }; })()", "something was thrown whose message is not text")]
    [InlineData("(function () { throw null; })()", "null")]
    public async Task Whatever_is_thrown_is_named(string expression, string error) =>
        Assert.Contains(error, await HookBench.EvaluateAsync(expression), StringComparison.Ordinal);

    [Fact]
    public void A_limit_that_is_out_of_range_is_refused()
    {
        Assert.Null(HookLimits.Default.Problem);
        HookLimits limits = HookLimits.Default with { StackBytes = 1000 };
        ArgumentException e = Assert.Throws<ArgumentException>(() => new HookBench("", limits));
        Assert.StartsWith("stack, in bytes: 1000 is out of range, allowed 65536 to 67108864", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_run_one_after_the_other_in_order()
    {
        await using var bench = new HookBench("function notify(ctx) { return ctx.n; }");
        JavaScriptOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => bench.CallAsync(context: $"{{\"n\":{n}}}")));
        Assert.Equal(Enumerable.Range(0, 50).Select(n => $"{n}"), outcomes.Select(outcome => outcome.ResultJson));
    }

    [Fact]
    public async Task A_worker_that_is_killed_between_calls_is_replaced()
    {
        await using var bench = new HookBench("function notify() { return 1; }");
        await bench.WarmAsync();
        using var worker = System.Diagnostics.Process.GetProcessById(bench.Hook.WorkerId!.Value);
        worker.Kill();
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1", (await bench.CallAsync()).ResultJson);
    }
}
