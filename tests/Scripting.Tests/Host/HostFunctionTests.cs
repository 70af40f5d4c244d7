using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.Tests.Host;

public sealed class HostFunctionTests
{
    private static readonly TimeSpan _remaining = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("[\"sh\", [\"-c\", \"printf '%s|' \\\"$0\\\" \\\"$@\\\"; exit 3\", \"a b\", \"$HOME;`id`\", \"\"]]",
        """{"ok":true,"code":3,"stdout":"a b|$HOME;`id`||","stderr":"","truncated":false}""")]
    [InlineData("[\"sh\", [\"-c\", \"cat; echo e >&2\"], {\"stdin\": \"é漢\"}]", """{"ok":true,"code":0,"stdout":"é漢","stderr":"e\n","truncated":false}""")]
    [InlineData("[\"sh\", [\"-c\", \"env | grep -v -e ^PWD -e ^_= -e ^SHLVL | sort\"]]",
        """{"ok":true,"code":0,"stdout":"LANG=C.UTF-8\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n","stderr":"","truncated":false}""")]
    [InlineData("[\"sh\", [\"-c\", \"yes | head -c 100000\"]]", "\"truncated\":true")]
    [InlineData("[\"sh\", [\"-c\", \"exec sleep 1000\"], {\"timeoutMs\": 50}]", "\"error\":\"exec.run: the time is over, the program was killed\"")]
    [InlineData("[\"sh\", [\"-c\", \"sleep 1000 & echo started; kill -9 $!\"]]", "\"stdout\":\"started\\n\"")]
    [InlineData("[\"sh\", [\"-c\", \"exec true\"], {\"stdin\": \"never read\"}]", "\"ok\":true")]
    [InlineData("[\"bash\", []]", """{"ok":false,"error":"exec.run: \"bash\" is not allowed, allowed: sh, gone"}""")]
    [InlineData("[\"/bin/sh\", []]", """{"ok":false,"error":"exec.run: \"/bin/sh\" is not allowed, allowed: sh, gone"}""")]
    [InlineData("[\"gone\", []]", "\"ok\":false,\"error\":\"exec.run: /no/such/program: ")]
    [InlineData("[\"sh\", \"-c\"]", "no list of at most 256 texts")]
    [InlineData("[\"sh\", [1]]", "no list of at most 256 texts")]
    [InlineData("[\"sh\", [\"a\\u0000b\"]]", "no list of at most 256 texts")]
    [InlineData("[]", "null is not allowed")]
    public async Task Exec_runs_listed_programs_without_a_shell(string arguments, string expected)
    {
        var programs = new Dictionary<string, string> { ["sh"] = "/bin/sh", ["gone"] = "/no/such/program" };
        using var runner = new ScriptRunner(TimeProvider.System);
        JsonObject answer = await Ask(new ExecFunction(new ExecSettings(programs, 1000), runner), arguments);
        Assert.Contains(expected, Plain(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sleep", "[-1]", """{"ok":false,"error":"sleep: -1 is no number of milliseconds, allowed 0 and more"}""")]
    [InlineData("sleep", "[\"1\"]", "is no number of milliseconds")]
    [InlineData("sleep", "[0]", """{"ok":true}""")]
    [InlineData("log.warn", "[\"{A} is wrong\", {\"A\": 1}]", """{"ok":true}""")]
    [InlineData("log.info", "[]", """{"ok":true}""")]
    [InlineData("events.append", "[\"hook.mysql.promoted\", {\"gtid\": \"0-1-2\"}]", """{"ok":true}""")]
    [InlineData("events.append", "[\"instance_became_master\", {}]", "is no type, allowed hook.NAME")]
    [InlineData("events.append", "[\"hook.\", {}]", "is no type, allowed hook.NAME")]
    [InlineData("events.append", "[\"hook.a b\", {}]", "is no type, allowed hook.NAME")]
    [InlineData("events.append", "[\"hook.a\", \"LARGE\"]", "the data has 65538 bytes, allowed 0 to 65536")]
    [InlineData("kv.put", "[\"a\", \"LARGE\"]", "the value has 65538 bytes, allowed 0 to 65536")]
    [InlineData("kv.put", "[\"\", 1]", "is no key, allowed a text of 1 to 256 characters")]
    [InlineData("kv.get", "[7]", "7 is no key")]
    [InlineData("kv.get", "[\"none\"]", """{"ok":true,"value":null}""")]
    [InlineData("hook.isCurrent", "[]", """{"ok":true,"current":false}""")]
    public async Task A_function_says_what_is_wrong_with_its_arguments(string name, string arguments, string expected)
    {
        var world = new HookWorld();
        IHostFunction function = world.Functions.Single(function => function.Name == name);
        JsonObject answer = await Ask(function, arguments.Replace("LARGE", new string('x', 65536), StringComparison.Ordinal));
        Assert.Contains(expected, Plain(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_are_kept_and_compared()
    {
        var world = new HookWorld();
        Task<JsonObject> Run(string name, string arguments) => Ask(world.Functions.Single(function => function.Name == name), arguments);
        Assert.Equal("""{"ok":true,"swapped":true}""", Plain(await Run("kv.cas", "[\"term\", null, {\"n\":1}]")));
        Assert.Equal("""{"ok":true,"swapped":false}""", Plain(await Run("kv.cas", "[\"term\", null, {\"n\":2}]")));
        Assert.Equal("""{"ok":true,"swapped":true}""", Plain(await Run("kv.cas", "[\"term\", { \"n\": 1 }, {\"n\":2}]")));
        Assert.Equal("""{"ok":true,"value":{"n":2}}""", Plain(await Run("kv.get", "[\"term\"]")));
        Assert.Equal("""{"ok":true}""", Plain(await Run("kv.put", "[\"term\", 3]")));
        Assert.Equal("""{"ok":true}""", Plain(await Run("kv.del", "[\"term\"]")));
        Assert.Equal("""{"ok":true,"value":null}""", Plain(await Run("kv.get", "[\"term\"]")));
    }

    internal static Task<JsonObject> Ask(IHostFunction function, string arguments) => function.CallAsync(
        JsonNode.Parse(arguments)!.AsArray(), new HostCall("notify VI_1", "/etc/hook.js", 1, _remaining), TestContext.Current.CancellationToken);

    internal static string Plain(JsonObject answer) =>
        answer.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
