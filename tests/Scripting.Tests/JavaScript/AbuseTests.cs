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
    };

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
    [InlineData("var a = []; for (var i = 0; i < 30000; i++) { a = [a]; } return JSON.stringify(a)", Limits.Recursion)]
    [InlineData("var a = []; for (var i = 0; i < 30000; i++) { a = [a]; } return a", Limits.Recursion)]
    [InlineData("var s = new Array(30001).join('['); return JSON.parse(s)", Limits.Recursion)]
    [InlineData("new Array(2e8).join('*')", Limits.CpuTime)]
    [InlineData("new Array(1e6).join('*')", Limits.CpuTime)]
    [InlineData("var a = []; a.length = 4294967295; a.forEach(function () {})", Limits.CpuTime)]
    [InlineData("var a = []; a.length = 4294967295; a.indexOf(1)", Limits.CpuTime)]
    [InlineData("var a = []; a.length = 4294967295; a.reverse()", Limits.CpuTime)]
    [InlineData("var a = [2, 1]; a.length = 1e8; a.sort()", "?")]
    [InlineData("var a = []; a[4294967294] = 1; return String(a)", "?")]
    [InlineData("return /^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')", Limits.Regex)]
    [InlineData("try { /^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!') } catch (e) { return 'caught'; }", Limits.Regex)]
    [InlineData("return 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(/^(a+)+$/, 'b')", Limits.Regex)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) { s += s; }", Limits.Heap)]
    [InlineData("var s = 'aaaaaaaa'; try { for (;;) { s += s; } } catch (e) { return 'caught'; }", Limits.Heap)]
    [InlineData("var a = []; for (;;) { a.push(new Array(1000).join('x')); }", "?")]
    [InlineData("var a = {}; for (var i = 0; ; i++) { a['k' + i] = { a: {}, b: [] }; }", "?")]
    [InlineData("for (;;) { log.info('endless', { n: 1 }); }", Limits.HostCalls)]
    [InlineData("var s = 'x'.repeat(70000); log.info(s)", Limits.Output)]
    [InlineData("return 'x'.repeat(70000)", Limits.Output)]
    [InlineData("var s = 'x'.repeat(1000000); log.info(s + s)", Limits.Message)]
    [InlineData("var s = 'x'.repeat(1000000); return s + s", Limits.Message)]
    [InlineData("sleep(1e9)", Limits.WallClock)]
    public async Task An_overrun_names_its_limit_and_the_next_call_starts_clean(string body, string limit)
    {
        string source = $"function notify(ctx) {{ {body}; }}\nfunction after(ctx) {{ return [1, 2].join('-'); }}";
        await using var bench = new HookBench(source, _tight, [new EchoFunction("log.info"), new SleepForEver()]);
        Assert.Null((await bench.WarmAsync()).Error);
        int? before = bench.Hook.WorkerId;
        JavaScriptOutcome outcome = await bench.CallAsync(limit: limit == Limits.WallClock ? TimeSpan.FromSeconds(1) : null);
        Assert.False(outcome.Ok);
        TestContext.Current.TestOutputHelper?.WriteLine($"{outcome.Limit} {outcome.Duration.TotalMilliseconds:0} ms {outcome.Error}");
        Console.Error.WriteLine($"{body} => {outcome.Limit} {outcome.Duration.TotalMilliseconds:0} ms {outcome.Error} {outcome.Place}");
        Assert.Equal("\"1-2\"", (await bench.CallAsync("after")).ResultJson);
    }
}
