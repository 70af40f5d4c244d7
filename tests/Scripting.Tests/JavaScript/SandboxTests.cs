using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

/// <summary>What a script can see and change.</summary>
public sealed class SandboxTests
{
    [Theory]
    [InlineData("ctx.a.b.push(2), ctx.a.b.length", "TypeError")]
    [InlineData("(ctx.a.b[0] = 9, ctx.x = 1, delete ctx.a, JSON.stringify(ctx))", """{\"a\":{\"b\":[1]}}""")]
    [InlineData("Object.isFrozen(ctx) && Object.isFrozen(ctx.a) && Object.isFrozen(ctx.a.b)", "true")]
    public async Task The_context_is_frozen_through_and_through(string expression, string expected) =>
        Assert.Contains(expected, await HookBench.EvaluateAsync(expression, """{"a":{"b":[1]}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("typeof (function () {}).constructor", "\"undefined\"")]
    [InlineData("typeof Object.getPrototypeOf(function () {}).constructor", "\"undefined\"")]
    [InlineData("typeof (function () {}).__proto__", "\"undefined\"")]
    [InlineData("typeof this['ev' + 'al'] + typeof this['Func' + 'tion']", "\"undefinedundefined\"")]
    [InlineData("(function () { return typeof this['ev' + 'al']; })()", "\"undefined\"")]
    [InlineData("Object.defineProperty(Function_(), 'constructor', { value: 1 })", ": ReferenceError: Function_ is not defined")]
    [InlineData("typeof [].GetType + typeof ''.GetType + typeof log.info.GetType + typeof log.GetType + typeof new Date().GetType",
        "undefinedundefinedundefinedundefinedundefined")]
    [InlineData("typeof System + typeof importNamespace + typeof clrHelper + typeof host + typeof require + typeof process",
        "undefinedundefinedundefinedundefinedundefinedundefined")]
    [InlineData("Object.getOwnPropertyNames(http).join() + Object.isFrozen(log) + Object.isFrozen(log.info)", "fetchtruetrue")]
    [InlineData("(log.info = 1, log = 2, log.info('a').ok)", "true")]
    [InlineData("Object.getOwnPropertyNames(log.info).sort().join()", "length,prototype")]
    public async Task No_way_leads_out(string expression, string expected)
    {
        await using var bench = new HookBench($"function notify(ctx) {{ return {expression}; }}", functions: [new EchoFunction("log.info")]);
        JavaScriptOutcome outcome = await bench.CallAsync();
        Assert.Contains(expected.Trim('"'), $"{outcome.ResultJson}{outcome.Limit}: {outcome.Error}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_global_but_the_language_the_library_and_the_host()
    {
        string names = await HookBench.EvaluateAsync("Object.getOwnPropertyNames(this).sort().join(' ')");
        Assert.Equal(
            "\"Array Boolean Date Error EvalError Function Infinity JSON Map Math NaN Number Object RangeError ReferenceError RegExp Set String SyntaxError "
            + "TypeError URIError decodeURI decodeURIComponent encodeURI encodeURIComponent eval events exec hook http isFinite isNaN kv log "
            + "mysql notify parseFloat parseInt sleep undefined\"",
            names);
    }

    [Fact]
    public async Task A_function_that_the_node_does_not_offer_answers_so_and_is_recorded()
    {
        await using var bench = new HookBench("function notify() { return mysql.query('local', 'SELECT 1'); }");
        const string Answer = """{"ok":false,"error":"mysql.query is not offered on this node"}""";
        Assert.Equal(Answer, (await bench.CallAsync()).ResultJson);
        Assert.Equal(Answer, Assert.Single(bench.Records).AnswerJson);
    }

    [Fact]
    public void The_types_for_editors_name_what_there_is()
    {
        string types = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../hooks/keepalived-es.d.ts"));
        foreach (string[] parts in HostApi.Names.Select(name => name.Split('.')))
        {
            Assert.Matches(parts.Length == 1 ? $"declare function {parts[0]}\\(" : $"declare const {parts[0]}: \\{{[^$]*? {parts[1]}\\(", types);
        }
    }

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    [Fact]
    public async Task A_script_that_bends_the_built_ins_bends_only_its_own_call()
    {
        await using var bench = new HookBench("""
            JSON.stringify = function () { return 'forged'; };
            JSON.parse = function () { return { forged: true }; };
            Object.freeze = Array.prototype.slice = Array.prototype.forEach = Object.keys = function () { return []; };
            Object.prototype.toJSON = undefined;
            function notify(ctx) { var answer = log.info(ctx.n, 'x'); return { n: ctx.n, got: answer.arguments, frozen: Object.isFrozen(ctx) }; }
            """, functions: [new EchoFunction("log.info")]);
        JavaScriptOutcome outcome = await bench.CallAsync(context: """{"n":7}""");
        Assert.Equal("""{"n":7,"got":[7,"x"],"frozen":true}""", outcome.ResultJson);
        Assert.Equal("""[7,"x"]""", Assert.Single(bench.Records).ArgumentsJson);
    }

    [Theory]
    [InlineData("this.log = null; log.info = null;")]
    [InlineData("log.info('at the top');")]
    public async Task The_top_level_cannot_replace_or_call_the_host(string line)
    {
        await using var bench = new HookBench($"{line}\nfunction notify() {{ return typeof log.info; }}", functions: [new EchoFunction("log.info")]);
        Assert.Equal("\"function\"", (await bench.CallAsync()).ResultJson);
        Assert.All(bench.Records, record => Assert.Contains("cannot be called while the file is loaded", record.AnswerJson, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Host_calls_are_recorded_with_their_answers_also_refused_ones()
    {
        await using var bench = new HookBench("""
            function notify(ctx) { return [kv.get('é😀').ok, kv.get(1, { a: null }).arguments[1].a, kv.get('fail').error, kv.get('deep', nest(80)).error]; }
            function nest(n) { return n === 0 ? 1 : [nest(n - 1)]; }
            """, functions: [new FaultyFunction()]);
        JavaScriptOutcome outcome = await bench.CallAsync();
        Assert.Equal("""[true,null,"kv.get failed: a fault","the arguments of kv.get are no JSON array, or nest deeper than 64"]""", outcome.ResultJson);
        Assert.Equal([1, 2, 3, 4], bench.Records.Select(record => record.Number));
        Assert.Equal(
            ("notify VI_1", 1, "kv.get", "[\"é😀\"]"),
            (bench.Records[0].Hook, bench.Records[0].Run, bench.Records[0].Function, bench.Records[0].ArgumentsJson));
        Assert.Equal("""{"ok":false,"error":"kv.get failed: a fault"}""", bench.Records[2].AnswerJson);
    }

    [Theory]
    [InlineData("'abc'.includes('b') && 'abc'.startsWith('b', 1) && 'abc'.endsWith('b', 2) && !'abc'.endsWith('abcd') && 'abc'.endsWith('')", "true")]
    [InlineData("['ab'.repeat(3), 'ab'.repeat(0), 'a'.padStart(3, 'xy'), 'a'.padEnd(4, 'xy'), 'abc'.padStart(2), ' a '.trimStart(), ' a '.trimEnd()]",
        """["ababab","","xya","axyx","abc","a "," a"]""")]
    [InlineData("[[1, 2, 3].find(function (x) { return x > 1; }), [1].findIndex(function () { return false; }), [NaN].includes(NaN), [1, 2, 3].fill(0, 1)]",
        "[2,-1,true,[1,0,0]]")]
    [InlineData("[Array.from('ab'), Array.from({ length: 2 }, function (_, i) { return i; }), Array.of(7), [[1], [2, [3]]].flat()]",
        """[["a","b"],[0,1],[7],[1,2,[3]]]""")]
    [InlineData("[Object.assign({ a: 1 }, null, { b: 2 }), Object.entries({ a: 1 }), Object.values({ a: 1 }), Object.fromEntries([['a', 1]])]",
        """[{"a":1,"b":2},[["a",1]],[1],{"a":1}]""")]
    [InlineData("[Number.isInteger(1.5), Number.isInteger(2), Number.isNaN('a'), Number.isFinite('1'), Math.trunc(-1.5), Math.sign(-3)]",
        "[false,true,false,false,-1,-1]")]
    [InlineData("(function () { var m = new Map([['a', 1], [1, 2]]), k = {}; m.set(k, 3).set('__proto__', 4); m['delete']('a'); "
        + "return [m.size, m.get(k), m.get('1') === undefined, m.get(1), m.get('__proto__'), m.has('a'), m.keys().length]; })()",
        "[3,3,true,2,4,false,3]")]
    [InlineData("(function () { var s = new Set([1, 1, 2, NaN, NaN]), t = 0; s.forEach(function (v) { t += v || 0; }); "
        + "return [s.size, t, s.has(NaN), Array.from(s).length]; })()",
        "[3,3,true,3]")]
    [InlineData("'a'.repeat(1e9)", ": RangeError: repeat: a length of 1000000000 is out of range, allowed 0 to 1048576")]
    [InlineData("'a'.padEnd(1e9)", ": RangeError: pad: a length of 1000000000 is out of range, allowed 0 to 1048576")]
    [InlineData("Array.from({ length: 1e9 })", ": RangeError: Array.from: a length of 1000000000 is out of range, allowed 0 to 100000")]
    [InlineData("(function () { try { JSON.parse('[1,'); } catch (e) { return e instanceof SyntaxError; } })()", "true")]
    [InlineData("(function () { var n = 0; for (var i = 0; i < 1000; i++) { try { null.x; } catch (e) { n++; } } return n; })()", "1000")]
    [InlineData("(function () { function f() { throw new Error('x'); } "
        + "var n = 0; for (var i = 0; i < 1000; i++) { try { f(); } catch (e) { n++; } } return n; })()",
        "1000")]
    public async Task The_library_of_es2015_is_there_as_far_as_es5_can_have_it(string expression, string expected) =>
        Assert.Equal(expected, await HookBench.EvaluateAsync(expression));
}
