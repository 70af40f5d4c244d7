using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.JavaScript.Protocol;

namespace Keepalived.Es.Scripting.JavaScript.Worker;

/// <summary>
/// Calls of a script of our own, through a whole session, so that the first call of the hook finds everything compiled: the first time what is
/// not compiled at all, and again and again what the runtime compiles better once it has been called often.
/// </summary>
internal static class Rehearsal
{
    private const int Calls = 2;

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

    internal static void Run()
    {
        using var input = new MemoryStream();
        var asker = new FrameStream(Stream.Null, input, MessageBytes, MessageBytes);
        for (int call = 0; call < Calls; call++)
        {
            asker.Write(new JsonObject
            {
                [Fields.Kind] = Kinds.Call,
                [Fields.Function] = "warm",
                [Fields.Context] = """{"to":"MASTER","priority":100,"a":["192.0.2.1/24"],"dryRun":false}""",
            });
            asker.Write(new JsonObject { [Fields.Kind] = Kinds.Answer, [Fields.Value] = """{"ok":true}""" });
        }

        input.Position = 0;
        _ = new WorkerSession(new FrameStream(input, Stream.Null, MessageBytes, MessageBytes)).Serve(_load);
    }
}
