using System.Text;
using Keepalived.Es.Scripting.JavaScript.Checking;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

public sealed class ScriptCheckTests
{
    private const int Bytes = 256 * 1024;
    private const int Nesting = 200;

    [Theory]
    [InlineData("var a = 1;\nlet b = 2;", "2:1: 'let' is newer than ES5: use var, or compile the file with 'kes hooks build FILE'")]
    [InlineData("const a = 1", "1:1: 'const' is newer")]
    [InlineData("class A {}", "1:1: 'class' is newer")]
    [InlineData("import a from 'b'", "1:1: 'import' is newer")]
    [InlineData("export function f() {}", "1:1: 'export' is newer")]
    [InlineData("f(a => a)", "1:5: '=>' is newer")]
    [InlineData("f(() => { return 1; })", "1:6: '=>' is newer")]
    [InlineData("var a = `b ${c}`", "1:9: a template literal is newer")]
    [InlineData("for (var x of list) {}", "1:12: 'for … of' is newer")]
    [InlineData("var { a } = b", "1:5: taking a value apart is newer")]
    [InlineData("var [a, b] = c", "1:5: taking a value apart is newer")]
    [InlineData("[a, b] = [b, a]", "1:8: taking a value apart is newer")]
    [InlineData("({ a: b } = c)", "1:11: taking a value apart is newer")]
    [InlineData("function f({ a: b }) {}", "1:12: taking a value apart is newer")]
    [InlineData("function f(a, b = 1) {}", "1:17: a default for a parameter is newer")]
    [InlineData("function f(...a) {}", "1:12: '...' is newer")]
    [InlineData("f(...a)", "1:3: '...' is newer")]
    [InlineData("async function f() {}", "1:1: 'async' is newer")]
    [InlineData("function f() { await g(); }", "1:16: 'await' is newer")]
    [InlineData("function* f() {}", "1:1: a generator is newer")]
    [InlineData("function f() { yield 1; }", "1:16: 'yield' is newer")]
    [InlineData("var o = { a, b: 1 }", "1:11: the short property 'a' is newer")]
    [InlineData("var o = { b: 1, a }", "1:17: the short property 'a' is newer")]
    [InlineData("var o = { f() {} }", "1:11: the short method 'f' is newer")]
    [InlineData("var o = { [a]: 1 }", "1:11: a computed name is newer")]
    [InlineData("a ** 2", "1:3: '**' is newer")]
    [InlineData("a ?? b", "1:3: '??' is newer")]
    [InlineData("a?.b", "1:2: '?.' is newer")]
    [InlineData("a ||= b", "1:3: '||=' is newer")]
    [InlineData("0b11", "1:1: the number 0b11 is newer")]
    [InlineData("1_000", "1:1: the number 1_000 is newer")]
    [InlineData("10n", "1:1: the number 10n is newer")]
    [InlineData("/a/u", "1:1: the flag 'u' of a regular expression is newer")]
    [InlineData("'\\u{1F600}'", "1:1: '\\u{…}' is newer")]
    [InlineData("try {} catch {}", "1:8: 'catch' without a name is newer")]
    [InlineData("function F() { return new.target; }", "1:26: 'new.target' is newer")]
    [InlineData("f(a, )", "1:4: a comma before ')' is newer")]
    [InlineData("with (a) {}", "1:1: 'with' is not allowed")]
    [InlineData("eval('1')", "1:1: 'eval' is not allowed")]
    [InlineData("(1, eval)('1')", "1:5: 'eval' is not allowed")]
    [InlineData("new Function('1')", "1:5: 'Function' as a compiler is not allowed")]
    [InlineData("debugger", "1:1: 'debugger' is not allowed")]
    [InlineData("var a = 'b\n'", "1:9: the text is not closed: ' is missing")]
    [InlineData("a /* b", "1:2: the comment is not closed: */ is missing")]
    [InlineData("var a = /b", "1:9: the regular expression is not closed: / is missing")]
    [InlineData("<!-- let", "1:1: comments of HTML are not taken: use //")]
    [InlineData("a\n--> let", "1:2: comments of HTML are not taken: use //")]
    [InlineData("a = #b", "1:5: the character '#' (U+0023) does not belong here")]
    [InlineData("function f( { }", "1:13: taking a value apart")]
    [InlineData("if (a) {", "1:9: Unexpected end of input")]
    [InlineData("a\n  b c", "2:5: Unexpected identifier")]
    public void What_is_newer_or_wrong_is_refused_with_its_place_and_advice(string source, string problem)
    {
        IReadOnlyList<ScriptProblem> problems = ScriptCheck.Check(source, Bytes, Nesting);
        Assert.NotEmpty(problems);
        Assert.StartsWith(problem, $"{problems[0].Line}:{problems[0].Column}: {problems[0].Message}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("var a = b / 2 / c; var d = 'let'; // let\n/* const */ var e = /let `/g;")]
    [InlineData("var o = { let: 1, class: 2, 'of': 3, get a() { return 1; }, set a(v) {} }; o.let = o.class; o.const.eval")]
    [InlineData("if (a) /`/.test(b); while (0) /`/g.exec(c); (a) / 2 / 3;")]
    [InlineData("var a = {} / 2 / 3; var f = function () {} / 1 / 2; {} /`/.test(a); function g() {} /`/.test(a)")]
    [InlineData("var a = b ? { c: 1 } / 2 / 3 : { d: 1 } / 4 / 5")]
    [InlineData("l: { } /`/.test(a); switch (a) { case 1: { } /`/.test(b) }")]
    [InlineData("a++ / 2 / 3; a-- / 4; [1] / 2 / 3; this / 1 / 2; x.return / 1 / 2; x.if (1) / 2 / 3")]
    [InlineData("return_ / 2; typeof /`/; a = b\n/2/ c; throw_(/[/`]/)")]
    [InlineData("(function () { return /`/ })(); (function () { return {} / 1 / 2 })(); (function f() {}) / 1 / 2")]
    [InlineData("var of = 1, async = 2, await_ = 3; for (var k in of) {} for (of = 1; of < 2; of++) {} async\n/ 2 / 3")]
    [InlineData("a ? .5 : 1; a?.5:1; 1..toString(); 0x1F + 1e+5 + .5e-3 + 0xe+1")]
    [InlineData("'a\\\nb'; \"\\\"`\"; x = /\\/`/; y = /[\\]/`]/")]
    [InlineData("a --> b; while (n --> 0) {}")]
    [InlineData("\uFEFFvar é = 1; var 漢 = é;")]
    [InlineData("var a = function () { return 1 }\nvar b = function () { return 2 }\n/2/ 3")]
    public void What_is_es5_is_taken(string source) => Assert.Empty(ScriptCheck.Check(source, Bytes, Nesting));

    public static TheoryData<string, string> Deep => new()
    {
        { new string('[', 8000), "brackets nest deeper than 200" },
        { new string('(', 20000) + "1" + new string(')', 20000), "brackets nest deeper than 200" },
        { string.Concat(Enumerable.Repeat("{a:", 5000)), "brackets nest deeper than 200" },
        { "1" + string.Concat(Enumerable.Repeat("+1", 20000)), "more than 1000" },
        { "a" + string.Concat(Enumerable.Repeat(".a", 20000)), "more than 1000" },
        { "a" + string.Concat(Enumerable.Repeat("()", 20000)), "more than 1000" },
        { "a" + string.Concat(Enumerable.Repeat("[0]", 20000)), "more than 1000" },
        { new string('!', 20000) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("- ", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("typeof ", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("new\n", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("a=", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("!!!!!!!!!!!!!!!!!!(", 150)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("a?b:", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("if(a)\n", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("for(;;)\n", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("do\n", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("a:\n", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("if(a)b;else ", 20000)) + "a", "more than 1000" },
        { string.Concat(Enumerable.Repeat("if(a){b}else ", 15000)) + "a", "more than 1000" },
    };

    [Theory]
    [InlineData("var a = 1;\nfunction exec(sql) { }", "2:10: 'exec' is the name of the daemon's own functions: choose another")]
    [InlineData("var log = 3;", "1:5: 'log' is the name of the daemon's own functions: choose another")]
    [InlineData("function f() { var log = 3; return log; }", "")]
    public void A_declaration_that_would_not_come_into_force_is_refused(string source, string problem) => Assert.Equal(
        problem, string.Join('|', ScriptCheck.Check(source, Bytes, Nesting).Select(found => $"{found.Line}:{found.Column}: {found.Message}")));

    [Theory]
    [MemberData(nameof(Deep))]
    public void What_would_go_too_deep_for_a_parser_never_reaches_it(string source, string problem) =>
        Assert.Contains(problem, Assert.Single(ScriptCheck.Check(source, Bytes, Nesting)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_long_file_without_semicolons_is_no_chain()
    {
        var source = new StringBuilder();
        for (int i = 0; i < 3000; i++)
        {
            source.Append(null, $"var a{i} = b.c(1) + 'd'\nf{i}(a{i})\nif (a) {{ g() }} else {{ h() }}\n");
        }

        Assert.Empty(ScriptCheck.Check(source.ToString(), Bytes, Nesting));
        string cases = string.Concat(Enumerable.Range(0, 3000).Select(i => $"case {i}: "));
        Assert.Empty(ScriptCheck.Check($"switch (a) {{ {cases} break; }}", Bytes, Nesting));
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_with_its_size() =>
        Assert.Equal("the file has 11 bytes, allowed 0 to 10", ScriptCheck.Check("漢漢漢 1", 10, Nesting)[0].Message);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_soup_of_tokens_gets_an_answer(int seed)
    {
        string[] parts =
        [
            "{", "}", "(", ")", "[", "]", "/", "*", "//", "/*", "*/", "'", "\"", "`", "\\", "\n", " ", "a", "b1", "function", "if", "else", "for", "while",
            "do", "return", "let", "of", "=>", "=", "+", "?", ":", ".", ",", ";", "0", "1e+", "0x", "case", "new", "typeof", "é", "\u2028", "\uD83D",
            "<!--", "var", "in",
        ];
        var random = new Random(seed);
        for (int round = 0; round < 3000; round++)
        {
            IEnumerable<int> length = Enumerable.Range(0, random.Next(1, 60));
            string source = string.Concat(length.Select(_ => parts[random.Next(parts.Length)] + (random.Next(3) == 0 ? " " : "")));
            foreach (ScriptProblem problem in ScriptCheck.Check(source, Bytes, Nesting))
            {
                Assert.True(problem is { Line: > 0, Column: > 0, Message.Length: > 0 }, $"seed {seed} round {round}: {source}");
            }
        }
    }
}
