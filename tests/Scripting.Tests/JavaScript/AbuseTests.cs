using System.Globalization;
using Keepalived.Es.Scripting.JavaScript;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

/// <summary>Hooks that mean harm: each ends at a limit that is named, and the next call works as if nothing had been.</summary>
public sealed class AbuseTests
{
    /// <summary>Short, so that what only the clocks can end does not take long.</summary>
    private static readonly HookLimits _tight = HookLimits.Default with
    {
        CpuTime = TimeSpan.FromSeconds(1),
        HeapBytes = 48 * 1024 * 1024,
        Statements = 200_000,
        MessageBytes = 256 * 1024,
    };

    /// <summary>What a worker holds besides the script's heap, at most.</summary>
    private const long RuntimeBytes = 160 * 1024 * 1024;

    [Theory]
    [InlineData("for (;;) {}", Limits.Statements)]
    [InlineData("while (true) { try { null.x } catch (e) { continue; } finally { continue; } }", Limits.Statements)]
    [InlineData("try { for (;;) {} } catch (e) { return 'caught'; } finally { return 'caught'; }", Limits.Statements)]
    [InlineData("(function f() { return f(); })()", Limits.Recursion)]
    [InlineData("(function f() { try { f(); } catch (e) { f(); } finally { f(); } })()", Limits.Recursion)]
    [InlineData("[1].sort.call([2, 1], function f() { return [2, 1].sort(f); })", Limits.Recursion)]
    [InlineData("return ({ get a() { return this.a; } }).a", Limits.Recursion)]
    [InlineData("var o = { toString: function () { return '' + o; } }; return '' + o", Limits.Recursion)]
    [InlineData("var o = { toJSON: function () { return JSON.stringify(o); } }; return o", Limits.Recursion)]
    [InlineData("var a = []; for (var i = 0; i < 30000; i++) { a = [a]; } return JSON.stringify(a)", Limits.Recursion + "|" + Limits.CpuTime)]
    [InlineData("var a = []; for (var i = 0; i < 30000; i++) { a = [a]; } return a", Limits.Recursion + "|" + Limits.CpuTime)]
    [InlineData("return JSON.parse('['.repeat(200000))", Limits.Recursion)]
    [InlineData("new Array(2e8).join('*')", Limits.CpuTime)]
    [InlineData("new Array(1e6).join('*')", Limits.CpuTime)]
    [InlineData("var a = []; a.length = 4294967295; a.forEach(function () {})", Limits.CpuTime)]
    [InlineData("var a = []; a.length = 4294967295; a.indexOf(1)", Limits.CpuTime)]
    [InlineData("var a = []; a.length = 4294967295; a.reverse()", Limits.CpuTime)]
    [InlineData("var a = [2, 1]; a.length = 1e8; a.sort()", Limits.Heap)]
    [InlineData("var a = []; a[4294967294] = 1; return String(a)", Limits.CpuTime)]
    [InlineData("return /^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')", Limits.Regex)]
    [InlineData("try { /^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!') } catch (e) { return 'caught'; }", Limits.Regex)]
    [InlineData("return 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(/^(a+)+$/, 'b')", Limits.Regex)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) { s += s; }", Limits.Heap)]
    [InlineData("var s = 'aaaaaaaa'; try { for (;;) { s += s; } } catch (e) { return 'caught'; }", Limits.Heap)]
    [InlineData("var a = []; for (;;) { a.push(new Array(1000).join('x')); }", Limits.Heap + "|" + Limits.CpuTime)]
    [InlineData("var a = {}; for (var i = 0; ; i++) { a['k' + i] = { a: {}, b: [] }; }", Limits.Heap + "|" + Limits.CpuTime)]
    [InlineData("for (;;) { log.info('endless', { n: 1 }); }", Limits.HostCalls)]
    [InlineData("var s = 'x'.repeat(70000); log.info(s)", Limits.Output)]
    [InlineData("return 'x'.repeat(70000)", Limits.Output)]
    [InlineData("log.info('x'.repeat(300000))", Limits.Message)]
    [InlineData("return 'x'.repeat(300000)", Limits.Message)]
    [InlineData("sleep(1e9)", Limits.WallClock)]
    public async Task An_overrun_names_its_limit_and_the_next_call_starts_clean(string body, string limit)
    {
        string source = $"function notify(ctx) {{ {body}; }}\nfunction after(ctx) {{ return [1, 2].join('-'); }}";
        await using var bench = new HookBench(source, _tight, [new EchoFunction("log.info"), new SleepForEver()]);
        Assert.Null((await bench.WarmAsync()).Error);
        Task<JavaScriptOutcome> call = bench.CallAsync(limit: limit == Limits.WallClock ? TimeSpan.FromSeconds(1) : null);
        long peak = await PeakAsync(bench.Hook.WorkerId, call);

        JavaScriptOutcome outcome = await call;
        Assert.False(outcome.Ok);
        Assert.Contains(outcome.Limit, limit.Split('|'));
        Assert.NotNull(outcome.Error);
        Assert.InRange(peak, 0, _tight.HeapBytes + RuntimeBytes);
        Assert.Equal("\"1-2\"", (await bench.CallAsync("after")).ResultJson);
    }

    [Theory]
    [InlineData("for (;;) {}", Limits.Statements)]
    [InlineData("var a = []; a.length = 4294967295; a.reverse();", Limits.CpuTime)]
    [InlineData("(function f() { f(); })();", Limits.Recursion)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) { s += s; }", Limits.Heap)]
    public async Task A_top_level_that_overruns_is_refused_with_its_limit_until_the_file_changes(string top, string limit)
    {
        await using var bench = new HookBench($"{top}\nfunction notify() {{ return 1; }}", _tight);
        Assert.Equal((false, limit), ((await bench.WarmAsync()) is var load && load.Ok, load.Limit));
        Assert.Equal(limit, (await bench.CallAsync()).Limit);
        bench.Write("function notify() { return 2; }");
        Assert.Equal("2", (await bench.CallAsync()).ResultJson);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_at_once_and_the_next_works()
    {
        await using var bench = new HookBench("function notify() { sleep(1); }\nfunction after() { return 1; }", functions: [new SleepForEver()]);
        await bench.WarmAsync();
        using var cancel = new CancellationTokenSource();
        Task<JavaScriptOutcome> call = bench.Hook.CallAsync(new JavaScriptCall("notify VI_1", 1, "notify", "{}", HookBench.Patience), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("1", (await bench.CallAsync("after")).ResultJson);
    }

    [Fact]
    public async Task More_calls_than_may_wait_are_refused()
    {
        await using var bench = new HookBench("function notify() { return 1; }");
        JavaScriptOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, JavaScriptHook.MaxWaiting + 50).Select(_ => bench.CallAsync()));
        Assert.All(outcomes, outcome => Assert.True(outcome.Ok || outcome.Limit == Limits.Waiting, outcome.Error));
        Assert.Contains(outcomes, outcome => outcome.Limit == Limits.Waiting);
        Assert.Contains(outcomes, outcome => outcome.Ok);
    }

    /// <summary>The most memory that the worker held while a call ran.</summary>
    private static async Task<long> PeakAsync(int? worker, Task call)
    {
        long peak = 0;
        while (!call.IsCompleted)
        {
            peak = Math.Max(peak, Resident(worker) ?? 0);
            await Task.WhenAny(call, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        return peak;
    }

    private static long? Resident(int? worker)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{worker}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
