using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;
using Microsoft.Win32.SafeHandles;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>A running program that is talked to over its standard input and output, which are pipes. Disposing kills its process group.</summary>
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

    /// <summary>It runs no more. True before <see cref="Exit"/> completes, which waits for its turn on the reactor's thread.</summary>
    internal bool HasEnded => Exit.IsCompleted || WaitStatus.HasEnded(Id);

    /// <exception cref="Win32Exception">It could not be started.</exception>
    internal static PipedChild Start(ScriptReactor reactor, ShellRequest request, PreparedCommand command)
    {
        using var error = OutputPipe.Open(request.OutputLimit);
        (SafePipeHandle toRead, SafePipeHandle ours) = Pipe();
        using SafePipeHandle input = toRead;
        try
        {
            (SafePipeHandle read, SafePipeHandle toWrite) = Pipe();
            using SafePipeHandle output = toWrite;
            try
            {
                TimeSpan started = reactor.Now;
                int id = command.Start(new StandardDescriptors((int)input.DangerousGetHandle(), (int)output.DangerousGetHandle(), error.WriteEnd));
                var child = new RunningChild(id, request, started);
                reactor.Add(child, error.TakeReadEnd());
                return new PipedChild(
                    reactor, child, new AnonymousPipeClientStream(PipeDirection.Out, ours), new AnonymousPipeClientStream(PipeDirection.In, read));
            }
            catch
            {
                read.Dispose();
                throw;
            }
        }
        catch
        {
            ours.Dispose();
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

    private static unsafe (SafePipeHandle Read, SafePipeHandle Write) Pipe()
    {
        int* ends = stackalloc int[2];
        return LibC.pipe2(ends, LibC.O_CLOEXEC) == 0
            ? (new SafePipeHandle(ends[0], ownsHandle: true), new SafePipeHandle(ends[1], ownsHandle: true))
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
