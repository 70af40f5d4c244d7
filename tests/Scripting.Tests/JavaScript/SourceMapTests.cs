using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.JavaScript.Checking;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

public sealed class SourceMapTests
{
    private const string Map = """{"version":3,"file":"hook.js","sourceRoot":"","sources":["hook.ts"],"names":[],"mappings":"AAAA;AAEA,SAAS;IACP,MAAM"}""";

    [Theory]
    [InlineData(1, 1, "hook.ts:1:1")]
    [InlineData(2, 1, "hook.ts:3:1")]
    [InlineData(2, 9, "hook.ts:3:1")]
    [InlineData(2, 10, "hook.ts:3:10")]
    [InlineData(3, 5, "hook.ts:4:3")]
    [InlineData(3, 1, "hook.ts:4:3")]
    [InlineData(4, 1, null)]
    [InlineData(0, 1, null)]
    public void A_place_leads_to_the_one_that_was_written(int line, int column, string? expected)
    {
        (string Source, int Line, int Column)? found = SourceMap.Parse(Map)!.Find(line, column);
        Assert.Equal(expected, found is { } place ? $"{place.Source}:{place.Line}:{place.Column}" : null);
    }

    [Fact]
    public async Task A_runtime_error_names_the_line_of_the_file_that_was_compiled()
    {
        await using var bench = new HookBench("'use strict';\nfunction notify(ctx) {\n    throw new Error('no');\n}\n//# sourceMappingURL=other.map\n");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(bench.File)!, "other.map"), Map);
        JavaScriptOutcome outcome = await bench.CallAsync();
        Assert.Equal(("Error: no", "hook.ts:4:3"), (outcome.Error, outcome.Place));
    }

    [Fact]
    public async Task What_the_typescript_compiler_makes_of_todays_language_runs_and_errors_name_the_written_line()
    {
        string folder = Path.Combine(Path.GetDirectoryName(Here())!, "Compiled");
        string compiled = File.ReadAllText(Path.Combine(folder, "hook.js"));
        await using var bench = new HookBench(compiled, functions: [new EchoFunction("mysql.query"), new EchoFunction("log.info")]);
        File.Copy(Path.Combine(folder, "hook.js.map"), bench.File + ".map");
        JavaScriptOutcome outcome = await bench.CallAsync("notify_master", """{"instance":"VI_1","vips":["192.0.2.1","192.0.2.2"]}""");
        int line = Array.FindIndex(File.ReadAllLines(Path.Combine(folder, "hook.ts")), text => text.Contains("throw new Error", StringComparison.Ordinal)) + 1;
        Assert.Equal(("Error: at 1", $"hook.ts:{line}:3"), (outcome.Error, outcome.Place));
        Assert.Equal(["mysql.query", "log.info"], bench.Records.Select(record => record.Function));
        Assert.Equal("""["{A}",{"A":5}]""", bench.Records[1].ArgumentsJson);
    }

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_text_gets_an_answer(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 5000; round++)
        {
            char[] text = Map.ToCharArray();
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                text[random.Next(text.Length)] = (char)random.Next(32, 127);
            }

            if (SourceMap.Parse(new string(text)) is { } map)
            {
                for (int line = 0; line < 6; line++)
                {
                    Assert.True(map.Find(line, random.Next(0, 40)) is not { Line: < 1 }, $"seed {seed} round {round}");
                }
            }
        }
    }
}
