using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.JavaScript.Protocol;

namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>
/// The process that runs one hook's JavaScript: started by <see cref="JavaScriptHook"/> as <c>PROGRAM --hook-worker</c>, it talks in framed JSON on its
/// standard streams and ends with its input. It limits itself before it reads the script; what it cannot limit, its parent kills it for.
/// </summary>
public static class HookWorker
{
    /// <summary>The argument that makes a program a worker.</summary>
    public const string Verb = "--hook-worker";

    /// <summary>Bytes of the longest message that a worker takes, whatever its limits say.</summary>
    internal const int LongestMessageBytes = 16 * 1024 * 1024;

    private const int MisuseExit = 2;
    private const int ProtocolExit = 3;

    /// <summary>One match of a regular expression takes at most this long; .NET gives up then, where a script cannot catch it.</summary>
    private static readonly TimeSpan _regexLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>Serves until <paramref name="input"/> ends. Call it before anything else in the process has used a regular expression.</summary>
    /// <returns>Exit code: 0 at the end of input, 2 without a first message, 3 when the streams do not keep to the form, 4 out of memory.</returns>
    public static int Run(Stream input, Stream output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", _regexLimit);
        try
        {
            var frames = new FrameStream(input, output, LongestMessageBytes, LongestMessageBytes);
            if (frames.Read() is not { } first || first.Number(Fields.StackBytes) is not { } stackBytes)
            {
                Console.Error.WriteLine($"{Verb} is for the daemon's own use: it starts workers itself");
                return MisuseExit;
            }

            Worker.ProcessLimits.Apply(first.LongNumber(Fields.HeapBytes) ?? 0);
            return RunOnStack(input, output, first, stackBytes);
        }
        catch (Exception e) when (e is FrameException or IOException)
        {
            Console.Error.WriteLine(e.Message);
            return ProtocolExit;
        }
    }

    private static int RunOnStack(Stream input, Stream output, JsonObject first, int stackBytes)
    {
        int exit = ProtocolExit;
        var frames = new FrameStream(input, output, LongestMessageBytes, first.Number(Fields.MessageBytes) ?? LongestMessageBytes);
        var thread = new Thread(() => exit = Guarded(new Worker.WorkerSession(frames), first), stackBytes) { Name = "hook" };
        thread.Start();
        thread.Join();
        return exit;
    }

    private static int Guarded(Worker.WorkerSession session, JsonObject first)
    {
        try
        {
            return session.Run(first);
        }
        catch (Exception e) when (e is FrameException or IOException)
        {
            Console.Error.WriteLine(e.Message);
            return ProtocolExit;
        }
    }
}
