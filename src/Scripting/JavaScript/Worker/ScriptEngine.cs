using System.Text;
using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Parser;
using Jint.Parser.Ast;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace Keepalived.Es.Scripting.JavaScript.Worker;

/// <summary>An interpreter with the library, the host functions and the hook's file loaded, for one call. Only texts go in and out.</summary>
internal sealed class ScriptEngine
{
    private const string LibraryName = "library";

    private static readonly Program _library = Embedded("Library.js");
    private static readonly Program _prelude = Embedded("Prelude.js");

    private readonly Engine _engine;
    private readonly LoadedScript _script;
    private JsValue _call = JsValue.Undefined;
    private JsValue[] _next = [];
    private ScriptFailure? _untaken;

    private ScriptEngine(LoadedScript script)
    {
        _script = script;

        // No LimitRecursion: Jint 2.10.4 counts a function that a caught exception has left as if it still ran. The thread's stack is the limit.
        _engine = new Engine(options => options.MaxStatements(script.Statements));
    }

    /// <summary>Names of the functions that the file defines.</summary>
    internal IReadOnlyList<string> Functions { get; private set; } = [];

    /// <summary>Makes it ready for one call: runs the file's own top level.</summary>
    /// <param name="script">The file.</param>
    /// <param name="host">Name and arguments, a JSON array, to the answer in JSON.</param>
    internal static (ScriptEngine? Engine, ScriptFailure? Failure) Prepare(LoadedScript script, Func<string, string, string> host)
    {
        var engine = new ScriptEngine(script);
        ScriptFailure? failure = engine.Guard(() => engine.Load(host));
        return failure is null ? (engine, null) : (null, failure);
    }

    /// <summary>Takes what the next call needs.</summary>
    /// <param name="function">Name of one function of the file.</param>
    /// <param name="context">JSON; the function gets it frozen.</param>
    internal void Take(string function, string context) =>
        _untaken = Guard(() =>
        {
            using JsonDocument json = JsonDocument.Parse(context);
            _next = [new JsValue(function), Frozen(json.RootElement)];
        });

    /// <summary>Calls the function that was taken last.</summary>
    internal (string? Json, ScriptFailure? Failure) Call()
    {
        if (_untaken is not null)
        {
            return (null, _untaken);
        }

        string? json = null;
        ScriptFailure? failure = Guard(() =>
        {
            _engine.ResetStatementsCount();
            json = WholeText(_call.Invoke(_next).AsString());
        });
        return (json, failure);
    }

    /// <summary>A text of JavaScript may hold half a character, which UTF-8 cannot.</summary>
    private static string WholeText(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static Program Embedded(string name)
    {
        using Stream stream = typeof(ScriptEngine).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return new JavaScriptParser().Parse(reader.ReadToEnd(), new ParserOptions { Source = LibraryName });
    }

    private void Load(Func<string, string, string> host)
    {
        _engine.Execute(_library);
        GuardJson();
        JsValue prelude = _engine.Execute(_prelude).GetCompletionValue();
        var ask = new ClrFunctionInstance(_engine, (_, arguments) => new JsValue(host(arguments[0].AsString(), WholeText(arguments[1].AsString()))));
        _call = prelude.Invoke(new JsValue(ask), new JsValue(_script.HostFunctions));
        HashSet<string> before = [.. _engine.Global.GetOwnProperties().Select(pair => pair.Key)];
        _engine.Execute(_script.Program);
        Functions = [.. _engine.Global.GetOwnProperties().Where(pair => !before.Contains(pair.Key) && IsFunction(pair.Value.Value)).Select(pair => pair.Key)];
    }

    /// <summary>Jint's JSON.parse fails at the end of a text in a way that a script cannot catch.</summary>
    private void GuardJson()
    {
        var original = (ICallable)_engine.Json.Get("parse").AsObject();
        var guarded = new ClrFunctionInstance(_engine, (self, arguments) =>
        {
            try
            {
                return original.Call(self, arguments);
            }
            catch (ParserException e)
            {
                throw new JavaScriptException(_engine.SyntaxError, e.Message);
            }
        });
        _engine.Json.FastAddProperty("parse", guarded, writable: true, enumerable: false, configurable: true);
    }

    private JsValue Frozen(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                ObjectInstance members = _engine.Object.Construct([]);
                foreach (JsonProperty member in json.EnumerateObject())
                {
                    members.FastAddProperty(member.Name, Frozen(member.Value), writable: false, enumerable: true, configurable: false);
                }

                members.Extensible = false;
                return members;
            case JsonValueKind.Array:
                ObjectInstance elements = _engine.Array.Construct([]);
                _engine.Array.PrototypeObject.Push(elements, [.. json.EnumerateArray().Select(Frozen)]);
                foreach (KeyValuePair<string, PropertyDescriptor> element in elements.GetOwnProperties())
                {
                    (element.Value.Writable, element.Value.Configurable) = (false, false);
                }

                elements.Extensible = false;
                return elements;
            case JsonValueKind.String:
                return new JsValue(json.GetString()!);
            case JsonValueKind.Number:
                return new JsValue(json.GetDouble());
            case JsonValueKind.Null:
                return JsValue.Null;
            default:
                return new JsValue(json.GetBoolean());
        }
    }

    private static bool IsFunction(JsValue? value) => value is not null && value.Is<ICallable>();

    /// <returns>Why it failed, or null.</returns>
    private ScriptFailure? Guard(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e) when (e is not (Protocol.FrameException or IOException))
        {
            return ScriptFailure.From(e, _engine.GetLastSyntaxNode()?.Location, _script);
        }
    }
}
