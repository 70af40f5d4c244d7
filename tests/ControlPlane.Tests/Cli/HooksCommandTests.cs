using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.ControlPlane.Hooks;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Tests;

namespace Keepalived.Es.ControlPlane.Tests.Cli;

public sealed class HooksCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _directory.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("function track(ctx) { return true; }", 0, "")]
    [InlineData("let a = 1;", 1, ":1:1: 'let' is newer than ES5: use var, or compile the file with 'kes hooks build FILE'\n")]
    [InlineData("function f( {", 1, ":1:13: ")]
    public async Task Check_names_each_problem_with_its_place(string text, int code, string message)
    {
        string file = Write("hook.js", text);
        Assert.Equal(code, await KesAsync("hooks", "check", file));
        Assert.StartsWith(message.Length == 0 ? "" : file + message, $"{_output}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_runs_the_hook_in_the_sandbox_and_makes_no_call_in_a_dry_run()
    {
        string replies = Write("replies.json", """[{"call":"mysql.query","answer":{"ok":true,"rows":[{"n":41}]}}]""");
        string file = Write("hook.js", "function notify_master(ctx) { var r = mysql.query('local', 'SELECT n').rows[0].n + 1; kv.put('n', r); return ctx.instance + r; }");
        Assert.Equal(0, await KesAsync("hooks", "test", file, "--event", "notify_master", "--instance", "VI_7", "--dry-run", "--replies", replies));
        Assert.Contains("  1  mysql.query(\"local\",\"SELECT n\")\n     = {\"ok\":true,\"rows\":[{\"n\":41}]}\n  2  kv.put(\"n\",42)\n     = {\"ok\":true,\"dryRun\":true}\n", $"{_output}", StringComparison.Ordinal);
        Assert.Contains("notify_master gave back \"VI_742\" after", $"{_output}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("function track() { while (true) { } }", "track failed: limit 'statements'")]
    [InlineData("function track() { return nothing.at.all; }", "hook.js:1:")]
    [InlineData("function track() { return {ok: false}; }", "track gave back {\"ok\":false}")]
    [InlineData("function other() { }", "has no function track")]
    public async Task A_hook_that_does_not_end_well_is_an_exit_code_and_says_why(string text, string message)
    {
        Assert.Equal(1, await KesAsync("hooks", "test", Write("hook.js", text), "--event", "track"));
        Assert.Contains(message, $"{_output}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_and_targets_come_from_the_node_s_settings()
    {
        string settings = Write("node.yaml", "node: a\nhooks:\n  limits: { statements: 1000 }\n");
        string file = Write("hook.js", "function track() { for (var i = 0; i < 900; i++) { i = i; } return true; }");
        Assert.Equal(1, await KesAsync("hooks", "test", file, "--event", "track", "--node-config", settings));
        Assert.Contains("limit 'statements'", $"{_output}", StringComparison.Ordinal);
        File.WriteAllText(settings, "hooks:\n  limit: {}\n");
        Assert.Equal(1, await KesAsync("hooks", "test", file, "--event", "track", "--node-config", settings));
        Assert.Contains($"{settings}:2:3: unknown key 'hooks.limit', allowed: ", $"{_error}", StringComparison.Ordinal);
    }

    [LabFact("node npm")]
    public async Task Build_compiles_typescript_and_errors_name_the_original_line()
    {
        string file = Write("hook.ts", "function notify_master(ctx: HookContext) {\n  const who = `${ctx.instance}`;\n  throw new Error(who);\n}\n");
        Assert.Equal(0, await KesAsync("hooks", "build", file));
        string built = Path.ChangeExtension(file, ".js");
        Assert.DoesNotContain("const", File.ReadAllText(built), StringComparison.Ordinal);
        Assert.Equal(1, await KesAsync("hooks", "test", built, "--event", "notify_master"));
        Assert.Contains("hook.ts:3:", $"{_output}", StringComparison.Ordinal);
        File.WriteAllText(file, "function track() { return mysql.query(7); }\n");
        Assert.Equal(1, await KesAsync("hooks", "build", file));
        Assert.Contains("error TS2", $"{_error}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b", "a b", "= a(1)|= b(1)")]
    [InlineData("a b c", "a c", "= a(1)|- b(1)|= c(1)")]
    [InlineData("a c", "a b c", "= a(1)|+ b(1)|= c(1)")]
    [InlineData("a:1 b", "a:2 b", "! a(2)|= b(1)")]
    [InlineData("", "a", "+ a(1)")]
    [InlineData("a a", "", "- a(1)|- a(1)")]
    public void A_comparison_pairs_calls_of_the_same_function(string recorded, string now, string expected)
    {
        HookHostCalled[] before = [.. Calls(recorded).Select((call, at) => new HookHostCalled("n", "h", 1, at + 1, call.Function, $"[{call.Argument}]", "{}", default))];
        HostCallRecord[] after = [.. Calls(now).Select((call, at) => new HostCallRecord("h", "f", 1, at + 1, call.Function, $"[{call.Argument}]", "{}", default))];
        Assert.Equal(expected, string.Join('|', HookComparison.Of(before, after).Select(line => $"{Sign(line.Difference)} {line.Now ?? line.Recorded}")));
    }

    private static char Sign(CallDifference difference) => difference switch
    {
        CallDifference.Same => '=',
        CallDifference.New => '+',
        CallDifference.NotMade => '-',
        _ => '!',
    };

    private static IEnumerable<(string Function, string Argument)> Calls(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split(':')).Select(parts => (parts[0], parts.ElementAtOrDefault(1) ?? "1"));

    private string Write(string name, string text)
    {
        string file = Path.Combine(_directory.Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    private Task<int> KesAsync(params string[] arguments) => KesCommandLine.RunAsync(
        arguments, new CliEnvironment(_output, _error, Environment.GetEnvironmentVariable, TimeProvider.System, TimeZoneInfo.Utc, 200));
}
