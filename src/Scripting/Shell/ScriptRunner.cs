using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>Runs scripts and programs as keepalived does: no shell reads the arguments. One of it serves the whole process, from any thread.</summary>
public sealed class ScriptRunner : IDisposable
{
    private readonly ConditionalWeakTable<ShellRequest, PreparedCommand> _prepared = [];
    private readonly ScriptReactor _reactor;

    /// <param name="time">For deadlines and durations.</param>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public ScriptRunner(TimeProvider time) => _reactor = new ScriptReactor(time);

    /// <summary>
    /// Runs it to its end, in a process group of its own, with empty standard input. A file without <c>#!</c> is read by <c>/bin/sh</c>. What it
    /// leaves running in the background is not waited for, and may go on printing into nothing. The start takes the calling thread up to about
    /// a millisecond: not for the thread of the VRRP loop.
    /// </summary>
    /// <param name="cancel">
    /// Ends the program and its process group, see <see cref="ShellRequest.TerminateFirst"/>; when it is set before the start, nothing is started.
    /// </param>
    /// <returns>How it ended; what keeps it from starting is an outcome too.</returns>
    /// <exception cref="ArgumentException">A value of the request is outside of what is allowed.</exception>
    /// <exception cref="ObjectDisposedException">The runner has ended.</exception>
    public async Task<ShellOutcome> RunAsync(ShellRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        if (cancel.IsCancellationRequested)
        {
            return NotStarted(request, "not started: cancelled before");
        }

        RunningChild child;
        try
        {
            child = Start(request);
        }
        catch (Exception e) when (e is Win32Exception or ArgumentException)
        {
            return NotStarted(request, e.Message);
        }

        using (cancel.UnsafeRegister(_ => _reactor.Cancel(child, request.TerminateFirst), null))
        {
            return await child.End.Task.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Starts a program that lives long and is talked to: its standard input and output are streams of ours, its standard error is kept as a
    /// tail of <see cref="ShellRequest.OutputLimit"/> characters.
    /// </summary>
    /// <exception cref="Win32Exception">It could not be started; the text says why.</exception>
    /// <exception cref="ArgumentException">A value of the request is outside of what is allowed, or has a NUL in it.</exception>
    /// <exception cref="ObjectDisposedException">The runner has ended.</exception>
    internal PipedChild StartPiped(ShellRequest request)
    {
        request.Check();
        return PipedChild.Start(_reactor, request, Prepare(request));
    }

    /// <summary>Kills what runs and waits for its end, 5 s at most.</summary>
    public void Dispose() => _reactor.Dispose();

    private static ShellOutcome NotStarted(ShellRequest request, string problem) =>
        new(null, null, false, $"{request.Command[0]}: {problem}", TimeSpan.Zero, "");

    private PreparedCommand Prepare(ShellRequest request) => _prepared.GetValue(request, static request => new PreparedCommand(request));

    private RunningChild Start(ShellRequest request)
    {
        PreparedCommand command = Prepare(request);
        using var pipe = OutputPipe.Open(request.OutputLimit);
        TimeSpan started = _reactor.Now;
        int id;
        try
        {
            id = command.Start(StandardDescriptors.WithOutput(pipe.WriteEnd));
        }
        catch (Win32Exception)
        {
            _prepared.Remove(request);                           // it may be elsewhere next time
            throw;
        }

        var child = new RunningChild(id, request, started);
        _reactor.Add(child, pipe.TakeReadEnd());
        return child;
    }
}
