using System.Text.Json.Nodes;
using Jint;
using Keepalived.Es.Scripting.MySql;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>Runs a shipped hook in Jint, in this process, with the real MySQL functions and recorded events.</summary>
internal sealed class HookBench(string file, MySqlTarget target) : IDisposable
{
    private const string Prelude = """
        function __host(name) { return function () {
            return JSON.parse(__call(name, JSON.stringify(Array.prototype.slice.call(arguments)))); }; }
        var mysql = { query: __host('mysql.query'), exec: __host('mysql.exec'), waitGtid: __host('mysql.waitGtid') };
        var events = { append: __host('events.append') };
        var hook = { isCurrent: __host('hook.isCurrent') };
        var sleep = __host('sleep');
        """;

    private readonly MySqlHost _host = new([target], TimeProvider.System);
    private readonly HashSet<string> _overrides = [];

    /// <summary>Type and data, in order.</summary>
    internal List<(string Type, JsonObject Data)> Events { get; } = [];

    /// <summary>Every call with its name and arguments, in order.</summary>
    internal List<string> Calls { get; } = [];

    /// <summary>Asked at each <c>hook.isCurrent()</c>.</summary>
    internal Func<bool> IsCurrent { get; set; } = () => true;

    /// <summary>Replaces a constant at the top of the hook's file.</summary>
    internal HookBench With(string constant, string value)
    {
        _overrides.Add($"{constant} = {value};");
        return this;
    }

    /// <returns>The function's result.</returns>
    /// <exception cref="Jint.Runtime.JavaScriptException">The hook failed.</exception>
    internal JsonNode Run(string function, long deadline = 30_000)
    {
        Calls.Clear();
        var engine = new Engine(options => options.Strict());
        engine.SetValue("__call", new Func<string, string, string>(Call));
        engine.Execute(Prelude).Execute(File.ReadAllText(Path)).Execute(string.Concat(_overrides));
        string context = $$"""{"instance":"VI_1","to":"{{function}}","node":"node-b","deadline":{{deadline}}}""";
        string result = engine.Execute($"JSON.stringify({function}({context}))").GetCompletionValue().AsString();
        _host.EndRun(1);
        return JsonNode.Parse(result)!;
    }

    public void Dispose() => _host.Dispose();

    private string Path => System.IO.Path.Combine(ShippedHooks.Folder, file);

    private string Call(string name, string arguments)
    {
        lock (Calls)
        {
            Calls.Add($"{name} {arguments}");
        }

        JsonArray list = JsonNode.Parse(arguments)!.AsArray();
        return name switch
        {
            "events.append" => Append(list),
            "hook.isCurrent" => IsCurrent() ? """{"ok":true,"current":true}""" : """{"ok":true,"current":false}""",
            "sleep" => Sleep((int)list[0]!),
            _ => _host.Functions.Single(function => function.Name == name)
                .CallAsync(list, MySqlCalls.Run(1), CancellationToken.None).GetAwaiter().GetResult().ToJsonString(),
        };
    }

    private string Append(JsonArray arguments)
    {
        Events.Add(((string)arguments[0]!, arguments[1]!.AsObject()));
        return """{"ok":true}""";
    }

    private static string Sleep(int ms)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(ms);
        return """{"ok":true}""";
    }
}
