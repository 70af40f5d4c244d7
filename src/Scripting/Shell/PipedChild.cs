using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>
/// A running program that is talked to over its standard input and output. Disposing kills its process group. Its side of the streams are
/// Unix sockets: ours are then truly asynchronous, where a pipe would hold a thread.
/// </summary>
internal sealed class PipedChild : IDisposable
{
    private readonly ScriptReactor _reactor;
    private readonly RunningChild _child;

    private PipedChild(ScriptReactor reactor, RunningChild child, Stream input, Stream output) =>
        (_reactor, _child, Input, Output) = (reactor, child, input, output);

    /// <summary>Process id.</summary>
    internal int Id => _child.Id;

    /// <summary>What is written here, the program reads; disposing it is the end of its input.</summary>
    internal Stream Input { get; }

    /// <summary>What the program prints; ends when all who could print have gone. Nobody reads it but the caller: a full one holds the program up.</summary>
    internal Stream Output { get; }

    /// <summary>The end of what it has printed to standard error while it runs; after its end see the outcome.</summary>
    internal string ErrorTail => _reactor.TailOf(_child);

    /// <summary>Completes when the program itself has ended; its <see cref="ShellOutcome.OutputTail"/> is of standard error.</summary>
    internal Task<ShellOutcome> Exit => _child.End.Task;

    /// <exception cref="Win32Exception">It could not be started.</exception>
    internal static PipedChild Start(ScriptReactor reactor, ShellRequest request, PreparedCommand command)
    {
        using var error = OutputPipe.Open(request.OutputLimit);
        (Socket ours, int theirs) input = Pair();
        (Socket ours, int theirs) output;
        try
        {
            output = Pair();
        }
        catch (Win32Exception)
        {
            Close(input);
            throw;
        }

        try
        {
            TimeSpan started = reactor.Now;
            int id = command.Start(new StandardDescriptors(input.theirs, output.theirs, error.WriteEnd));
            var child = new RunningChild(id, request, started);
            reactor.Add(child, error.TakeReadEnd());
            _ = LibC.close(input.theirs);
            _ = LibC.close(output.theirs);
            return new PipedChild(
                reactor,
                child,
                new NetworkStream(input.ours, FileAccess.Write, ownsSocket: true),
                new NetworkStream(output.ours, FileAccess.Read, ownsSocket: true));
        }
        catch
        {
            Close(input);
            Close(output);
            throw;
        }
    }

    /// <summary>SIGKILL to its process group, unless it has ended.</summary>
    internal void Kill() => _reactor.Cancel(_child, TimeSpan.Zero);

    public void Dispose()
    {
        Kill();
        Input.Dispose();
        Output.Dispose();
    }

    private static unsafe (Socket Ours, int Theirs) Pair()
    {
        int* ends = stackalloc int[2];
        return LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, ends) == 0
            ? (new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)), ends[1])
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static void Close((Socket Ours, int Theirs) pair)
    {
        pair.Ours.Dispose();
        _ = LibC.close(pair.Theirs);
    }
}
