using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.JavaScript.Protocol;

namespace Keepalived.Es.Scripting.JavaScript.Worker;

/// <summary>
/// Calls of a script of our own, through a whole session, so that the first call of the hook finds everything compiled: the first time what is
/// not compiled at all, and again and again what the runtime compiles better once it has been called often.
/// </summary>
internal static class Rehearsal
{
    private const int MessageBytes = 64 * 1024;

    private static readonly JsonObject _load = new()
    {
        [Fields.Kind] = Kinds.Load,
        [Fields.Source] = "function warm(ctx) { var a = log.info('text', ctx.a); return [a.ok].concat(ctx.a).map(String); }",
        [Fields.Functions] = Fields.Array(["log.info"]),
        [Fields.Statements] = 1000,
        [Fields.SourceBytes] = 1000,
        [Fields.Nesting] = 10,
    };

    private static readonly MemoryStream _asked = Questions();
    private static readonly WorkerSession _session = new(new FrameStream(_asked, Stream.Null, MessageBytes, MessageBytes), rehearses: true);
    private static bool _loaded;

    internal static void Run()
    {
        _asked.Position = 0;
        _ = _session.Serve(_loaded ? null : _load);
        _loaded = true;
    }

    private static MemoryStream Questions()
    {
        var questions = new MemoryStream();
        var asker = new FrameStream(Stream.Null, questions, MessageBytes, MessageBytes);
        asker.Write(new JsonObject
        {
            [Fields.Kind] = Kinds.Prepare,
            [Fields.Function] = "warm",
            [Fields.Context] = """{"to":"MASTER","priority":100,"a":["192.0.2.1/24"],"dryRun":false}""",
        });
        asker.Write(new JsonObject { [Fields.Kind] = Kinds.Call });
        asker.Write(new JsonObject { [Fields.Kind] = Kinds.Answer, [Fields.Value] = """{"ok":true}""" });
        return questions;
    }
}
